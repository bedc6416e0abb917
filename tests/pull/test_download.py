"""Downloads that break, that are too large, that are to be polite or encrypted."""

from __future__ import annotations

import datetime as dt
import resource
import ssl
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.base.errors import SourceUnavailable
from flows.pull.connectors import http_file
from tests.pull.replay import Heard, Said
from tests.pull.secure import certified

HEAD = b"BBS;EW\n"
FILE = HEAD + b"01100001;12\n" * 200_000  # 2.4 MB
OTHER = HEAD + b"01100002;13\n" * 180_000


@pytest.fixture
def at(desk, bestand) -> Callable[..., object]:
    """A desk that asks for `bestand.csv` at an address."""
    return lambda server, **fields: desk(bestand(url=f'"{server.url}/bestand.csv"', **fields))


def ranged(content: bytes, etag: str, request: Heard, sent: int | None = None) -> Said:
    """Answer as a server that knows Range and If-Range does; break off after `sent` bytes."""
    headers = {"ETag": etag, "Content-Type": "text/csv"}
    wanted = request.headers.get("range")
    if wanted and request.headers.get("if-range") == etag:
        start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        return Said(206, content[start:], headers, sent=sent)
    return Said(200, content, headers, sent=sent)


# --- Resume ---


def test_a_broken_download_is_taken_up_where_it_ended(replay, at) -> None:
    server = replay(lambda one: ranged(FILE, '"a"', one, sent=1_500_000 if "range" not in one.headers else None))
    given = at(server)
    assert given.content(given.pull().lieferungen[0]) == FILE
    second = server.heard[1].headers
    assert second["if-range"] == '"a"'
    start = int(second["range"].removeprefix("bytes=").removesuffix("-"))
    assert 1_000_000 < start <= 1_500_000
    assert given.outcomes == ["failed", "new"]


def test_without_an_etag_the_date_says_whether_it_is_the_same_file(replay, at) -> None:
    date = "Mon, 01 Jan 2024 00:00:00 GMT"

    def answer(one: Heard) -> Said:
        said = ranged(FILE, date, one, sent=1_500_000 if "range" not in one.headers else None)
        return Said(said.status, said.body, said.headers | {"ETag": "", "Last-Modified": date}, said.sent)

    server = replay(answer)
    given = at(server)
    assert given.content(given.pull().lieferungen[0]) == FILE
    assert server.heard[1].headers["if-range"] == date


def test_a_download_that_breaks_again_and_again_but_gains_is_brought_to_its_end(replay, at) -> None:
    """Five parts, though only three tries without gain are made."""
    server = replay(lambda one: ranged(FILE * 3, '"a"', one, sent=1_500_000))
    given = at(server)
    assert given.content(given.pull().lieferungen[0]) == FILE * 3
    assert len(server.heard) > 3


def test_a_server_that_ignores_range_is_read_from_the_beginning(replay, at) -> None:
    def answer(one: Heard) -> Said:
        return Said(200, FILE, {"ETag": '"a"'}, sent=1_500_000 if len(server.heard) == 1 else None)

    server = replay(answer)
    given = at(server)
    assert given.content(given.pull().lieferungen[0]) == FILE
    assert "range" in server.heard[1].headers


def test_a_file_that_changed_in_between_is_read_from_the_beginning(replay, at) -> None:
    def answer(one: Heard) -> Said:
        return ranged(FILE, '"a"', one, sent=1_500_000) if len(server.heard) == 1 else ranged(OTHER, '"b"', one)

    server = replay(answer)
    given = at(server)
    assert given.content(given.pull().lieferungen[0]) == OTHER


@pytest.mark.parametrize(
    "wrong",
    [
        Said(206, FILE[10:], {"ETag": '"a"', "Content-Range": f"bytes 10-{len(FILE) - 1}/{len(FILE)}"}),
        Said(206, FILE[10:], {"ETag": '"a"'}),
        Said(206, FILE[1_500_000:], {"ETag": '"b"', "Content-Range": f"bytes 1500000-{len(FILE) - 1}/{len(FILE)}"}),
        Said(416, b"", {"Content-Range": "bytes */10"}),
    ],
    ids=["another part", "no Content-Range", "part of another version", "shorter by now"],
)
def test_a_part_that_does_not_fit_is_thrown_away(replay, at, wrong: Said) -> None:
    def answer(one: Heard) -> Said:
        first = ranged(FILE, '"a"', one, sent=1_500_000)
        return first if len(server.heard) == 1 else wrong if "range" in one.headers else Said(200, FILE)

    server = replay(answer)
    given = at(server)
    assert given.content(given.pull().lieferungen[0]) == FILE
    assert "range" not in server.heard[2].headers


