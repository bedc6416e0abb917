"""Files behind an address: what is asked, what is believed, and what an office's bad day does to a pull."""

import datetime as dt
import logging

import pytest
import requests

from flows.base.errors import ConfigError, ContractBroken, SourceUnavailable
from flows.musterstadt.faults import Fault
from flows.profile.access import Access
from flows.pull.connectors import http_file
from flows.pull.web import answers, session

FILE = "bestand.csv"


# --- What is asked and believed ---


def test_a_file_lands_as_it_was_sent(office) -> None:
    pulled = office.pull()
    (lieferung,) = pulled.lieferungen
    assert office.content(lieferung) == (office.shelf / FILE).read_bytes()
    assert (lieferung.source, lieferung.name, lieferung.bytes) == ("bestand", FILE, len(office.content(lieferung)))
    assert (pulled.new, pulled.unchanged, pulled.missing) == (1, 0, [])


def test_a_second_pull_asks_with_conditions_and_brings_nothing_new(office) -> None:
    first = office.pull()
    second = office.pull()
    assert (second.new, second.unchanged) == (0, 1)
    assert second.lieferungen[0].sha256 == first.lieferungen[0].sha256
    assert office.server.answers == {(FILE, 200): 1, (FILE, 304): 1}
    asked = office.server.log[1].headers
    assert "if-none-match" in asked
    assert "if-modified-since" in asked


def test_without_an_etag_the_date_is_asked_with(office) -> None:
    office.pull()
    lines = [line.replace('"etag"', '"kein_etag"') for line in _record_lines(office)]
    (office.landing.folder / "attempts.jsonl").write_text("".join(lines))
    assert office.pull().unchanged == 1
    assert "if-none-match" not in office.server.log[1].headers
    assert office.server.answers[FILE, 304] == 1


def test_other_content_of_the_same_size_and_date_is_noticed(office) -> None:
    office.pull()
    office.server.faults[FILE] = Fault(kind="same_size_other_content")
    pulled = office.pull()
    assert pulled.new == 1
    assert pulled.lieferungen[0].bytes == office.record[0]["bytes"]
    assert pulled.lieferungen[0].sha256 != office.record[0]["sha256"]


def test_the_same_content_under_a_new_date_is_not_new(office) -> None:
    office.pull()
    office.server.faults[FILE] = Fault(kind="wrong_charset")  # the right bytes, with other headers
    lines = [line.replace('"etag":"\\"', '"etag":"\\"alt') for line in _record_lines(office)]
    (office.landing.folder / "attempts.jsonl").write_text("".join(lines))
    assert office.pull().unchanged == 1
    assert office.server.answers[FILE, 200] == 2


def test_a_lying_etag_is_not_believed_where_other_bytes_came(office) -> None:
    """The hash decides. (A server that answers 304 for other bytes cannot be found out.)"""
    first = office.pull().lieferungen[0]
    office.server.faults[FILE] = Fault(kind="lying_etag")
    office.landing.path(first.sha256).unlink()  # so that the whole file is asked for
    second = office.pull().lieferungen[0]
    assert second.etag == first.etag
    assert second.sha256 != first.sha256
    assert office.content(second) != (office.shelf / FILE).read_bytes()


def test_a_304_counts_only_while_the_bytes_are_here(office) -> None:
    lieferung = office.pull().lieferungen[0]
    office.landing.path(lieferung.sha256).unlink()
    assert office.content(office.pull().lieferungen[0])
    assert "if-none-match" not in office.server.log[1].headers


def test_a_damaged_object_is_fetched_again(office) -> None:
    lieferung = office.pull().lieferungen[0]
    damaged = office.landing.path(lieferung.sha256)
    damaged.chmod(0o600)
    damaged.write_bytes(damaged.read_bytes().replace(b"7", b"9"))
    office.pull()
    assert damaged.read_bytes() == (office.shelf / FILE).read_bytes()
    assert office.server.answers == {(FILE, 200): 2}


