"""GENESIS web services: recorded answers replayed over a loopback server, and what goes wrong on the way."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.errors import ConfigError
from flows.extract import genesis, genesis_service
from tests.extract.conftest import Desk
from tests.extract.replay import Heard, Replay, Said

USER, PASSWORD, TOKEN = "DE4711XX", "sehr&geheim~ü", "0123456789abcdef0123456789abcdef"
TABLE = "12411-01-01-4"
TABLEFILE, RESULTS, RESULTFILE = "/data/tablefile", "/catalogue/results", "/data/resultfile"
MODIFIED = "/catalogue/modifieddata"


def status(code: int, words: str = "", **more: Any) -> Said:
    """An answer as the services give it: HTTP 200, the outcome in Status.Code."""
    body = {"Ident": {}, "Status": {"Code": code, "Content": words, "Type": "Information"}, **more}
    return Said(200, json.dumps(body).encode(), {"Content-Type": "application/json"})


def ffcsv(year: int = 2024) -> Said:
    """A table, packed; the same bytes whenever it is made (else they would hold the time, to two seconds)."""
    out, entry = io.BytesIO(), zipfile.ZipInfo(f"{TABLE}_de_flat.csv", date_time=(2026, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry, f"time;value\n{year}-12-31;618685\n", zipfile.ZIP_DEFLATED)
    return Said(200, out.getvalue(), {"Content-Type": "application/zip"})


def in_turn(*answers: Said) -> Callable[[Heard], Said]:
    """Answer with each in turn, and with the last from then on."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def by_path(**answers: Callable[[Heard], Said] | Said) -> Callable[[Heard], Said]:
    """Answer by the last part of the path."""

    def answer(one: Heard) -> Said:
        found = answers[one.path.rpartition("/")[2]]
        return found if isinstance(found, Said) else found(one)

    return answer


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AMT_TOKEN", "AMT_USER", "AMT_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AMT_USER", USER)
    monkeypatch.setenv("AMT_PASSWORD", PASSWORD)


@pytest.fixture
def table(source: Callable[..., str]) -> Callable[..., str]:
    """TOML of a source that is a table of a GENESIS service."""

    def text(server: Replay, extra: str = "", name: str = TABLE, **fields: str) -> str:
        given = {
            "connector": '"genesis"',
            "url": f'"{server.url}"',
            "file": rf"'{name}\.zip'",
            "genesis": f'{{ table = "{name}", credentials = "AMT"{extra} }}',
            "dialect": '{ encoding = "utf-8-sig", member = "*.csv" }',
            "stichtag": '{ source = "column", column = "time" }',
            **fields,
        }
        return source("amtlich", 'official = { merkmale = { einwohner = "value" } }', **given)

    return text


@pytest.fixture
def asked(desk: Callable[..., Desk], table: Callable[..., str], replay: Callable[..., Replay]):
    """A server that answers as told, and the desk that asks it."""

    def given(answer: Callable[[Heard], Said], *more: str, **fields: str) -> tuple[Replay, Desk]:
        server = replay(answer)
        return server, desk(table(server, *more, **fields))

    return given


# --- As recorded ---


def test_a_table_lands_packed_as_it_was_sent(asked, real_folder: Path) -> None:
    sent = next((real_folder / "genesis").glob("12411-01-01-4_*_flat.zip")).read_bytes()
    server, given = asked(lambda _: Said(200, sent, {"Content-Type": "application/zip"}))
    (lieferung,) = given.pull().lieferungen
    assert given.content(lieferung) == sent
    assert lieferung.name == "12411-01-01-4.zip"
    (request,) = server.heard
    assert (request.method, request.path) == ("POST", TABLEFILE)
    assert request.headers["username"] == USER
    assert request.headers["password"].encode("latin-1").decode() == PASSWORD
    assert request.form["name"] == TABLE
    assert (request.form["format"], request.form["compress"], request.form["job"]) == ("ffcsv", "true", "false")
    assert "password" not in request.form