def test_a_weak_etag_does_not_prove_that_the_bytes_are_the_same(replay, at) -> None:
    server = replay(lambda one: Said(200, FILE, {"ETag": 'W/"a"'}, sent=1_500_000 if len(server.heard) == 1 else None))
    given = at(server)
    assert given.content(given.pull().lieferungen[0]) == FILE
    assert "range" not in server.heard[1].headers


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(breaks=st.lists(st.integers(0, 5000), max_size=6), knows_range=st.booleans(), version=st.lists(st.booleans()))
def test_wherever_a_download_breaks_the_file_is_whole_and_of_one_version_or_refused(
    replay, desk, bestand, breaks: list[int], knows_range: bool, version: list[bool]
) -> None:
    one, other = b"BBS;EW\n" + b"01100001;12\n" * 400, b"BBS;EW\n" + b"01100002;13\n" * 390
    left, versions = list(breaks), list(version)

    def answer(asked: Heard) -> Said:
        content = other if versions and versions.pop() else one
        sent = left.pop() if left else None
        if knows_range:
            return ranged(content, f'"{content[8:16].hex()}"', asked, sent)
        return Said(200, content, sent=sent)

    server = replay(answer)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http_file, "PIECE", 64)
        patch.setattr(http_file, "GAIN", 512)
        given_desk = desk(bestand(url=f'"{server.url}/bestand.csv"'))
        with suppress(SourceUnavailable):
            given_desk.pull()
    for name in given_desk.objects:
        assert given_desk.landing.path(name).read_bytes() in (one, other)


# --- Size and memory ---


def test_more_than_the_cap_is_not_even_begun(replay, at) -> None:
    server = replay(lambda _: Said(200, HEAD, length=3 << 20))
    message = at(server, max_mb="2").refusal()
    assert "expected at most 2 MB, found 3 MB or more" in message
    assert "[source.bestand] in sources.toml: max_mb = 7" in message


def test_a_body_of_unknown_length_is_stopped_at_the_cap(replay, at) -> None:
    sent = []

    def endless() -> Iterator[bytes]:
        while True:
            sent.append(1)
            yield b"01100001;12\n" * 50_000

    server = replay(lambda _: Said(stream=endless))
    given = at(server, max_mb="2")
    assert "expected at most 2 MB" in given.refusal()
    assert given.objects == []
    assert given.outcomes == ["refused"]
    server.close()


def _large(megabytes: int) -> Callable[[], Iterator[bytes]]:
    piece = b"01100001;12\n" * 87_381 + b"0011"  # 1 MiB

    def stream() -> Iterator[bytes]:
        return (piece for _ in range(megabytes))

    return stream


def test_a_large_file_is_streamed_in_bounded_memory(replay, at) -> None:
    given = at(replay(lambda _: Said(stream=_large(96), length=96 << 20)))
    tracemalloc.start()
    try:
        (lieferung,) = given.pull().lieferungen
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert lieferung.bytes == 96 << 20
    assert peak < 16 << 20


@pytest.mark.nightly
def test_two_gigabytes_are_streamed_in_bounded_memory(replay, at) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    given = at(replay(lambda _: Said(stream=_large(2047), length=2047 << 20)))
    (lieferung,) = given.pull().lieferungen
    lieferung.path_in(given.landing.folder).unlink()
    assert lieferung.bytes == 2047 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kilobytes


# --- Real files ---