def test_files_of_one_name_in_folders_by_year_are_reported_apart(office, small_city, yearly) -> None:
    for year in (2020, 2021, 2022):
        (office.shelf / str(year)).mkdir()
        (office.shelf / f"jahr_{year}.csv").rename(office.shelf / str(year) / FILE)
    office.ask_for(small_city.with_sources(yearly(url='"${OFFICE}/{year}/bestand.csv"')))
    pulled = office.pull(until=dt.date(2022, 12, 31))
    assert [one.name for one in pulled.lieferungen] == ["bestand_2020.csv", "bestand_2021.csv", "bestand_2022.csv"]
    assert pulled.new == 3
    assert office.pull(until=dt.date(2022, 12, 31)).unchanged == 3


def test_addresses_that_differ_only_after_the_question_mark_are_reported_apart(office, small_city, yearly) -> None:
    (source,) = small_city.with_sources(yearly(url='"${OFFICE}/export?jahr={year}"')).sources
    orders = http_file.orders_at(source, dt.date(2021, 12, 31))
    assert [order.name for order in orders] == ["export_2020", "export_2021"]


# --- Years ---


def test_the_newest_year_may_not_be_there_yet(office, small_city, yearly) -> None:
    office.ask_for(small_city.with_sources(yearly()))
    pulled = office.pull(until=dt.date(2024, 12, 31))
    assert [one.name for one in pulled.lieferungen] == ["jahr_2020.csv", "jahr_2021.csv", "jahr_2022.csv"]
    assert sorted(office.outcomes) == ["absent", "absent", "new", "new", "new"]


def test_later_years_are_not_even_asked_for(office, small_city, yearly) -> None:
    office.ask_for(small_city.with_sources(yearly()))
    assert len(office.pull(until=dt.date(2021, 6, 30)).lieferungen) == 2
    assert "jahr_2022.csv" not in office.server.requests


@pytest.mark.parametrize(("gone", "told"), [(2021, "2020 to 2022, found none for 2021"), (2020, "found none for 2020")])
def test_a_gap_in_the_years_stops(office, small_city, yearly, gone: int, told: str) -> None:
    office.ask_for(small_city.with_sources(yearly()))
    (office.shelf / f"jahr_{gone}.csv").unlink()
    message = office.refusal(until=dt.date(2022, 12, 31))
    assert message.startswith("Source jahr: expected every year from ")
    assert told in message


def test_a_series_that_has_ended_needs_its_last_year(office, small_city, yearly) -> None:
    office.ask_for(small_city.with_sources(yearly("{ first = 2020, last = 2023 }")))
    assert len(office.pull(until=dt.date(2023, 12, 31)).lieferungen) == 3
    assert "2020 to 2023, found none for 2023" in office.refusal(until=dt.date(2024, 12, 31))


def test_a_required_source_that_is_not_there_stops(office, small_city, bestand) -> None:
    (office.shelf / FILE).unlink()
    message = office.refusal()
    assert "Source bestand (bestand)" in message
    assert "expected files at ${OFFICE}/bestand.csv, found none" in message
    assert "`required = false`" in message
    office.ask_for(small_city.with_sources(bestand(required="false")))
    assert office.pull().missing == ["bestand"]


# --- Bad days ---


def test_too_many_requests_are_waited_for(office, monkeypatch) -> None:
    waited = list[float]()
    monkeypatch.setattr("urllib3.util.retry.time.sleep", waited.append)
    office.server.faults[FILE] = Fault(kind="too_many_requests", seconds=7, times=1)
    assert office.pull().new == 1
    assert waited == [7]


