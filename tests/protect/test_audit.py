"""The audit finds what a wrong protector leaves open, from the released tables alone, and says how it follows."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from flows.profile.codebook import Codebook
from flows.profile.load import load_profile
from flows.protect import audit_bounds, audit_constraints, audit_system
from flows.protect.audit import Audit, audit
from flows.protect.audit_solver import Solver
from tests.parameters import first_of
from tests.protect.attack import Figure, interval

DAY, ZUSCHNITT = "2024-12-31", "2020-01-01"


class Released:
    """The tables of a release of a city of four Sozialräume in two Stadtteile, as far as the audit reads them."""

    def __init__(self, folder: Path, *, at_least: int = 3) -> None:
        self.file, self.at_least = folder / "fortschreibung.duckdb", at_least

    def of(self, counts: dict[str, int | None], *, district: dict[str, int | None], city: int | None) -> Path:
        """Write a release with these residents, None where suppressed, and return its database."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(self.file)) as con:
            con.execute(f"""
                CREATE TABLE raumebene AS FROM
                    (VALUES ('sozialraum', 1), ('stadtteil', 2), ('stadt', 3)) t(raumebene, rang);
                CREATE TABLE indikator AS SELECT 'einwohner' indikator_id, 'anzahl' typ, NULL::INTEGER abstand_jahre,
                    'personen' schutzklasse;
                CREATE TABLE indikator_teil AS SELECT 'einwohner' indikator_id, 'zaehler' rolle, 'einwohner' merkmal;
                CREATE TABLE merkmal AS SELECT 'einwohner' merkmal, TRUE geschuetzt;
                CREATE TABLE schutzklasse AS SELECT 'personen' schutzklasse,
                    {self.at_least} mindest_zaehler, 3 mindest_nenner;
                CREATE TABLE sozialraum AS SELECT '{ZUSCHNITT}' zuschnitt, * FROM
                    (VALUES ('A', 'X', 'S'), ('B', 'X', 'S'), ('C', 'X', 'S'), ('D', 'Y', 'S'))
                    t(sozialraum_id, stadtteil_id, stadt_id);
                CREATE TABLE raum_ereignis (von_zuschnitt VARCHAR, nach_zuschnitt VARCHAR, raumebene VARCHAR,
                    von_id VARCHAR, nach_id VARCHAR);
                CREATE TABLE wert (zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, stichtag DATE,
                    indikator_id VARCHAR, zaehler DOUBLE, nenner DOUBLE, status VARCHAR, methode VARCHAR);
            """)
            levels = {"sozialraum": counts, "stadtteil": district, "stadt": {"S": city}}
            for level, units in levels.items():
                for unit, count in units.items():
                    status = "geschuetzt" if count is None else "ok"
                    con.execute("INSERT INTO wert VALUES (?, ?, ?, ?, 'einwohner', ?, NULL, ?, 'exact')",
                                [ZUSCHNITT, level, unit, DAY, count, status])  # fmt: skip
        return self.file


def audited(*files: Path) -> Audit:
    """Return the audit of releases, from old to new."""
    return audit([(f"2024.{number}", file) for number, file in enumerate(files, start=1)], Codebook())


def test_a_suppressed_unit_whose_siblings_are_told_follows_and_the_attack_says_how(tmp_path):
    file = Released(tmp_path).of({"A": None, "B": 30, "C": 40, "D": 50}, district={"X": 72, "Y": 50}, city=122)

    [finding] = audited(file).findings

    assert (finding.raum_id, finding.low, finding.high) == ("A", 2, 2)
    assert sum(step.factor * step.value for step in finding.attack) == 2
    assert {step.figure.split(" (")[0] for step in finding.attack} == {
        "einwohner, stadtteil X", "einwohner, sozialraum B", "einwohner, sozialraum C"
    }  # fmt: skip


def test_two_suppressed_units_of_which_one_is_large_are_safe(tmp_path):
    file = Released(tmp_path).of({"A": None, "B": None, "C": 40, "D": 50}, district={"X": 72, "Y": 50}, city=122)

    assert audited(file).safe


def test_two_suppressed_units_that_add_up_to_three_are_bounded(tmp_path):
    file = Released(tmp_path).of({"A": None, "B": None, "C": 40, "D": 50}, district={"X": 43, "Y": 50}, city=93)

    assert [(each.raum_id, each.low, each.high) for each in audited(file).findings] == [("A", 1, 2), ("B", 1, 2)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("local", "rounds"), first_of([(200, 4), (200, 0), (0, 4), (0, 0)]),
    ids=["solutions of many counts first", "each count by itself", "what is around a count first", "both"],
)  # fmt: skip
def test_the_audit_and_an_integer_programme_agree(tmp_path, monkeypatch, local, rounds):
    monkeypatch.setattr(audit_bounds, "LOCAL", local)
    monkeypatch.setattr(audit_bounds, "ROUNDS", rounds)
    for left in range(2, 8):
        file = Released(tmp_path / str(left)).of(
            {"A": None, "B": None, "C": 40, "D": 50}, district={"X": 40 + left, "Y": 50}, city=90 + left
        )
        figures = [Figure((0,), None), Figure((1,), None), Figure((2,), 40), Figure((3,), 50),
                   Figure((0, 1, 2), 40 + left), Figure((0, 1, 2, 3), 90 + left)]  # fmt: skip
        low, high = interval(figures, [0], 4)

        assert audited(file).safe == (high >= 3)
        if high < 3:
            assert (audited(file).findings[0].low, audited(file).findings[0].high) == (low, high)