def test_a_static_table_without_login_lands_as_it_was_sent(replay, desk, source, real_folder: Path) -> None:
    """Landesdatenbank NRW: cp1252, announced as whatever the server likes."""
    content = (real_folder / "ldb_nrw" / "31121-06i_00.EXCERPT.csv").read_bytes()
    server = replay(lambda _: Said(200, content, {"Content-Type": "text/csv; charset=UTF-8"}))
    text = source(
        "fertig", connector='"http_file"', url=f'"{server.url}/ldbnrw/31121-06i_00.csv"', file=r"'31121-06i_00\.csv'",
        stichtag='{ source = "fixed", fixed = 2025-12-31 }', dialect='{ encoding = "cp1252", preamble = 4 }',
    )  # fmt: skip
    given = desk(text)
    assert given.content(given.pull().lieferungen[0]) == content


# --- RateLimits ---


def test_no_more_requests_are_under_way_than_a_source_allows(replay, desk, yearly) -> None:
    server = replay(lambda one: Said(200, HEAD + f"01100001;1{one.path[-8:-4]}\n".encode(), hang=0.05))
    given = desk(yearly(url=f'"{server.url}/jahr_{{year}}.csv"', rate_limits="{ at_once = 2 }"))
    assert len(given.pull(until=dt.date(2027, 12, 31)).lieferungen) == 8
    assert server.most_at_once <= 2


def test_a_pause_lies_between_two_requests_to_a_host(replay, desk, yearly) -> None:
    times: list[dt.datetime] = []

    def answer(one: Heard) -> Said:
        times.append(dt.datetime.now(dt.UTC))
        return Said(200, HEAD + f"01100001;1{one.path[-8:-4]}\n".encode())

    given = desk(yearly(url=f'"{replay(answer).url}/jahr_{{year}}.csv"', rate_limits="{ at_once = 4, pause = 0.2 }"))
    given.pull(until=dt.date(2023, 12, 31))
    assert len(times) == 4
    assert (max(times) - min(times)).total_seconds() > 0.5


# --- Certificates, redirects, proxies ---


@pytest.fixture
def certificate(tmp_path: Path) -> Callable[..., tuple[ssl.SSLContext, Path]]:
    """Makes a certificate for this machine that is valid for some days around today."""

    return lambda first, last: certified(["localhost"], tmp_path, first=first, last=last)


def test_an_expired_certificate_is_reported(replay, at, certificate, monkeypatch) -> None:
    tls, public = certificate(-30, -1)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(public))
    message = at(replay(lambda _: Said(200, FILE), tls=tls)).refusal()
    assert "found a certificate that cannot be trusted: certificate has expired" in message


def test_an_unknown_authority_is_reported_with_the_setting_that_names_it(replay, at, certificate) -> None:
    tls, _ = certificate(-1, 30)
    message = at(replay(lambda _: Said(200, FILE), tls=tls)).refusal()
    assert "found a certificate that cannot be trusted" in message
    assert "REQUESTS_CA_BUNDLE" in message


def test_an_authority_of_the_office_is_trusted_where_it_is_named(replay, at, certificate, monkeypatch) -> None:
    tls, public = certificate(-1, 30)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(public))
    given = at(replay(lambda _: Said(200, FILE), tls=tls))
    assert given.content(given.pull().lieferungen[0]) == FILE


def test_a_redirect_from_https_to_http_is_not_followed(replay, at, certificate, monkeypatch) -> None:
    tls, public = certificate(-1, 30)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(public))
    plain = replay(lambda _: Said(200, FILE))
    safe = replay(lambda _: Said(302, headers={"Location": f"{plain.url}/bestand.csv"}), tls=tls)
    assert "leaves https" in at(safe).refusal()
    assert plain.heard == []


def test_a_redirect_to_another_host_is_followed(replay, at) -> None:
    there = replay(lambda _: Said(200, FILE))
    here = replay(lambda _: Said(302, headers={"Location": f"{there.url}/neu.csv"}))
    given = at(here)
    assert given.content(given.pull().lieferungen[0]) == FILE


def test_a_proxy_is_used_where_the_environment_names_one(replay, desk, bestand, monkeypatch) -> None:
    proxy = replay(lambda _: Said(200, FILE))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    given = desk(bestand(url='"http://amt.example/bestand.csv"'))
    given.pull()
    assert [one.path for one in proxy.heard] == ["http://amt.example/bestand.csv"]
