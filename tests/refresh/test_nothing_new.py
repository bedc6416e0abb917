"""A refresh that finds nothing new says so before Prefect is imported, and notices all that is new."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows.base.home import home_at
from flows.begun import begun
from flows.check.run_checks import CheckWorker
from flows.release import job as versions
from flows.run import Outcome, Run, new_run
from tests.refresh.conftest import ROOT, Office, change_one_figure

SAYS_WHAT_IT_IMPORTED = """
import sys
from flows.app.cli import main

try:
    main()
finally:
    print(sorted({"prefect", "great_expectations"} & set(sys.modules)))
"""


@pytest.fixture(autouse=True)
def no_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CheckWorker, "start_early", lambda: None)


def outcome_of(run: Run) -> Outcome | None:
    with begun(run) as found:
        return found.outcome


def test_it_needs_neither_prefect_nor_great_expectations(office_with_one: Office, small_extracts: Path) -> None:
    office = office_with_one
    ended = subprocess.run(
        [sys.executable, "-c", SAYS_WHAT_IT_IMPORTED, "refresh", "musterstadt", "--from", small_extracts,
         "--home", office.home, "--json"],
        env=office.environment, cwd=office.root, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert ended.returncode == 0, ended.stderr
    assert "Nothing new: 2024.1 was made from the same files, profile and code." in ended.stdout
    assert ended.stdout.splitlines()[-1] == "[]"


def test_what_is_awaited_or_overdue_is_said_all_the_same(office_with_one: Office, small_extracts: Path) -> None:
    run = new_run("musterstadt", home_at(office_with_one.home), from_dir=small_extracts)

    later = outcome_of(run.model_copy(update={"today": dt.date(2027, 1, 31)}))
    assert later is not None
    assert later.release == "2024.1"
    assert {one.state for one in later.lacking} == {"overdue"}


def test_a_changed_file_another_bound_and_a_changed_profile_are_new(
    office_with_one: Office, extracts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = home_at(office_with_one.home)
    assert outcome_of(new_run("musterstadt", home, from_dir=extracts)) is not None
    assert outcome_of(new_run("musterstadt", home, from_dir=extracts, until=dt.date(2020, 12, 31))) is None

    shutil.copytree(ROOT / "cities" / "musterstadt", tmp_path / "cities" / "musterstadt")
    (tmp_path / "cities" / "musterstadt" / "city.toml").open("a").write("\n# another day's thought\n")
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("FORTSCHREIBUNG_CITIES", str(tmp_path / "cities"))
        assert outcome_of(new_run("musterstadt", home, from_dir=extracts)) is None

    change_one_figure(extracts)
    assert outcome_of(new_run("musterstadt", home, from_dir=extracts)) is None


@pytest.mark.parametrize(("library", "new"), [("duckdb", True), ("prefect", False)])
def test_another_version_of_a_library_that_computes_figures_is_new(
    office_with_one: Office, small_extracts: Path, monkeypatch: pytest.MonkeyPatch, library: str, new: bool
) -> None:
    known = versions.version
    monkeypatch.setattr(versions, "version", lambda name: "99.0" if name == library else known(name))
    outcome = outcome_of(new_run("musterstadt", home_at(office_with_one.home), from_dir=small_extracts))
    assert (outcome is None) == new


def test_without_a_release_everything_is_new(office: Office, small_extracts: Path) -> None:
    assert outcome_of(new_run("musterstadt", home_at(office.home), from_dir=small_extracts)) is None