def test_a_server_that_asks_for_an_hour_of_patience_is_left_for_later(office, monkeypatch) -> None:
    monkeypatch.setattr(session, "LONGEST_PAUSE", 0)
    waited = list[float]()
    monkeypatch.setattr("urllib3.util.retry.time.sleep", waited.append)
    office.server.faults[FILE] = Fault(kind="too_many_requests", seconds=60)
    assert "found HTTP status 429 (Too Many Requests)" in office.refusal()
    assert 60 not in waited
    assert office.record[-1]["status"] == 429


def test_three_errors_of_the_server_are_survived(office) -> None:
    office.server.faults[FILE] = Fault(kind="server_error", times=3)
    assert office.pull().new == 1
    assert office.server.requests[FILE] == 4


def test_a_server_that_stays_broken_stops_the_pull(office) -> None:
    office.server.faults[FILE] = Fault(kind="server_error")
    message = office.refusal()
    assert f"expected the file {FILE} at {office.server.url}/{FILE}, found HTTP status 500" in message
    assert "The last release stands" in message
    assert office.outcomes == ["failed"]
    assert office.record[0]["status"] == 500


@pytest.mark.parametrize("kind", ["reset_mid_body", "truncated_wrong_length"])
def test_a_body_that_breaks_off_once_is_asked_for_again(office, kind: str) -> None:
    office.server.faults[FILE] = Fault(kind=kind, times=1)
    pulled = office.pull()
    assert office.content(pulled.lieferungen[0]) == (office.shelf / FILE).read_bytes()
    assert office.outcomes == ["failed", "new"]


@pytest.mark.parametrize("kind", ["reset_mid_body", "truncated_wrong_length"])
def test_a_body_that_always_breaks_off_never_lands(office, kind: str) -> None:
    office.server.faults[FILE] = Fault(kind=kind)
    message = office.refusal()
    assert "broke in the middle" in message or "cut short" in message
    assert office.outcomes == ["failed"] * answers.BODY_TRIES
    assert _objects(office) == []