@pytest.mark.slow
def test_what_one_release_suppresses_and_another_tells_follows_from_both(tmp_path):
    first = Released(tmp_path / "1").of({"A": 4, "B": 30, "C": 40, "D": 50}, district={"X": 74, "Y": 50}, city=124)
    second = Released(tmp_path / "2", at_least=5).of(
        {"A": None, "B": None, "C": 40, "D": 50}, district={"X": 74, "Y": 50}, city=124
    )

    assert audited(first).safe
    assert audited(second).safe
    assert [(one.kind, one.raum_id, one.low) for one in audited(first, second).findings] == [("told", "A", 4)]


@pytest.mark.slow
def test_a_release_that_no_longer_says_what_was_corrected_belongs_to_the_correction(tmp_path):
    """A and C were corrected by much, and are suppressed later; what else is said agrees with both Lieferungen."""
    first = Released(tmp_path / "1").of({"A": 10, "B": 4, "C": 40}, district={"X": 54}, city=None)
    second = Released(tmp_path / "2").of({"A": 30, "B": 4, "C": 20}, district={"X": 54}, city=None)
    third = Released(tmp_path / "3", at_least=5).of({"A": None, "B": None, "C": None}, district={"X": 54}, city=None)

    [told, also] = [one for one in audited(first, second, third).findings if one.raum_id == "B"]
    assert (told.versions, also.versions) == (("2024.1",), ("2024.2", "2024.3"))


def test_a_secondary_suppression_that_an_earlier_release_undoes_is_found(tmp_path):
    first = Released(tmp_path / "1").of({"A": None, "B": 30, "C": None, "D": 50}, district={"X": 72, "Y": 50}, city=122)
    second = Released(tmp_path / "2").of(
        {"A": None, "B": None, "C": 40, "D": 50}, district={"X": 72, "Y": 50}, city=122
    )

    [finding] = audited(first, second).findings
    assert (finding.raum_id, finding.low, finding.versions) == ("A", 2, ("2024.1", "2024.2"))
    assert {step.version for step in finding.attack} == {"2024.1", "2024.2"}


def test_a_count_that_stands_only_above_the_line_of_a_suppressed_share_is_asked_for(tmp_path):
    """Of x no Indikator is a count; that of A is 23 - 10 - 12."""
    file = Released(tmp_path).of({"A": 40, "B": 40, "C": 40, "D": 50}, district={"X": 120, "Y": 50}, city=170)
    shares = [
        ("sozialraum", "A", None, None, "geschuetzt"), ("sozialraum", "B", 10, 40, "ok"),
        ("sozialraum", "C", 12, 40, "ok"), ("sozialraum", "D", 20, 50, "ok"), ("stadtteil", "X", 23, 120, "ok"),
        ("stadtteil", "Y", 20, 50, "ok"), ("stadt", "S", 43, 170, "ok"),
    ]  # fmt: skip
    with duckdb.connect(str(file)) as con:
        con.execute("""
            INSERT INTO indikator VALUES ('quote', 'anteil', NULL, 'personen');
            INSERT INTO indikator_teil VALUES ('quote', 'zaehler', 'x'), ('quote', 'nenner', 'einwohner');
            INSERT INTO merkmal VALUES ('x', TRUE);
        """)
        for level, unit, above, below, status in shares:
            con.execute("INSERT INTO wert VALUES (?, ?, ?, ?, 'quote', ?, ?, ?, 'exact')",
                        [ZUSCHNITT, level, unit, DAY, above, below, status])  # fmt: skip

    found = audited(file).findings
    assert [(one.kind, one.raum_id, one.merkmal, one.low, one.high) for one in found] == [("part", "A", "x", 1, 1)]


def test_a_release_is_judged_as_a_whole_where_one_of_its_files_was_corrected(tmp_path):
    """Of 40 residents 38 are women, no longer 30: the residents are those of before, and 2 men follow."""
    files = []
    for number, women in enumerate((30, 38)):
        file = Released(tmp_path / str(number)).of(
            {"A": 40, "B": 30, "C": 40, "D": 50}, district={"X": 110, "Y": 50}, city=160
        )
        with duckdb.connect(str(file)) as con:
            con.execute("""INSERT INTO indikator VALUES ('anteil', 'anteil', NULL, 'personen');
                           INSERT INTO indikator_teil VALUES ('anteil', 'zaehler', 'weiblich'),
                               ('anteil', 'nenner', 'einwohner');
                           INSERT INTO merkmal VALUES ('weiblich', TRUE);""")
            con.execute("INSERT INTO wert VALUES (?, 'sozialraum', 'A', ?, 'anteil', ?, 40, 'ok', 'exact')",
                        [ZUSCHNITT, DAY, women])  # fmt: skip
        files.append(file)

    [finding] = audited(*files).findings

    assert (finding.kind, finding.merkmal, finding.low, finding.high) == ("rest", "einwohner ohne weiblich", 2, 2)


