"""`fortschreibung sources`: how sources do, and whether a release's files can still be read as they came."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from flows.app import source_status
from flows.app.source_status import release_state, source_lines, source_states
from flows.base.home import Home
from flows.musterstadt.faults import Fault

FILE = "bestand.csv"


@pytest.fixture
def states(office, monkeypatch):
    """The state of the office's one source, as the command would tell it."""
    monkeypatch.setattr(source_status, "load_profile", lambda _: office.profile)
    return lambda today=dt.date(2023, 3, 1): source_states(Home(office.landing.folder.parent), "kleinstadt", today)


def test_a_source_that_was_never_asked_says_so(states) -> None:
    (state,) = states()
    assert (state["asked"], state["last_success"], state["failing_since"], state["newest"]) == (None, None, None, None)
    assert source_lines([state]) == ["bestand              http_file    never fetched; no file yet"]


def test_a_source_that_works_says_when_it_last_did_and_what_came(office, states) -> None:
    lieferung = office.pull().lieferungen[0]
    (state,) = states()
    assert state["last_success"] == state["asked"]
    assert state["failing_since"] is None
    assert (state["newest"]["file"], state["newest"]["sha256"]) == (FILE, lieferung.sha256)


def test_a_source_fails_since_its_first_failure_after_the_last_success(office, states) -> None:
    office.pull()
    office.server.faults[FILE] = Fault(kind="server_error")
    office.refusal()
    office.server.faults[FILE] = Fault(kind="login_page")
    office.refusal()
    (state,) = states()
    assert state["failing_since"] == office.record[1]["at"].replace("Z", "+00:00")
    assert "a web page" in state["problem"], "the last reason is reported"
    assert "FAILING since" in source_lines([state])[1]
    office.server.faults.clear()
    office.pull()
    assert states()[0]["failing_since"] is None


def test_a_source_whose_files_together_are_not_right_fails(office, states, small_city, yearly) -> None:
    office.ask_for(small_city.with_sources(yearly()))
    (office.shelf / "jahr_2021.csv").unlink()
    office.refusal(until=dt.date(2022, 12, 31))
    assert "found none for 2021" in states()[0]["problem"]


def test_what_is_relaxed_is_reported(office, states, small_city, bestand) -> None:
    office.ask_for(small_city.with_sources(bestand(relax='[{ gate = "size", reason = "Frau Amt, 3.2." }]')))
    assert "    gate size relaxed: Frau Amt, 3.2." in source_lines(states())


def test_a_releases_files_are_read_again_by_hash(office, monkeypatch) -> None:
    lieferung = office.pull().lieferungen[0]
    told = {"quelle": "bestand", "datei": FILE, "url": lieferung.url, "geholt_am": "2025-03-01T06:00:00"}

    manifest = SimpleNamespace(sources=[{**told, "sha256": lieferung.checksum, "bytes": lieferung.bytes}])
    monkeypatch.setattr(source_status, "release_named", lambda *_: SimpleNamespace(path=Path()))
    monkeypatch.setattr(source_status, "manifest_of", lambda _: manifest)
    home = Home(office.landing.folder.parent)
    (kept,) = release_state(home, "kleinstadt", "2022.1")
    assert kept["intact"]
    assert Path(kept["path"]).read_bytes() == office.content(lieferung)
    Path(kept["path"]).chmod(0o600)
    Path(kept["path"]).write_bytes(b"other")
    (lost,) = release_state(home, "kleinstadt", "2022.1")
    assert not lost["intact"]
    assert source_status.release_lines([lost])[-1] == "1 of 1 files is lost or damaged."


@pytest.mark.slow
def test_the_command_needs_neither_database_nor_web_nor_prefect(tmp_path: Path) -> None:
    """So that it answers at once."""
    program = (
        "import sys; from flows.app.commands.preparing import sources; sources('musterstadt', as_json=True);"
        "print([name for name in ('duckdb', 'prefect', 'requests', 'pandas') if name in sys.modules])"
    )
    environment = {"FORTSCHREIBUNG_HOME": str(tmp_path), "PATH": "", "FORTSCHREIBUNG_LANG": "en"}
    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    answer, modules = ended.stdout.splitlines()
    assert modules == "[]"
    assert len(json.loads(answer)["sources"]) == 14
    assert list(tmp_path.iterdir()) == [], "looking leaves nothing behind"


def test_a_source_with_a_due_date_is_there_awaited_or_overdue(office, states, small_city, yearly) -> None:
    office.ask_for(small_city.with_sources(yearly(due='"03-15"', grace="14", ask='"Frau Amt"')))
    office.pull(until=dt.date(2022, 12, 31))
    assert source_lines(states(dt.date(2023, 3, 1)))[1] == "    2022 is there"
    assert source_lines(states(dt.date(2024, 3, 29)))[1] == "    2023 awaited until 29.03.2024: ask Frau Amt"
    assert source_lines(states(dt.date(2024, 3, 30)))[1] == "    2023 OVERDUE since 30.03.2024: ask Frau Amt"
