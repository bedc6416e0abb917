"""The report of the checks says of types whether they hold and whether units have them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from flows.check.city_decisions import waivers_as_frame
from flows.check.models import NEEDED, RESULTS, CheckJob, CheckReport, read_results
from flows.check.type_results import type_results, with_types
from flows.profile.checks import Waiver
from flows.profile.typology import NamedTypology
from flows.typology.held import Applied, Held
from tests.typology.conftest import typology

TODAY = dt.date(2025, 3, 1)
DAYS = ("2022-12-31", "2023-12-31", "2024-12-31")


def applied(*types: str, silhouette: float = 0.5, recurrence: float = 0.9) -> Applied:
    """Two types, t0 and t1, and those that units had at the last three Stichtage."""
    stated = typology(10, 30, names=("a",), traits=[{"mean": 20, "spread": 10}])
    two = [each.model_copy(update={"recurrence": recurrence}) for each in stated.type]
    stated = stated.model_copy(update={"silhouette": silhouette, "type": two})
    return Applied(NamedTypology("eigen", stated, Path("types.toml"), "eigen"), [Held(day, types, 0) for day in DAYS])


def test_types_that_hold_and_have_units_pass() -> None:
    found = type_results([applied("t0", "t1")])

    assert [(one.check, one.ok, one.found_de) for one in found] == [
        ("typen_halten_eigen_1", True, "wie erwartet"), ("typen_belegt_eigen_1", True, "wie erwartet"),
    ]  # fmt: skip


def test_types_that_were_fitted_although_they_do_not_hold_are_a_warning() -> None:
    holds, _ = type_results([applied("t0", "t1", silhouette=0.1, recurrence=0.6)])

    assert (holds.ok, holds.severity, holds.offending) == (False, "warning", 3)
    assert holds.found_de.startswith("Silhouette 0,10 (unter 0,25); ")
    assert "recurrence 0.60 (below 0.75)" in holds.found


def test_a_type_without_units_at_three_stichtage_is_a_warning() -> None:
    _, has_units = type_results([applied("t0")])

    assert (has_units.ok, has_units.severity) == (False, "warning")
    assert "no unit: " in has_units.found


def test_the_report_has_them_once_and_counts_their_warnings(tmp_path: Path) -> None:
    first = type_results([applied("t0", "t1")])[0]
    other = first.model_copy(update={"suite": "raum", "check": "raum"})
    (tmp_path / "checks.json").write_bytes(RESULTS.dump_json([other]))
    report = CheckReport(ok=True, checks=1, blockers=0, warnings=0, path=tmp_path)

    once = with_types(report, type_results([applied("t0")]), (), TODAY)
    twice = with_types(once, type_results([applied("t0")]), (), TODAY)

    assert (twice.checks, twice.warnings) == (3, 1)
    assert [one.check for one in read_results(tmp_path)] == ["raum", "typen_halten_eigen_1", "typen_belegt_eigen_1"]


@pytest.mark.parametrize(
    ("check", "units", "expires", "accepted", "needless"),
    [
        ("typen_belegt_eigen_1", [], "2025-12-31", True, 0),
        ("typen_belegt_eigen_1", [], "2025-02-28", False, 0),
        ("typen_belegt_eigen_1", ["t1"], "2025-12-31", False, 1),
        ("typen_halten_eigen_1", [], "2025-12-31", False, 1),
        ("typen_belegt_eigen_2", [], "2025-12-31", False, 1),
    ],
)
def test_a_check_of_types_can_be_waived_and_a_waiver_that_it_does_not_need_is_named(
    tmp_path: Path, check: str, units: list[str], expires: str, accepted: bool, needless: int
) -> None:
    needed = type_results([applied("t0", "t1")])[0].model_copy(update={"suite": "verzicht", "check": NEEDED})
    (tmp_path / "checks.json").write_bytes(RESULTS.dump_json([needed]))
    report = CheckReport(ok=True, checks=1, blockers=0, warnings=0, path=tmp_path)
    waivers = [
        Waiver(check=check, units=units, reason="Gesehen", who="A. Beispiel", expires=dt.date.fromisoformat(expires))
    ]

    for _ in range(2):
        report = with_types(report, type_results([applied("t0")]), waivers, TODAY)

    found = {one.check: one for one in read_results(tmp_path)}
    result = found["typen_belegt_eigen_1"]
    assert (result.accepted, result.waiver) == (accepted, "Gesehen (A. Beispiel, until 2025-12-31)" if accepted else "")
    assert found[NEEDED].units == [f"{check} (until {expires})"] * needless
    assert (found[NEEDED].ok, found[NEEDED].offending) == (not needless, needless)
    assert report.warnings == (not accepted) + needless


def test_a_waiver_of_types_is_not_called_needless_before_they_are_made(tmp_path: Path) -> None:
    waiver = Waiver(check="typen_belegt_eigen_1", reason="Gesehen", who="A. Beispiel", expires=dt.date(2025, 12, 31))
    job = CheckJob(work_db=tmp_path, run_folder=tmp_path, city_id="x", today=TODAY, waivers=(waiver,))

    assert waivers_as_frame(job, [], []).rows["gebraucht"].tolist() == [True]