def test_the_recorded_dialogue_of_a_table_too_large_is_spoken_to_its_end(asked, real_folder: Path, monkeypatch) -> None:
    """98, job=true, 99, 405 times not yet, ready, result. (The recording keeps the result's size, not its bytes.)"""
    steps = json.loads((real_folder / "genesis" / "job_sequence_12531-0043.json").read_text(encoding="utf-8"))
    result = next((real_folder / "genesis").glob("12411-01-01-4_*_flat.zip")).read_bytes()
    script: list[tuple[str, dict[str, str], Said]] = []
    for step in steps[:5]:
        path = step["uri"].partition("/rest/2020")[2]
        form = dict(pair.split("=") for pair in step["body"].split("&"))
        recorded = step["response"]
        said = Said(200, json.dumps(recorded).encode(), {"Content-Type": "application/json"})
        if "binary_bytes" in recorded:
            kind, where = recorded["content_type"][0], recorded["disp"][0]
            said = Said(200, result, {"Content-Type": kind, "Content-Disposition": where})
        script += [(path, form, said)] * step.get("repeated", 1)

    def answer(one: Heard) -> Said:
        path, form, said = script[len(server.heard) - 1]
        assert one.path == path
        wanted = {key: form[key] for key in ("name", "job", "selection", "area", "pagelength") if key in form}
        assert wanted.items() <= one.form.items()
        return said

    server, given = asked(
        answer, name="12531-0043", file=r"'12531-0043\.zip'",
        genesis='{ table = "12531-0043", credentials = "AMT", wait_minutes = 30 }', manners="{ at_once = 1 }",
    )  # fmt: skip
    monkeypatch.setattr(genesis_service, "LONGEST_PAUSE", 0.001)
    (lieferung,) = given.pull().lieferungen
    assert given.content(lieferung) == result
    assert len(server.heard) == len(script) == 2 + 405 + 1 + 1
    assert list((given.landing.folder / "jobs").iterdir()) == []


@pytest.mark.parametrize(
    ("recording", "told"),
    [
        ("error_61111-0021.json", "status -1: Für die Teiltabelle mit der Metadatenkombination"),
        ("error_63121-0001.json", "status 104: Es gibt keine Objekte zum angegebenen Selektionskriterium"),
    ],
)
def test_a_recorded_error_is_told_in_the_services_words(asked, real_folder: Path, recording: str, told: str) -> None:
    body = (real_folder / "genesis" / recording).read_bytes()
    server, given = asked(lambda _: Said(200, body, {"Content-Type": "application/json"}))
    assert told in given.refusal()
    assert len(server.heard) == 1, "asking again would not help"
    assert given.objects == []


def test_the_recorded_list_of_what_was_changed_is_understood(asked, table, desk, real_folder: Path) -> None:
    folder = real_folder / "genesis" / "restatis_fixtures"
    recorded = next(folder.glob("modified1_*")).read_bytes()
    changed = Said(200, recorded, {"Content-Type": "application/json"})
    server, given = asked(
        by_path(tablefile=ffcsv(), modifieddata=changed), name="61111-0001", file=r"'61111-0001\.zip'"
    )
    given.pull()
    given.pull()
    assert [one.path for one in server.heard] == [TABLEFILE, MODIFIED, TABLEFILE], "statistic 61111 was changed"
    server, given = asked(
        by_path(tablefile=ffcsv(), modifieddata=changed), name="12411-0001", file=r"'12411-0001\.zip'"
    )
    given.pull()
    given.pull()
    assert [one.path for one in server.heard] == [TABLEFILE, MODIFIED], "12411 was not"


# --- Unchanged tables ---


@pytest.mark.parametrize("code", [50, 104])
def test_an_unchanged_table_is_not_pulled_again(asked, code: int) -> None:
    server, given = asked(by_path(tablefile=ffcsv(), modifieddata=status(code, "nichts", List=None)))
    first = given.pull()
    second = given.pull()
    assert (first.new, second.new, second.unchanged) == (1, 0, 1)
    assert second.lieferungen[0].sha256 == first.lieferungen[0].sha256
    assert len(server.of(TABLEFILE)) == 1
    assert server.of(MODIFIED)[0].form["selection"] == "12411*"


