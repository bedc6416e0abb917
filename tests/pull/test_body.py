"""Bodies and headers that are packed, cut, endless, or come in drops."""

from __future__ import annotations

import gzip
import resource
import zlib
from collections.abc import Callable, Iterator
from itertools import count, repeat
from types import SimpleNamespace

import pytest

from flows.pull.web import answers, session
from tests.pull.replay import Heard, Replay, Said

FILE = b"BBS;EW\n" + b"".join(b"%08d;%d\n" % (row, row * 7919 % 1000) for row in range(20_000))
PACKED = gzip.compress(FILE)


@pytest.fixture
def at(desk, bestand) -> Callable[..., object]:
    """A desk that asks for `bestand.csv` at an address."""
    return lambda server, **fields: desk(bestand(url=f'"{server.url}/bestand.csv"', **fields))


def with_length(body: bytes, packing: str = "gzip") -> Said:
    return Said(200, body, {"Content-Encoding": packing})


def until_it_closes(body: bytes, packing: str = "gzip") -> Said:
    return Said(200, headers={"Content-Encoding": packing}, stream=lambda: iter([body]))


def chunked(body: bytes, packing: str = "gzip") -> Said:
    headers = {"Content-Encoding": packing, "Transfer-Encoding": "chunked"}
    return Said(200, headers=headers, stream=lambda: iter([b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)]))


framed = pytest.mark.parametrize("framed", [with_length, until_it_closes, chunked])


# --- Packed on the way ---


@framed
@pytest.mark.parametrize("body", [PACKED, gzip.compress(FILE[:5000]) + gzip.compress(FILE[5000:]) + bytes(7)])
def test_what_a_server_packs_unasked_lands_unpacked(replay, at, framed, body: bytes) -> None:
    server = replay(lambda _: framed(body))
    given = at(server)
    assert given.content(given.pull().lieferungen[0]) == FILE
    assert server.heard[0].headers["accept-encoding"] == "identity"


@framed
@pytest.mark.parametrize(
    "body",
    [
        PACKED[: len(PACKED) * 9 // 10],
        PACKED[:-1],
        PACKED[:-8] + bytes(8),
        PACKED + gzip.compress(FILE)[:-20],
        PACKED + b"<html>",
        FILE,
    ],
    ids=["cut", "last byte lacks", "other checksum", "second part cut", "something behind it", "not packed at all"],
)
def test_a_packed_body_that_is_not_whole_never_lands(replay, at, framed, body: bytes) -> None:
    given = at(replay(lambda _: framed(body)))
    assert "found a body packed with gzip that is cut short or damaged" in given.refusal()
    assert given.objects == []
    assert given.outcomes == ["failed"] * answers.BODY_TRIES


@pytest.mark.parametrize("packing", ["deflate", "br", "gzip, gzip", "aes128gcm"])
def test_a_body_packed_in_another_way_never_lands(replay, at, packing: str) -> None:
    given = at(replay(lambda _: with_length(zlib.compress(FILE), packing)))
    assert (
        "found a body packed in another way than gzip (see its Content-Encoding, Transfer-Encoding)" in given.refusal()
    )
    assert given.objects == []


def test_a_body_framed_in_another_way_than_chunked_never_lands(replay, at) -> None:
    server = replay(lambda _: Said(200, headers={"Transfer-Encoding": "gzip, chunked"}, stream=lambda: iter([PACKED])))
    given = at(server)
    assert "found a body packed in another way" in given.refusal()
    assert given.objects == []


def test_what_is_unpacked_counts_for_the_cap(replay, at) -> None:
    bomb = gzip.compress(bytes(64 << 20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "expected at most 1 MB" in at(replay(lambda _: with_length(bomb)), max_mb="1").refusal()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000  # kilobytes


# --- Without an end ---


def _endless() -> Iterator[bytes]:
    return repeat(b"x" * (1 << 20))


def test_the_body_of_a_redirect_is_not_read(replay, at) -> None:
    def answer(one: Heard) -> Said:
        if one.path == "/neu.csv":
            return Said(200, FILE)
        return Said(302, headers={"Location": "/neu.csv", "Set-Cookie": "sitzung=1"}, stream=_endless)

    server = replay(answer)
    given = at(server)
    assert given.content(given.pull().lieferungen[0]) == FILE
    assert server.of("/neu.csv")[0].headers["cookie"] == "sitzung=1"


@pytest.mark.parametrize("status", [429, 503])
def test_the_body_of_an_error_that_is_asked_again_is_not_read(replay, at, status: int) -> None:
    server = replay(lambda _: Said(status, stream=_endless) if len(server.heard) < 3 else Said(200, FILE))
    given = at(server)
    assert given.content(given.pull().lieferungen[0]) == FILE


# --- In drops ---


@pytest.fixture
def dripping(replay, monkeypatch) -> Callable[[bytes, bytes], Replay]:
    """A server that sends a beginning, and then a drop again and again, as long as it runs."""
    monkeypatch.setattr(answers, "BODY_TRIES", 1)

    def start(begin: bytes, drop: bytes) -> Replay:
        def drops() -> Iterator[bytes]:
            yield begin
            while not server.closing.wait(0.02):
                yield drop

        server = replay(lambda _: Said(raw=drops))
        return server

    return start


@pytest.fixture
def waited_for_each_read(monkeypatch) -> Callable[[float], None]:
    """Let each read seem to take so many seconds."""

    def seconds(each: float) -> None:
        clock = count(step=each)
        monkeypatch.setattr("flows.pull.web.body.time", SimpleNamespace(monotonic=lambda: next(clock)))

    return seconds


@pytest.mark.parametrize("headers", [b"", b"Content-Length: 999999\r\n", b"Content-Encoding: gzip\r\n"])
def test_a_body_that_is_too_slow_is_given_up(dripping, at, waited_for_each_read, headers: bytes) -> None:
    waited_for_each_read(10)
    name_without_end = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x00" if b"gzip" in headers else b""
    given = at(dripping(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n" + name_without_end, b"x"))
    message = given.refusal()
    assert "found a body that is too slow" in message
    assert "in 60 s, where 4,096 are expected (a larger `rate_limits.patience` in sources.toml" in message
    assert given.outcomes == ["failed"]


def test_a_slow_line_that_brings_enough_is_waited_for(replay, at, waited_for_each_read) -> None:
    waited_for_each_read(10)
    given = at(replay(lambda _: Said(200, FILE * 20)))
    assert given.content(given.pull().lieferungen[0]) == FILE * 20


@pytest.mark.parametrize(
    ("begin", "drop"),
    [(b"HTTP/1.1 200 OK\r\nX: ", b"x"), (b"", b"HTTP/1.1 100 Continue\r\n\r\n")],
    ids=["header", "100 Continue"],
)
def test_a_header_that_is_too_slow_is_given_up(dripping, at, monkeypatch, begin: bytes, drop: bytes) -> None:
    monkeypatch.setattr(session, "REPEATED_READS", 0)
    given = at(dripping(begin, drop), rate_limits="{ patience = 0.5 }")
    assert "found no answer within 10 s (connect) or 0.5 s (read)" in given.refusal()
    assert given.outcomes == ["failed"]


def test_a_short_file_that_takes_its_time_is_waited_for(replay, at, waited_for_each_read) -> None:
    waited_for_each_read(61)
    given = at(replay(lambda _: Said(200, b"BBS;EW\n01100001;12\n")))
    assert given.content(given.pull().lieferungen[0]) == b"BBS;EW\n01100001;12\n"
