"""Several sources at once: they overlap, they are reported in the profile's order, and none hides another."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from flows.base.errors import ConfigError, ProgramDefect, SourceProblem, SourceUnavailable
from flows.profile.gates import RateLimits
from flows.pull import pull_sources
from flows.pull.connectors import http_file
from flows.pull.web.rate_limits import HostLimits
from tests.pull.replay import Heard, Replay, Said

PATIENCE = 30.0  # seconds after which a test gives up waiting for what should have happened
CSV = b"BBS;EW\n01100001;%d\n"


@pytest.fixture
def web_source(source: Callable[..., str]) -> Callable[..., str]:
    """TOML of a source that is one file of a server, named like the source."""

    def text(name: str, server: Replay, **fields: str) -> str:
        given = {
            "connector": '"http_file"', "url": f'"{server.url}/{name}.csv"', "file": rf"'{name}\.csv'",
            "stichtag": '{ source = "fixed", fixed = 2022-12-31 }', **fields,
        }  # fmt: skip
        return source(name, **given)

    return text


@pytest.fixture
def yearly_source(source: Callable[..., str]) -> Callable[..., str]:
    """TOML of a source with a file for each year."""

    def text(name: str, server: Replay, first: int, last: int, **fields: str) -> str:
        given = {
            "connector": '"http_file"', "url": f'"{server.url}/{name}_{{year}}.csv"',
            "years": f"{{ first = {first}, last = {last} }}", **fields,
        }  # fmt: skip
        return source(name, **given)

    return text


def own_content(one: Heard) -> Said:
    """A file whose content is only its own."""
    return Said(200, CSV % sum(one.path.encode()) + one.path.encode() + b";1\n")


def test_two_slow_sources_on_two_hosts_are_asked_at_once(replay, desk, web_source) -> None:
    """Neither host answers before both have been asked."""
    both = threading.Barrier(2)

    def answer(one: Heard) -> Said:
        both.wait(PATIENCE)
        return own_content(one)

    here, there = replay(answer), replay(answer)
    pulled = desk(web_source("a", here), web_source("b", there)).pull()
    assert [one.source for one in pulled.lieferungen] == ["a", "b"]
    assert not both.broken


def test_the_first_in_the_profile_is_reported_first_even_when_it_comes_last(replay, desk, web_source) -> None:
    """`a` is answered only after `b` and `c` have been, whichever was asked first."""
    others, answered, told = threading.Semaphore(0), list[str](), list[str]()

    def answer(one: Heard) -> Said:
        if one.path == "/a.csv":
            assert all(others.acquire(timeout=PATIENCE) for _ in "bc")
        answered.append(one.path)
        if one.path != "/a.csv":
            others.release()
        return own_content(one)

    server = replay(answer)
    pulled = desk(*(web_source(name, server) for name in "abc")).pull(progress=told.append)
    assert answered[-1] == "/a.csv"
    assert [one.name for one in pulled.lieferungen] == ["a.csv", "b.csv", "c.csv"]
    assert told == ["a: 1 file", "b: 1 file", "c: 1 file"]


def test_more_sources_and_files_than_threads_all_come_in_order(replay, desk, yearly_source) -> None:
    server = replay(own_content)
    names = [f"quelle_{letter}" for letter in "abcdefghijkl"]
    assert len(names) > pull_sources.SOURCES_AT_A_TIME
    given = desk(*(yearly_source(name, server, 2015, 2020, rate_limits="{ at_once = 1 }") for name in names))
    pulled = given.pull()
    assert [one.name for one in pulled.lieferungen] == [
        f"{name}_{year}.csv" for name in names for year in range(2015, 2021)
    ]
    assert server.most_at_once == 1


# --- Failures ---


@pytest.fixture
def bad_day(replay, desk, web_source):
    """`a` sends a login page, but only after `b` has failed; `c` is well."""
    b_failed = threading.Event()

    def answer(one: Heard) -> Said:
        if one.path == "/a.csv":
            assert b_failed.wait(PATIENCE)
            return Said(200, b"<html>Anmeldung")
        if one.path == "/b.csv":
            return Said(500)
        return own_content(one)

    given = desk(*(web_source(name, replay(answer)) for name in "abc"))
    record = given.landing.record

    def recorded(attempt: Any) -> None:
        record(attempt)
        if attempt.source == "b":
            b_failed.set()

    given.landing.record = recorded
    return given


def test_one_failing_source_does_not_hide_another(bad_day) -> None:
    message = bad_day.refusal()
    assert message.startswith("Source a, file a.csv: expected a data file, found a web page"), "the profile's first"
    assert "\n  And: Source b: expected the file b.csv" in message
    assert {one.source: one.outcome for one in bad_day.landing.attempts()} == {
        "a": "refused",
        "b": "failed",
        "c": "new",
    }


def test_what_came_beside_a_failing_source_need_not_come_again(bad_day, desk, replay, web_source) -> None:
    bad_day.refusal()
    assert len(bad_day.objects) == 1


def test_asking_again_helps_only_where_it_helps_all(replay, desk, web_source) -> None:
    broken, login = replay(lambda _: Said(500)), replay(lambda _: Said(200, b"<html>"))
    for servers, helps in (((broken, broken), True), ((broken, login), False), ((login, broken), False)):
        with pytest.raises(SourceProblem) as stopped:
            desk(*(web_source(name, server) for name, server in zip("ab", servers, strict=True))).pull()
        assert stopped.value.retryable is helps
        assert stopped.value.exit_code == (3 if helps else 5)


def test_what_is_wrong_with_two_sources_alike_is_reported_once(replay, desk, web_source) -> None:
    given = desk(*(web_source(name, replay(own_content)) for name in "ab"))

    def full(_: object) -> None:
        raise SourceUnavailable("The disk is full.", retryable=True)

    given.landing.record = full
    assert given.refusal() == "The disk is full."


def test_what_is_not_configured_is_reported_at_once_and_nobody_is_asked(replay, desk, web_source, monkeypatch) -> None:
    for variable in ("AMT_URL", "PORTAL_URL"):
        monkeypatch.delenv(variable, raising=False)
    server = replay(own_content)
    given = desk(
        web_source("a", server),
        web_source("b", server, url='"${AMT_URL}/b.csv"'),
        web_source("c", server, url='"${PORTAL_URL}/c.csv"'),
    )
    with pytest.raises(ConfigError, match=r"(?s)^Source b: its address .* AMT_URL.*And: Source c.* PORTAL_URL") as told:
        given.pull()
    assert told.value.exit_code == 2
    assert server.heard == []
    assert [(one.source, one.outcome) for one in given.landing.attempts()] == [("b", "refused"), ("c", "refused")]
    for variable in ("AMT_URL", "PORTAL_URL"):
        monkeypatch.setenv(variable, server.url)
    assert len(given.pull().lieferungen) == 3
    as_a_whole = [one.outcome for one in given.landing.attempts() if not one.name]
    assert as_a_whole == ["refused", "refused", "mended", "mended"]


@pytest.mark.parametrize(
    "address", ["amt.example", "ftp://amt.example", "https://", "http://[amt", "http://amt:acht", "http://amt\n"]
)
def test_an_address_that_is_none_is_reported_at_once_and_nobody_is_asked(
    replay, desk, web_source, monkeypatch, address: str
) -> None:
    monkeypatch.setenv("AMT_URL", address)
    server = replay(own_content)
    with pytest.raises(
        ConfigError, match=r"^Source b: expected its address \$\{AMT_URL\}/b\.csv to .* Correct AMT_URL"
    ):
        desk(web_source("a", server), web_source("b", server, url='"${AMT_URL}/b.csv"')).pull()
    assert server.heard == []


@pytest.mark.parametrize(
    "url",
    ["${AMT_URL}/a.csv", "amt:geheim@amt.example/a.csv", "ftp://amt:geheim@amt.example/a.csv", "http://[geheim@a"],
)
def test_an_unusable_address_is_reported_without_the_secret_in_it(
    replay, desk, web_source, monkeypatch, url: str
) -> None:
    monkeypatch.setenv("AMT_URL", "amt:geheim@amt.example")
    given = desk(web_source("a", replay(own_content), url=f'"{url}"'))
    with pytest.raises(ConfigError) as told:
        given.pull()
    assert "geheim" not in str(told.value)
    assert "geheim" not in (given.landing.folder / "attempts.jsonl").read_text()


def test_all_variables_of_one_address_are_reported(replay, desk, web_source, monkeypatch) -> None:
    for variable in ("AMT_URL", "AMT_KEY"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(ConfigError, match="needs the environment variables AMT_URL and AMT_KEY, which are not set"):
        desk(web_source("a", replay(own_content), url='"${AMT_URL}/a.csv?key=${AMT_KEY}"')).pull()


def test_a_pull_that_somebody_stops_begins_nothing_more(replay, desk, web_source, yearly_source, monkeypatch) -> None:
    """The files under way are held back until the pull is being stopped."""
    contexts = []

    def context(*given: Any) -> Any:
        contexts.append(made(*given))
        return contexts[-1]

    made = pull_sources.PullContext
    monkeypatch.setattr(pull_sources, "PullContext", context)

    def answer(one: Heard) -> Said:
        if one.path != "/a.csv":
            assert contexts[0].given_up.wait(PATIENCE)
        return own_content(one)

    def stop(_: str) -> None:
        raise KeyboardInterrupt

    here, there = replay(answer), replay(answer)
    given = desk(web_source("a", here), yearly_source("b", there, 2000, 2020))
    with pytest.raises(KeyboardInterrupt):
        given.pull(progress=stop)
    assert len(there.heard) <= pull_sources.FILES_AT_A_TIME


# --- RateLimits ---


def test_a_host_is_not_asked_more_at_once_because_several_sources_are_there(replay, desk, yearly_source) -> None:
    server = replay(lambda one: Said(200, own_content(one).body, hang=0.02))
    desk(*(yearly_source(name, server, 2015, 2020, rate_limits="{ at_once = 2 }") for name in ("a", "b", "c"))).pull()
    assert len(server.heard) == 18
    assert server.most_at_once <= 2


def test_the_stricter_of_the_sources_under_way_holds_for_their_host() -> None:
    polite, under_way, seen = HostLimits(), list[int](), list[tuple[int, ...]]()
    lock = threading.Lock()

    def ask(allowed: int) -> None:
        for _ in range(4):
            with polite.turn("https://amt.example/x", RateLimits(at_once=allowed)):
                with lock:
                    under_way.append(allowed)
                    seen.append(tuple(under_way))
                time.sleep(0.001)
                with lock:
                    under_way.remove(allowed)

    threads = [threading.Thread(target=ask, args=(allowed,)) for allowed in (1, 1, 2, 2, 2, 4, 4, 4, 4, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(seen) == 40
    assert all(len(together) <= min(together) for together in seen)


def test_two_requests_go_side_by_side_where_both_sources_allow_it() -> None:
    polite, together = HostLimits(), threading.Barrier(2)

    def ask(allowed: int) -> None:
        with polite.turn("https://amt.example/x", RateLimits(at_once=allowed)):
            together.wait(PATIENCE)

    threads = [threading.Thread(target=ask, args=(allowed,)) for allowed in (2, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not together.broken


def test_the_pause_of_one_source_is_kept_by_the_next_on_the_same_host(monkeypatch) -> None:
    polite, clock = HostLimits(), [100.0]
    waited = list[float]()
    monkeypatch.setattr("flows.pull.web.rate_limits.time.monotonic", lambda: clock[0])

    def wait(seconds: float) -> None:
        waited.append(seconds)
        clock[0] += seconds

    monkeypatch.setattr(polite._changed, "wait", wait)
    for pause in (5.0, 0.0, 0.0, 2.0):
        with polite.turn("https://amt.example/x", RateLimits(pause=pause)):
            pass
    assert waited == [5.0, 2.0]


@pytest.mark.parametrize("where", ["orders", "fetch"])
def test_a_defect_of_the_program_is_the_failure_of_one_source_and_recorded(
    replay, desk, web_source, monkeypatch, where: str
) -> None:
    right = getattr(http_file.CONNECTOR, where)

    def wrong(source: Any, *given: Any) -> Any:
        if source.id == "eins":
            raise IndexError("geheim")
        return right(source, *given)

    connector: Any = dataclasses.replace(http_file.CONNECTOR, **{where: wrong})

    server = replay(lambda one: own_content(one) if one.path == "/zwei.csv" else Said(500))
    given = desk(*(web_source(name, server) for name in ("eins", "zwei", "drei")))
    monkeypatch.setattr(pull_sources, "connector_of", lambda _: connector)
    with pytest.raises(ProgramDefect) as refused:
        given.pull()
    assert refused.value.exit_code == 6
    first, second = str(refused.value).splitlines()
    assert "Source eins: expected its files, found what the program cannot deal with: IndexError in " in first
    assert "This is a defect of the program, not of your data" in first
    assert "geheim" not in first
    assert "And: Source drei" in second
    assert {line.source: line.outcome for line in given.landing.attempts()} == {
        "eins": "refused", "zwei": "new", "drei": "failed",
    }  # fmt: skip


def test_a_defect_while_a_file_is_fetched_is_a_line_about_that_file(replay, desk, web_source, monkeypatch) -> None:
    monkeypatch.setattr(http_file, "_begin", lambda *_: {}["geheim"])
    given = desk(web_source("eins", replay(own_content)))
    assert (
        "Source eins: expected the file eins.csv, found what the program cannot deal with: KeyError" in given.refusal()
    )
    assert [(line.name, line.outcome) for line in given.landing.attempts()] == [("eins.csv", "refused")]