def test_other_parameters_are_another_question(asked, desk, table) -> None:
    server, given = asked(by_path(tablefile=ffcsv(), modifieddata=status(104)))
    given.pull()
    given = desk(table(server, ", parameters = { startyear = 2015 }"))
    given.pull()
    assert server.heard[-1].path == TABLEFILE
    assert server.heard[-1].form["startyear"] == "2015"


def test_a_table_whose_bytes_were_lost_is_pulled_whatever_was_changed(asked) -> None:
    server, given = asked(by_path(tablefile=ffcsv(), modifieddata=status(104)))
    lieferung = given.pull().lieferungen[0]
    lieferung.path_in(given.landing.folder).unlink()
    given.pull()
    assert server.of(MODIFIED) == []
    assert len(server.of(TABLEFILE)) == 2


def test_nothing_newer_in_answer_to_the_table_itself_is_unchanged(asked) -> None:
    changed = status(0, "erfolgreich", List=[{"Code": "12411"}])
    _, given = asked(by_path(tablefile=in_turn(ffcsv(), status(50, "nicht aktueller")), modifieddata=changed))
    given.pull()
    assert given.pull().unchanged == 1


# --- What the codes mean ---


@pytest.mark.parametrize(
    ("code", "words", "told", "times"),
    [
        (90, "Die Tabelle existiert nicht", "Correct `genesis.table` in sources.toml", 1),
        (22, "Parameter wurden angepasst", "Correct `genesis.parameters`", 1),
        (104, "keine Objekte", "correct `genesis.parameters` in sources.toml or ask the office", 1),
        (50, "nicht aktueller", "The service has no data for it", 1),
        (15, "Bitte prüfen Sie Benutzername und Passwort", "Check AMT_TOKEN or AMT_USER or AMT_PASSWORD", 1),
        (-1, "Interner Fehler", "Try again later", 3),
        (77, "Unerwartet", "status 77: Unerwartet", 1),
    ],
)
def test_each_code_has_its_own_outcome(asked, code: int, words: str, told: str, times: int) -> None:
    server, given = asked(lambda _: status(code, words))
    message = given.refusal()
    assert told in message
    assert f"status {code}: {words}" in message
    assert len(server.heard) == times
    assert given.outcomes == ["failed" if code == -1 else "refused"]


def test_a_table_that_is_not_there_may_be_missing_where_it_is_not_required(asked) -> None:
    _, given = asked(lambda _: status(104, "keine Objekte"), required="false")
    assert given.pull().missing == ["amtlich"]
    assert given.outcomes == ["absent"]


def test_an_internal_error_that_passes_is_survived(asked) -> None:
    _, given = asked(in_turn(status(-1, "Interner Fehler"), status(-1, "Interner Fehler"), ffcsv()))
    assert given.pull().new == 1


def test_too_many_requests_at_once_are_waited_for(asked) -> None:
    waiting = status(6, "Zu viele parallele Anfragen")
    server, given = asked(in_turn(*[waiting] * 5, ffcsv()))
    assert given.pull().new == 1
    assert len(server.heard) == 6


def test_the_waiting_ends_at_the_deadline(asked) -> None:
    _, given = asked(lambda _: status(6, "Zu viele parallele Anfragen"), ", wait_minutes = 0.001")
    assert "is not ready after 0.001 minutes" in given.refusal()
    assert given.outcomes == ["failed"]


def test_a_login_error_without_the_usual_frame_is_understood(asked) -> None:
    said = Said(200, json.dumps({"Code": 15, "Content": "Kennung oder Passwort falsch", "Type": "ERROR"}).encode())
    _, given = asked(lambda _: said)
    assert "Check AMT_TOKEN" in given.refusal()


# --- Jobs ---


def job_dialogue(**more: Any) -> dict[str, Any]:
    def tablefile(one: Heard) -> Said:
        made = status(99, f"Die Tabelle kann als Ergebnis mit folgendem Namen abgerufen werden: {TABLE}_1758")
        return made if one.form["job"] == "true" else status(98, "zu gross")

    ready = status(0, "erfolgreich", List=[{"Code": f"{TABLE}_1758"}])
    return {"tablefile": tablefile, "results": ready, "resultfile": ffcsv(), **more}


