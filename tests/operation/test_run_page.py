"""What the page of a run shows: tables without a delivered value, progress, a failure said once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flows.musterstadt.server import serve
from tests.operation.conftest import ROOT, Server, eventually
from tests.operation.test_watch_deliveries import done, run_flow, runs_of, small_extracts  # noqa: F401 -- a fixture

pytestmark = pytest.mark.thorough

NAME = "Kanarius"


def refresh(server: Server, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from flows.deployed import City, yearly_refresh; yearly_refresh(City['musterstadt'])"],
        env=server.environment | variables, cwd=ROOT, capture_output=True, text=True, check=False, timeout=400,
    )  # fmt: skip


def logged(server: Server, run: dict) -> list[str]:
    wanted = {"logs": {"flow_run_id": {"any_": [run["id"]]}}, "limit": 200}
    return [one["message"] for one in server.asked("POST", "logs/filter", wanted)]


def artifact(server: Server, name: str) -> dict:
    key = {"artifacts": {"key": {"any_": [f"fortschreibung-{name}-musterstadt"]}}}
    (found,) = server.asked("POST", "artifacts/latest/filter", key)
    return found


@pytest.fixture(scope="module")
def stopped(server: Server, small_extracts: Path, tmp_path_factory) -> dict:  # noqa: F811
    """The run of a refresh that a row in quarantine stopped."""
    import shutil  # noqa: PLC0415

    broken = tmp_path_factory.mktemp("broken") / "extracts"
    shutil.copytree(small_extracts, broken)
    benefits = broken / "soziales" / "SGBII_2024.csv"
    lines = benefits.read_text("utf-8").splitlines(keepends=True)
    cells = lines[1].split(";")
    lines[1] = ";".join([*cells[:2], NAME, *cells[3:]])
    benefits.write_text("".join(lines), "utf-8")
    with serve(broken) as extracts:
        ended = refresh(server, FORTSCHREIBUNG_MUSTERSTADT_URL=extracts.url)
    assert ended.returncode != 0
    return runs_of(server, "fortschreibung-refresh")[0]


def test_a_failure_is_said_once_and_without_a_traceback(server: Server, stopped: dict) -> None:
    assert stopped["state"]["type"] == "FAILED"
    assert "quarantaene (1)" in stopped["state"]["message"]
    lines = eventually(lambda: [line for line in logged(server, stopped) if "quarantaene (1)" in line])
    assert len(lines) == 1, lines
    assert not any("Traceback" in line for line in logged(server, stopped))


def test_progress_lines_are_in_the_log(server: Server, stopped: dict) -> None:
    lines = logged(server, stopped)
    assert {"pull: started", "stage: started", "transform: started", "check: started"} <= set(lines)
    assert artifact(server, "progress")["type"] == "progress"


def test_it_has_its_tables_and_no_delivered_value(server: Server, stopped: dict) -> None:
    checks, quarantine = artifact(server, "checks")["data"], artifact(server, "quarantine")["data"]
    assert '"Pr\\u00fcfung": "quarantaene"' in checks
    assert '"Quelle": "sgb2"' in quarantine
    assert '"Zeilen": 1' in quarantine
    assert NAME not in checks + quarantine + stopped["state"]["message"] + "".join(logged(server, stopped))


def test_a_row_that_is_set_aside_at_each_stichtag_of_its_file_is_one_row(tmp_path: Path) -> None:
    from flows.run_page import quarantined  # noqa: PLC0415 -- imports Prefect

    lines = ["quelle;datei;zeile;spalte;wert;regel", *["sgb2;S.csv;17;BBS;x;an id"] * 2, "sgb2;S.csv;18;BBS;y;an id"]
    (tmp_path / "quarantine.csv").write_text("\n".join(lines), encoding="utf-8")

    assert quarantined(tmp_path) == [{"Quelle": "sgb2", "Regel": "an id", "Zeilen": 2}]


def test_a_published_run_says_so_with_residents_and_links(server: Server, stopped: dict, small_extracts: Path) -> None:  # noqa: F811
    with serve(small_extracts) as extracts:
        ended = refresh(
            server, FORTSCHREIBUNG_MUSTERSTADT_URL=extracts.url,
            FORTSCHREIBUNG_PAGES_URL="https://statistik.stadt.example/sozialraum/",
        )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    run = runs_of(server, "fortschreibung-refresh")[0]
    assert (run["name"], run["state"]["name"]) == ("musterstadt", "Published")
    assert '"Stichtag": "2024-12-31"' in artifact(server, "residents")["data"]
    (link,) = server.asked("POST", "artifacts/latest/filter", {
        "artifacts": {"key": {"any_": ["fortschreibung-page-musterstadt-index"]}}})  # fmt: skip
    assert "https://statistik.stadt.example/sozialraum/musterstadt/2024.1/index.html" in link["data"]

    with serve(small_extracts) as extracts:
        rehearsed = run_flow(server, "rehearsal", FORTSCHREIBUNG_MUSTERSTADT_URL=extracts.url)
    assert rehearsed.returncode == 0, rehearsed.stderr
    (last, *_) = done(server, "fortschreibung-rehearsal")
    assert last["state"]["message"] == "2024.1 was made again as it was published, and all checks let it pass."
