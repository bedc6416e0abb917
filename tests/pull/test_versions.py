"""Which version of a file is kept: what a 304 proves, what a date proves, and what may be put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from email.utils import format_datetime

import pytest

from flows.base.errors import ConfigError, SourceUnavailable
from flows.pull.web import answers
from tests.pull.replay import Heard, Said

HEAD = b"BBS;EW\n"
ONE = HEAD + b"01100001;12\n" * 200_000
OTHER = HEAD + b"01100002;13\n" * 200_000
LONGER = OTHER + b"01100003;14\n" * 1_000
NOW = dt.datetime(2024, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def at(desk, bestand) -> Callable[..., object]:
    """A desk that asks for `bestand.csv` at an address."""
    return lambda server, query="", **fields: desk(bestand(url=f'"{server.url}/bestand.csv{query}"', **fields))


# --- 304 ---


def test_a_304_about_another_version_than_is_kept_is_not_believed(replay, at) -> None:
    def answer(one: Heard) -> Said:
        if not server.heard[1:]:
            return Said(200, ONE, {"ETag": '"a"'})
        return (
            Said(304, headers={"ETag": '"b"'}) if "if-none-match" in one.headers else Said(200, OTHER, {"ETag": '"b"'})
        )

    server = replay(answer)
    given = at(server)
    given.pull()
    assert given.content(given.pull().lieferungen[0]) == OTHER
    assert given.outcomes == ["new", "failed", "new"]


def test_a_304_that_was_not_asked_for_does_not_make_a_broken_download_unchanged(replay, at) -> None:
    def answer(one: Heard) -> Said:
        number = len(server.heard)
        if number == 1:
            return Said(200, ONE, {"ETag": '"a"'})
        if number == 2:
            return Said(200, OTHER, {"ETag": '"b"'}, sent=1_500_000)
        return Said(304, headers={"ETag": '"b"'}) if "range" in one.headers else Said(200, OTHER, {"ETag": '"b"'})

    server = replay(answer)
    given = at(server)
    given.pull()
    assert given.content(given.pull().lieferungen[0]) == OTHER
    assert given.outcomes == ["new", "failed", "failed", "new"]


def test_a_server_that_knows_nothing_but_304_is_reported(replay, at) -> None:
    given = at(replay(lambda _: Said(304)))
    assert "found status 304 (not modified) for another version than the one in the landing zone" in given.refusal()
    assert given.outcomes == ["failed"] * answers.BODY_TRIES


@pytest.mark.parametrize("told", [{"ETag": 'W/"a"'}, {"ETag": '"a"'}, {}])
def test_a_304_about_the_version_that_is_held_keeps_its_marks(replay, at, told: dict[str, str]) -> None:
    date = {"Last-Modified": format_datetime(NOW, usegmt=True)}
    server = replay(lambda _: Said(304, headers=told) if server.heard[1:] else Said(200, ONE, {"ETag": '"a"'} | date))
    given = at(server)
    given.pull()
    assert given.pull().unchanged == 1
    assert given.pull().unchanged == 1
    assert server.heard[2].headers["if-none-match"] == '"a"'
    assert server.heard[2].headers["if-modified-since"] == date["Last-Modified"]


def test_an_address_with_a_query_is_asked_without_conditions(replay, at) -> None:
    """The record does not keep the query, so that nobody knows whether the old answer was to the same one."""

    def answer(one: Heard) -> Said:
        if "if-modified-since" in one.headers:
            return Said(304)
        content = ONE if one.query["jahr"] == "2023" else OTHER
        return Said(200, content, {"Last-Modified": format_datetime(NOW, usegmt=True)})

    server = replay(answer)
    at(server, "?jahr=2023").pull()
    given = at(server, "?jahr=2024")
    assert given.content(given.pull().lieferungen[0]) == OTHER
    assert given.pull().unchanged == 1


@pytest.mark.parametrize("name", ["ETag", "Last-Modified"])
def test_a_mark_that_no_header_can_carry_is_not_sent_back(replay, at, name: str) -> None:
    server = replay(lambda _: Said(200, ONE, {name: "\u00a0M\u00e4rz"}))
    given = at(server)
    given.pull()
    assert given.pull().unchanged == 1
    assert not {"if-none-match", "if-modified-since"} & set(server.heard[1].headers)


# --- Parts ---


@pytest.mark.parametrize("then", [OTHER, LONGER])
def test_a_date_as_young_as_the_answer_does_not_prove_that_the_bytes_are_the_same(replay, at, then: bytes) -> None:
    """Within a second, or while a clock is corrected, a file may change and keep its date."""
    young = {"Last-Modified": format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(hours=1), usegmt=True)}

    def answer(one: Heard) -> Said:
        if len(server.heard) == 1:
            return Said(200, ONE, young, sent=1_500_000)
        if "range" not in one.headers:
            return Said(200, then, young)
        start = int(one.headers["range"].removeprefix("bytes=").removesuffix("-"))
        return Said(206, then[start:], young | {"Content-Range": f"bytes {start}-{len(then) - 1}/{len(then)}"})

    server = replay(answer)
    given = at(server)
    assert given.content(given.pull().lieferungen[0]) == then


@pytest.mark.parametrize("marked", [{"ETag": '"a"'}, {"Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"}])
def test_a_part_of_a_file_of_another_length_is_thrown_away(replay, at, marked: dict[str, str]) -> None:
    def answer(one: Heard) -> Said:
        if len(server.heard) == 1:
            return Said(200, ONE, marked, sent=1_500_000)
        if "range" not in one.headers:
            return Said(200, LONGER, marked)
        start = int(one.headers["range"].removeprefix("bytes=").removesuffix("-"))
        return Said(206, LONGER[start:], {"Content-Range": f"bytes {start}-{len(LONGER) - 1}/{len(LONGER)}"})

    server = replay(answer)
    given = at(server)
    assert given.content(given.pull().lieferungen[0]) == LONGER
    assert "range" in server.heard[1].headers


def _with_five_thousand_digits(status: int) -> Said:
    length = b"9" * 5000
    begin = b"HTTP/1.1 %d OK\r\nContent-Length: %b\r\nContent-Range: bytes 0-1/%b\r\n\r\n" % (status, length, length)
    return Said(raw=lambda: iter([begin, HEAD]))


def test_a_length_of_five_thousand_digits_is_no_length(replay, at) -> None:
    given = at(replay(lambda _: _with_five_thousand_digits(200)))
    assert given.content(given.pull().lieferungen[0]) == HEAD


def test_a_part_of_a_file_with_a_length_of_five_thousand_digits_is_thrown_away(replay, at) -> None:
    assert "found a part that does not fit" in at(replay(lambda _: _with_five_thousand_digits(206))).refusal()


# --- Names and doors ---


def test_an_address_that_names_no_file_is_reported_before_anybody_is_asked(replay, desk, bestand) -> None:
    server = replay(lambda _: Said(200, ONE))
    with pytest.raises(ConfigError, match=r"to end in the name of a file.*found that it ends in /"):
        desk(bestand(url=f'"{server.url}/daten/?token=geheim"')).pull()
    assert server.heard == []


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "Check what `url` in sources.toml names: user and password, or a token"),
        (403, "Check what `url` in sources.toml names: user and password, or a token"),
        (407, "check HTTP_PROXY and HTTPS_PROXY"),
        (451, "ask there"),
    ],
)
def test_a_closed_door_is_reported_with_whose_key_is_wanted_and_not_tried_again(
    replay, at, status: int, told: str
) -> None:
    server = replay(lambda _: Said(status))
    with pytest.raises(SourceUnavailable, match=rf"found HTTP status {status} .*{told}") as refused:
        at(server).pull()
    assert not refused.value.retryable
    assert len(server.heard) == 1