def test_a_run_that_was_stopped_is_followed_by_one_that_waits_on(asked, desk, table) -> None:
    server, given = asked(by_path(**job_dialogue(results=status(104, "noch nicht"))), ", wait_minutes = 0.002")
    assert f"the job {TABLE}_1758 is not ready" in given.refusal()
    ordered = len(server.of(TABLEFILE))
    server.answer = by_path(**job_dialogue())
    assert given.pull().new == 1
    assert len(server.of(TABLEFILE)) == ordered, "no second job was ordered"
    assert server.of(RESULTFILE)[0].form["name"] == f"{TABLE}_1758"
    assert list((given.landing.folder / "jobs").iterdir()) == []


def test_a_result_that_the_service_has_deleted_is_ordered_anew(asked) -> None:
    server, given = asked(by_path(**job_dialogue(results=status(104))), ", wait_minutes = 0.002")
    given.refusal()
    server.answer = by_path(**job_dialogue(resultfile=in_turn(status(104, "weg"), ffcsv())))
    assert given.pull().new == 1
    assert [one.form["job"] for one in server.of(TABLEFILE)] == ["false", "true"] * 2


def test_a_job_that_never_came_to_its_end_is_ordered_anew_a_day_later(asked, monkeypatch) -> None:
    server, given = asked(by_path(**job_dialogue(results=status(104))), ", wait_minutes = 0.002")
    given.refusal()
    monkeypatch.setattr(genesis, "JOB_LIFE", genesis.dt.timedelta(0))
    server.answer = by_path(**job_dialogue())
    assert given.pull().new == 1
    assert [one.form["job"] for one in server.of(TABLEFILE)] == ["false", "true"] * 2


def test_a_note_of_a_job_that_was_cut_short_is_no_job(asked) -> None:
    server, given = asked(by_path(**job_dialogue(results=status(104))), ", wait_minutes = 0.002")
    given.refusal()
    (note,) = (given.landing.folder / "jobs").iterdir()
    note.write_text('{"table": "124')
    server.answer = by_path(**job_dialogue())
    assert given.pull().new == 1


def test_a_service_that_refuses_the_job_is_told(asked) -> None:
    _, given = asked(lambda one: status(90, "nein") if one.form["job"] == "true" else status(98, "zu gross"))
    assert "status 90: nein" in given.refusal()


# --- Bad days ---


def test_a_pause_that_the_server_asks_for_is_kept(asked) -> None:
    server, given = asked(in_turn(Said(429, headers={"Retry-After": "0"}), ffcsv()))
    assert given.pull().new == 1
    assert len(server.heard) == 2


def test_three_errors_of_the_server_are_survived(asked) -> None:
    _, given = asked(in_turn(*[Said(500)] * 3, ffcsv()))
    assert given.pull().new == 1


def test_a_server_that_stays_broken_stops_the_pull(asked) -> None:
    _, given = asked(lambda _: Said(500))
    assert "found HTTP status 500" in given.refusal()


def test_a_server_that_hangs_is_given_up(asked) -> None:
    server, given = asked(lambda _: Said(200, hang=30.0), manners="{ patience = 0.1 }")
    assert "found no answer within 10 s (connect) or 0.1 s (read)" in given.refusal()
    server.close()


@pytest.mark.parametrize("how", [{"sent": 60}, {"sent": 60, "reset": True}], ids=["cut", "reset"])
def test_a_table_that_breaks_off_is_asked_for_again(asked, how: dict[str, Any]) -> None:
    whole = ffcsv()
    server, given = asked(in_turn(Said(200, whole.body, **how), whole))
    (lieferung,) = given.pull().lieferungen
    assert given.content(lieferung) == whole.body
    assert len(server.heard) == 2


def test_a_table_that_always_breaks_off_never_lands(asked) -> None:
    server, given = asked(lambda _: Said(200, ffcsv().body, sent=60))
    given.refusal()
    assert len(server.heard) == genesis_service.TRIES
    assert given.objects == []


