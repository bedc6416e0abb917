"""What a host, a proxy or the environment may send that is invalid: reported in words and recorded."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pull.replay import Heard, Said

CSV = b"BBS;EW\n01100001;12\n"


@pytest.fixture
def at(desk, bestand) -> Callable[..., object]:
    """A desk that asks for `bestand.csv` at an address."""
    return lambda url, **fields: desk(bestand(url=f'"{url}/bestand.csv"', **fields))


# --- Redirects and addresses ---


@pytest.mark.parametrize("charset", ["latin-1", "utf-8"])
def test_a_redirect_to_an_address_with_umlauts_is_followed(replay, at, charset: str) -> None:
    there = "/Stra\u00dfen b.csv".encode(charset)
    begin = b"HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: " + there + b"\r\n\r\n"
    server = replay(lambda one: Said(raw=lambda: iter([begin])) if one.path == "/bestand.csv" else Said(200, CSV))
    given = at(server.url)
    assert given.content(given.pull().lieferungen[0]) == CSV
    escaped = "".join(f"%{byte:02X}" for byte in "\u00df".encode(charset))
    assert server.heard[-1].path == f"/Stra{escaped}en%20b.csv"


@pytest.mark.parametrize(
    "target", ["http://[bad/x", f"http://{'a' * 64}.example/x", "http://a..b/x", "http://h:99999/x"]
)
def test_a_redirect_to_what_is_no_address_is_reported(replay, at, target: str) -> None:
    given = at(replay(lambda _: Said(302, headers={"Location": target})).url)
    assert "found an address (or a redirect to one) that is not http:// or https://" in given.refusal()
    assert given.outcomes == ["failed"]


@pytest.mark.parametrize("host", ["a..b", "a" * 64 + ".example"])
def test_a_host_that_cannot_be_named_is_reported(at, replay, host: str) -> None:
    given = at(f"http://{host}")
    assert "or names no host" in given.refusal()
    assert given.outcomes == ["failed"]


# --- Headers ---


@pytest.mark.parametrize("pause", ["bald", "-1", "1.5", "Wed, 21 Oct 99999999 07:28:00 GMT", "9" * 5000, ""])
def test_a_retry_after_that_is_no_time_is_passed_over(replay, at, pause: str) -> None:
    server = replay(lambda _: Said(200, CSV) if server.heard[1:] else Said(503, headers={"Retry-After": pause}))
    given = at(server.url)
    assert given.content(given.pull().lieferungen[0]) == CSV


@pytest.mark.parametrize("pause", ["3600", "Wed, 21 Oct 2099 07:28:00 GMT"])
def test_a_host_that_wants_an_hour_is_asked_no_more(replay, at, pause: str) -> None:
    server = replay(lambda _: Said(429, headers={"Retry-After": pause}))
    assert "found HTTP status 429 (Too Many Requests)" in at(server.url).refusal()
    assert len(server.heard) == 1


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"Content-Length: 19\r\nContent-Length: 20\r\n", "an answer with an invalid header"),
        (b"Transfer-Encoding: chunked\r\n", "a connection that broke in the middle"),
    ],
    ids=["two lengths", "a chunk of negative size"],
)
def test_a_frame_that_makes_no_sense_is_reported(replay, at, head: bytes, told: str) -> None:
    answer = b"HTTP/1.1 200 OK\r\n" + head + b"\r\n-5\r\n" + CSV
    given = at(replay(lambda _: Said(raw=lambda: iter([answer]))).url)
    assert f"found {told}" in given.refusal()
    assert given.objects == []


def test_chunks_tell_where_a_body_ends_whatever_its_length_is_said_to_be(replay, at) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n"
    given = at(replay(lambda _: Said(raw=lambda: iter([answer % (len(CSV), CSV)]))).url)
    assert given.content(given.pull().lieferungen[0]) == CSV


def test_what_a_server_calls_its_status_is_not_repeated(replay, desk, bestand, caplog) -> None:
    """It may be the address that it was asked for, and a secret in it."""
    caplog.set_level(logging.DEBUG)
    server = replay(lambda one: Said(raw=lambda: iter([f"HTTP/1.1 404 no {one.query}\r\n\r\n".encode()])))
    broken = replay(lambda one: Said(raw=lambda: iter([f"HTTP/1.1 505 no {one.query}\r\n\r\n".encode()])))
    for each in (server, broken):
        given = desk(bestand(url=f'"{each.url}/bestand.csv?token=geheim"'))
        told = given.refusal()
        assert "geheim" not in told + caplog.text + (given.landing.folder / "attempts.jsonl").read_text()
    assert "found HTTP status 505 (HTTP Version Not Supported)" in told


# --- The office's side ---


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_file_of_certificates_that_cannot_be_read_is_reported(
    at, replay, monkeypatch, tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "amt.pem").write_text(content)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "amt.pem"))
    given = at(replay(lambda _: Said(200, CSV)).url.replace("http:", "https:"))
    assert "found no file of certificates that can be read where REQUESTS_CA_BUNDLE says that it is" in given.refusal()
    assert given.outcomes == ["failed"]


def test_a_host_that_does_not_know_how_to_encrypt_is_reported(at, replay) -> None:
    given = at(replay(lambda _: Said(200, CSV)).url.replace("http:", "https:"))
    assert "found a connection whose encryption cannot be agreed on (TLS)" in given.refusal()


@pytest.mark.parametrize(
    "proxy",
    [
        "http://[x",
        "ftp://amt:1",
        "amt:1",
        "http://amt:abc",
        "http://",
        "::::",
        "http://amt:p%zz@amt:99999",
        "http://a..b",
    ],
)
def test_a_proxy_with_an_unusable_address_is_reported_without_it(at, replay, monkeypatch, proxy: str) -> None:
    for variable in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(variable, proxy)
    for variable in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(variable, "")
    message = at("http://amt.example").refusal()
    assert "found a proxy " in message
    assert "see HTTP_PROXY, HTTPS_PROXY" in message
    assert "p%zz" not in message


# --- Credentials and redirects ---


def test_credentials_in_an_address_do_not_follow_to_another_host(replay, at) -> None:
    there = replay(lambda _: Said(200, CSV))
    here = replay(lambda _: Said(302, headers={"Location": f"{there.url.replace('localhost', '127.0.0.1')}/neu.csv"}))
    at(here.url.replace("http://", "http://kennung:kennwort@")).pull()
    assert "authorization" in here.heard[0].headers
    assert "authorization" not in there.heard[0].headers


def test_conditions_follow_a_redirect(replay, at) -> None:
    def answer(one: Heard) -> Said:
        if one.path == "/bestand.csv":
            return Said(302, headers={"Location": "/neu.csv"})
        return Said(304) if one.headers.get("if-none-match") == '"a"' else Said(200, CSV, {"ETag": '"a"'})

    given = at(replay(answer).url)
    given.pull()
    assert given.pull().unchanged == 1