def test_a_cut_file_under_its_own_length_lands_since_nothing_on_the_wire_shows_it(office) -> None:
    """Staging finds it out by its last row."""
    office.server.faults[FILE] = Fault(kind="truncated")
    whole = (office.shelf / FILE).read_bytes()
    assert office.content(office.pull().lieferungen[0]) == whole[: len(whole) // 2]


@pytest.mark.parametrize(
    ("kind", "told"),
    [("login_page", "found a web page that begins b'<!doctype html"), ("empty", "found an empty file")],
)
def test_what_is_no_data_never_lands(office, kind: str, told: str) -> None:
    office.server.faults[FILE] = Fault(kind=kind)
    message = office.refusal()
    assert message.startswith(f"Source bestand, file {FILE}: expected ")
    assert told in message
    assert office.outcomes == ["refused"]
    assert _objects(office) == []


def test_a_redirect_that_never_ends_is_given_up(office) -> None:
    office.server.faults[FILE] = Fault(kind="redirect_loop")
    assert "found redirects that never end" in office.refusal()


def test_a_server_that_hangs_is_given_up(office, monkeypatch) -> None:
    monkeypatch.setattr(Access, "patience", 0.2)
    office.server.faults[FILE] = Fault(kind="hang", seconds=30)
    assert "found no answer within 10 s (connect) or 0.2 s (read)" in office.refusal()


def test_a_server_that_is_slow_once_is_waited_for(office, monkeypatch) -> None:
    monkeypatch.setattr(Access, "patience", 1)
    office.server.faults[FILE] = Fault(kind="hang", seconds=30, times=1)
    assert office.pull().new == 1


def test_a_wrong_charset_in_the_header_does_not_matter(office) -> None:
    office.server.faults[FILE] = Fault(kind="wrong_charset")
    assert office.content(office.pull().lieferungen[0]) == (office.shelf / FILE).read_bytes()


def test_a_server_that_is_not_there_is_reported(office) -> None:
    office.server.close()
    assert "found no connection" in office.refusal()
    assert office.outcomes == ["failed"]


def test_a_variable_that_is_not_set_is_a_mistake_of_the_configuration(office, monkeypatch) -> None:
    monkeypatch.delenv("OFFICE")
    with pytest.raises(ConfigError, match="needs the environment variable OFFICE, which is not set"):
        office.pull()


@pytest.mark.parametrize(
    ("start", "target", "safe"),
    [
        ("https://amt.example/a.csv", "https://amt.example/b.csv", True),
        ("https://amt.example/a.csv", "/b.csv", True),
        ("http://amt.example/a.csv", "https://amt.example/a.csv", True),
        ("http://amt.example/a.csv", "http://other.example/a.csv", True),
        ("https://amt.example/a.csv", "http://amt.example/a.csv", False),
        ("http://amt.example/a.csv", "file:///etc/passwd", False),
    ],
)
def test_a_redirect_stays_on_the_web_and_never_leaves_https(start: str, target: str, safe: bool) -> None:
    answer = requests.Response()
    answer.status_code, answer.url, answer.headers["location"] = 302, start, target
    if safe:
        session.refuse_unsafe_redirect(answer)
    else:
        with pytest.raises(requests.exceptions.InvalidSchema):
            session.refuse_unsafe_redirect(answer)


# --- Secrets ---


@pytest.mark.parametrize("fault", [None, "server_error", "login_page", "reset_mid_body", "hang"])
def test_user_password_and_query_never_reach_record_message_or_log(
    office, small_city, bestand, monkeypatch, caplog, fault
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(Access, "patience", 0.2)
    secret_base = office.server.url.replace("http://", "http://kennung:kennwort@")
    monkeypatch.setenv("OFFICE", secret_base)
    office.ask_for(small_city.with_sources(bestand(url='"${OFFICE}/bestand.csv?token=geheim"')))
    told = ""
    if fault:
        office.server.faults[FILE] = Fault(kind=fault, seconds=1)
        told = office.refusal()
    else:
        told = office.pull().model_dump_json()
    assert FILE in told
    record = (office.landing.folder / "attempts.jsonl").read_text()
    for secret in ("kennung", "kennwort", "geheim", "token"):
        assert secret not in told + record + caplog.text


def test_a_secret_in_the_profile_does_not_reach_the_message_that_nothing_came(office, small_city, bestand) -> None:
    office.ask_for(small_city.with_sources(bestand(url='"${OFFICE}/nichts.csv?token=geheim"')))
    assert "geheim" not in office.refusal()


def test_a_secret_in_the_profile_does_not_reach_the_message_of_a_missing_variable(
    office, small_city, bestand, monkeypatch
) -> None:
    monkeypatch.delenv("OFFICE")
    office.ask_for(small_city.with_sources(bestand(url='"https://a:geheim@${OFFICE}/x.csv?token=geheim"')))
    with pytest.raises(ConfigError) as refused:
        office.pull()
    assert "geheim" not in str(refused.value)


def test_no_test_reaches_beyond_this_machine() -> None:
    with pytest.raises(AssertionError, match="tests stay on this machine"):
        requests.get("http://192.0.2.1/", timeout=1)


def _record_lines(office) -> list[str]:
    return (office.landing.folder / "attempts.jsonl").read_text().splitlines(keepends=True)


def _objects(office) -> list[str]:
    return [path.name for path in (office.landing.folder / "objects").rglob("*") if path.is_file()]


def test_no_answer_may_pass_and_a_login_page_needs_somebody(office) -> None:
    office.server.faults[FILE] = Fault(kind="server_error")
    with pytest.raises(SourceUnavailable) as refused:
        office.pull()
    assert (refused.value.retryable, refused.value.exit_code) == (True, 3)
    office.server.faults[FILE] = Fault(kind="login_page")
    with pytest.raises(ContractBroken) as broken:
        office.pull()
    assert (broken.value.retryable, broken.value.exit_code) == (False, 5)