def test_a_cut_archive_under_its_own_length_is_damaged(asked) -> None:
    _, given = asked(lambda _: Said(200, ffcsv().body[:100]))
    assert f"Archive {TABLE}.zip is damaged" in given.refusal()
    assert given.objects == []


@pytest.mark.parametrize("body", [b"<!doctype html><title>Anmeldung</title>", b"", b'{"Status": 3}', b"{"])
def test_what_is_neither_table_nor_status_is_told(asked, body: bytes) -> None:
    _, given = asked(lambda _: Said(200, body))
    assert "found an answer that is neither a table nor a status" in given.refusal()


def test_a_service_that_has_moved_gets_no_credentials_there(asked, replay) -> None:
    there = replay(lambda _: ffcsv())
    _, given = asked(lambda _: Said(307, headers={"Location": f"{there.url}/neu?user=x"}))
    message = given.refusal()
    assert f"it has moved to {there.url}/neu. Credentials are not sent along" in message
    assert there.heard == []


@pytest.mark.parametrize("code", [401, 403])
def test_a_service_that_does_not_let_us_in_names_the_variables(asked, code: int) -> None:
    _, given = asked(lambda _: Said(code))
    given.refusal()
    assert [one.status for one in given.landing.attempts()] == [code]
    assert "Check AMT_TOKEN or AMT_USER or AMT_PASSWORD" in given.refusal()


# --- Credentials ---


def test_a_token_is_a_user_without_a_password(asked, monkeypatch) -> None:
    monkeypatch.setenv("AMT_TOKEN", TOKEN)
    server, given = asked(lambda _: ffcsv())
    given.pull()
    assert (server.heard[0].headers["username"], server.heard[0].headers["password"]) == (TOKEN, "")


def test_missing_credentials_are_a_mistake_of_the_configuration(asked, monkeypatch) -> None:
    monkeypatch.delenv("AMT_PASSWORD")
    server, given = asked(lambda _: ffcsv())
    with pytest.raises(ConfigError, match="AMT_TOKEN, or in AMT_USER and AMT_PASSWORD; found neither"):
        given.pull()
    assert server.heard == []


def test_credentials_never_travel_unencrypted(desk, source) -> None:
    text = source(
        "amtlich", 'official = { merkmale = { einwohner = "value" } }', connector='"genesis"',
        file=r"'12411-0001\.zip'",
        url='"http://amt.example/rest"', genesis='{ table = "12411-0001", credentials = "AMT" }',
        dialect='{ member = "*.csv" }', stichtag='{ source = "column", column = "time" }',
    )  # fmt: skip
    with pytest.raises(ConfigError, match="expected an address that begins with https://"):
        desk(text).pull()


def test_a_secret_cannot_stand_in_the_profile(small_city, table, replay) -> None:
    server = replay(lambda _: ffcsv())
    with pytest.raises(ConfigError, match="Secrets themselves never stand in a profile"):
        small_city.with_sources(table(server, genesis=f'{{ table = "{TABLE}", credentials = "geheim123" }}'))


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: ffcsv(),
        lambda _: status(15, f"Falsches Passwort {PASSWORD} des Benutzers {USER}"),
        lambda _: Said(200, f"<html>{USER} {PASSWORD}".encode()),
        lambda _: Said(401),
        lambda _: Said(500),
        lambda _: Said(302, headers={"Location": f"http://{USER}:{PASSWORD.encode().hex()}@x/?p={USER}"}),
        by_path(**job_dialogue(results=status(104))),
    ],
    ids=["fine", "echo", "page", "401", "500", "redirect", "job"],
)
def test_user_and_password_reach_neither_landing_zone_nor_message_nor_log(asked, caplog, answer) -> None:
    caplog.set_level("DEBUG")
    _, given = asked(answer, ", wait_minutes = 0.002")
    try:
        told = given.pull().model_dump_json()
    except Exception as problem:  # noqa: BLE001 -- whichever it is, it must not tell
        told = str(problem)
    files = [path for path in given.landing.folder.rglob("*") if path.is_file()]
    assert files
    for secret in (USER, PASSWORD):
        assert secret not in told + caplog.text
        assert not [path for path in files if secret.encode() in path.read_bytes() or secret in path.name]