@pytest.mark.parametrize(("before", "day"), [("2023-12-31", DAY), ("2024-02-29", "2025-02-28")])
def test_what_the_balance_of_two_years_bounds_is_found_and_both_stocks_are_named(tmp_path, before, day):
    """Three fewer live in A; nobody was born or moved in, so deaths and departures, both suppressed, add up to 3."""
    units = {"A": 47, "B": 30, "C": 40, "D": 50}
    file = Released(tmp_path).of(units, district={"X": 117, "Y": 50}, city=167)
    flows = {"geburten": 0, "zuzuege": 0, "sterbefaelle": None, "fortzuege": None}
    with duckdb.connect(str(file)) as con:
        con.execute(
            f"INSERT INTO wert FROM wert SELECT * REPLACE (DATE '{before}' AS stichtag, 50 AS zaehler) "
            "WHERE raum_id = 'A'"
        )
        con.execute(f"UPDATE wert SET stichtag = DATE '{day}' WHERE stichtag = DATE '{DAY}'")
        for flow, count in flows.items():
            con.execute(f"INSERT INTO indikator VALUES ('{flow}', 'anzahl', NULL, 'personen')")
            con.execute(f"INSERT INTO indikator_teil VALUES ('{flow}', 'zaehler', '{flow}')")
            con.execute(f"INSERT INTO merkmal VALUES ('{flow}', TRUE)")
            con.execute("INSERT INTO wert VALUES (?, 'sozialraum', 'A', ?, ?, ?, NULL, ?, 'exact')",
                        [ZUSCHNITT, day, flow, count, "geschuetzt" if count is None else "ok"])  # fmt: skip
    book = load_profile("musterstadt").codebook  # which declares that balance

    found = {one.merkmal: one for one in audit([("2024.1", file)], book).findings if one.kind == "place"}

    assert {name: (one.low, one.high) for name, one in found.items()} == {"sterbefaelle": (1, 2), "fortzuege": (1, 2)}
    assert sorted((step.factor, step.merkmal, step.stichtag, step.value) for step in found["fortzuege"].attack) == [
        (-1, "einwohner", day, 47), (1, "einwohner", before, 50)
    ]  # fmt: skip


def test_a_correction_by_one_is_a_count_of_its_own(tmp_path):
    first = Released(tmp_path / "1").of({"A": 20, "B": 30, "C": 40, "D": 50}, district={"X": 90, "Y": 50}, city=140)
    second = Released(tmp_path / "2").of({"A": 21, "B": 30, "C": 40, "D": 50}, district={"X": 91, "Y": 50}, city=141)

    found = audited(first, second).findings
    assert {(one.kind, one.raum_id, one.low) for one in found} == {
        ("change", "A", 1), ("change", "X", 1), ("change", "S", 1)
    }  # fmt: skip


def test_what_follows_exactly_among_contradictory_figures_is_found_in_a_large_system_too(tmp_path, monkeypatch):
    monkeypatch.setattr(audit_system, "DENSE", 0)
    file = Released(tmp_path).of({"A": None, "B": 30, "C": 40, "D": None}, district={"X": 72, "Y": 50}, city=100)

    assert [(one.raum_id, one.low, one.high) for one in audited(file).findings] == [("A", 2, 2)]


def test_a_solver_that_gives_up_makes_no_figure_contradictory(tmp_path, monkeypatch):
    file = Released(tmp_path).of({"A": None, "B": None, "C": 40, "D": 50}, district={"X": 43, "Y": 50}, city=93)

    gave_up = []

    class GivesUp(Solver):
        def solution(self):
            gave_up.append(self)
            return np.full_like(super().solution(), np.nan)

    monkeypatch.setattr(audit_constraints, "Solver", GivesUp)

    found = audited(file)

    assert gave_up
    assert found.contradictory == ()
    assert [(one.raum_id, one.low, one.high) for one in found.findings] == [("A", 1, 2), ("B", 1, 2)]


def test_figures_that_contradict_each_other_are_reported_and_not_called_safe(tmp_path):
    file = Released(tmp_path).of({"A": None, "B": None, "C": 40, "D": 50}, district={"X": 40, "Y": 50}, city=90)

    found = audited(file)
    assert found.findings == ()
    assert not found.safe
    assert found.contradictory == tuple(
        f"einwohner, sozialraum {unit} (Zuschnitt 2020-01-01), 2024-12-31" for unit in "AB"
    )
