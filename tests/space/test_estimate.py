"""Keys between Zuschnitte without common base units, written into the working database and gone through."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pytest

from flows.base.errors import ConfigError
from flows.space.estimate import estimate_keys, write_keys
from flows.space.uncertainty import BORROWED
from tests.space.conftest import NEW, OLD, City
from tests.space.reform import BANDS, ON_NEW, ON_OLD
from tests.space.reform import NEW as REFORM_NEW
from tests.space.reform import OLD as REFORM_OLD
from tests.space.through import TABLES, estimate

DEC19, DEC20 = "2019-12-31", "2020-12-31"


def write(con, von, nach):
    pieces, there, back = estimate_keys(con, von, nach, "sozialraum")
    write_keys(con, there, von, nach, "sozialraum")
    write_keys(con, back, nach, von, "sozialraum")
    return pieces, there, back


@dataclass
class Counted:
    city: City

    def __post_init__(self) -> None:
        for statement in TABLES:
            self.city.con.execute(statement)

    def counts(self, zuschnitt: str, stichtag: str, merkmal: str = "einwohner", **units: float) -> None:
        for unit, count in units.items():
            self.city.con.execute(
                f"INSERT INTO merkmal_raum VALUES "
                f"('{zuschnitt}', 'sozialraum', '{unit}', DATE '{stichtag}', '{merkmal}', {count}, 1, 0, NULL)"
            )
        other = NEW if zuschnitt == OLD else OLD
        self.city.con.execute(
            f"INSERT INTO zu_schaetzen SELECT DATE '{stichtag}', '{zuschnitt}', '{other}' "
            f"WHERE DATE '{stichtag}' NOT IN (SELECT stichtag FROM zu_schaetzen)"
        )

    def estimate(self):
        return write(self.city.con, OLD, NEW)

    def figures(self, columns: str, where: str = "TRUE") -> list[tuple]:
        estimate(self.city.con)
        query = f"SELECT {columns} FROM merkmal_geschaetzt WHERE {where} ORDER BY ALL"
        return self.city.con.execute(query).fetchall()


@pytest.fixture
def counted(city) -> Counted:
    """A is cut into C and D, B only gets another number."""
    city.zuschnitt(OLD, "AAB")
    city.zuschnitt(NEW, "CDE")
    return Counted(city)


def test_old_figures_on_the_new_units_and_new_ones_on_the_old(counted):
    counted.counts(OLD, DEC19, A=100, B=7)
    counted.counts(NEW, DEC20, C=30, D=90, E=8)
    _, there, back = counted.estimate()

    assert (there.stichtag, there.near) == (dt.date(2019, 12, 31), dt.date(2020, 12, 31))
    assert (back.stichtag, back.near) == (dt.date(2020, 12, 31), dt.date(2019, 12, 31))
    assert counted.figures("zuschnitt, raum_id, stichtag::VARCHAR, wert, methode") == [
        (OLD, "A", DEC20, 120, "exact"),
        (OLD, "B", DEC20, 8, "exact"),
        (NEW, "C", DEC19, 25, "overlap"),
        (NEW, "D", DEC19, 75, "overlap"),
        (NEW, "E", DEC19, 7, "exact"),
    ]


def test_an_estimate_has_an_interval_inside_its_hard_bounds_and_an_exact_figure_none(counted):
    counted.counts(OLD, DEC19, A=100, B=7)
    counted.counts(NEW, DEC20, C=30, D=90, E=8)
    counted.estimate()

    (c, _, e) = counted.figures(
        "raum_id, untergrenze, wert, obergrenze, mindestens, hoechstens", f"zuschnitt = '{NEW}'"
    )
    half = 3.7 * (100 * 0.25 * 0.75 * 366 / 365.25) ** 0.5
    assert c == ("C", pytest.approx(25 - half), 25, pytest.approx(25 + half), 0, 100)
    assert e == ("E", 7, 7, 7, 7, 7)


def test_whole_counts_stay_whole_and_their_total_stays(counted):
    counted.counts(OLD, DEC19, A=101, B=7)
    counted.counts(NEW, DEC20, C=30, D=90, E=8)
    counted.estimate()

    assert counted.figures("raum_id, wert", f"zuschnitt = '{NEW}'") == [("C", 25), ("D", 76), ("E", 7)]


def test_a_measure_that_is_no_count_is_not_rounded(counted):
    counted.counts(OLD, DEC19, A=100, B=7)
    counted.counts(OLD, DEC19, "wohnflaeche_qm", A=10.5, B=2)
    counted.counts(NEW, DEC20, C=30, D=90, E=8)
    counted.estimate()

    assert counted.figures("raum_id, wert", f"merkmal = 'wohnflaeche_qm' AND zuschnitt = '{NEW}'") == [
        ("C", 2.625), ("D", 7.875), ("E", 2)
    ]  # fmt: skip


def test_children_go_by_their_own_key_and_what_is_not_counted_on_the_new_units_by_that_of_all(counted):
    counted.counts(OLD, DEC19, A=100, B=7)
    counted.counts(OLD, DEC19, "kinder", A=20, B=1)
    counted.counts(OLD, DEC19, "sgb2", A=40, B=1)
    counted.counts(NEW, DEC20, C=30, D=90, E=8)
    counted.counts(NEW, DEC20, "kinder", C=18, D=2, E=1)
    counted.estimate()

    assert counted.figures("merkmal, raum_id, wert, methode", f"zuschnitt = '{NEW}' AND merkmal <> 'einwohner'") == [
        ("kinder", "C", 18, "overlap"), ("kinder", "D", 2, "overlap"), ("kinder", "E", 1, "exact"),
        ("sgb2", "C", 10, "population_weighted"), ("sgb2", "D", 30, "population_weighted"), ("sgb2", "E", 1, "exact"),
    ]  # fmt: skip
    (half,) = counted.figures("halbe_breite", f"merkmal = 'sgb2' AND raum_id = 'C' AND zuschnitt = '{NEW}'")[0]
    assert half == pytest.approx(BORROWED.factor * (40 * 0.25 * 0.75) ** 0.5)


def test_without_counts_on_the_new_units_area_decides(counted):
    counted.counts(OLD, DEC19, A=100, B=7)
    counted.estimate()

    assert counted.figures("raum_id, wert, methode") == [
        ("C", 50, "area_weighted"), ("D", 50, "area_weighted"), ("E", 7, "exact")
    ]  # fmt: skip


def test_without_any_residents_there_is_no_key(counted):
    with pytest.raises(ConfigError, match="counts of the Merkmal einwohner"):
        counted.estimate()


@pytest.mark.thorough
@pytest.mark.real
def test_the_reform_of_2021_both_ways_through_the_database(reform):
    con = reform.con
    for statement in TABLES:
        con.execute(statement)
    for zuschnitt, dates in ((REFORM_OLD, ON_OLD), (REFORM_NEW, ON_NEW)):
        for date in dates:
            other = REFORM_NEW if zuschnitt == REFORM_OLD else REFORM_OLD
            con.execute(f"INSERT INTO zu_schaetzen VALUES (DATE '{date}', '{zuschnitt}', '{other}')")
            rows = ", ".join(
                f"('{zuschnitt}', 'sozialraum', '{unit}', DATE '{date}', '{merkmal}', {count}, 1, 0, NULL)"
                for merkmal in ("einwohner", *BANDS)
                for unit, count in reform.counts[date][merkmal].items()
            )
            con.execute(f"INSERT INTO merkmal_raum VALUES {rows}")

    write(con, REFORM_OLD, REFORM_NEW)
    estimate(con)

    totals = con.execute(
        "SELECT stichtag::VARCHAR, merkmal, sum(wert), count(*) FROM merkmal_geschaetzt GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert len(totals) == len((*ON_OLD, *ON_NEW)) * (1 + len(BANDS))
    for date, merkmal, total, units in totals:
        assert total == sum(reform.counts[date][merkmal].values())
        assert units == (542 if date in ON_OLD else 448)
    broken = con.execute(
        "SELECT count(*) FROM merkmal_geschaetzt WHERE wert < mindestens - 1 OR wert > hoechstens + 1 OR wert < 0 "
        "OR untergrenze > obergrenze + 1e-6"
    ).fetchone()
    assert broken == (0,)
    ages = dict(
        con.execute(
            "SELECT raum_id, sum(wert) FROM merkmal_geschaetzt WHERE merkmal <> 'einwohner' "
            "AND stichtag = DATE '2020-12-31' GROUP BY raum_id"
        ).fetchall()
    )
    everybody = dict(
        con.execute(
            "SELECT raum_id, wert FROM merkmal_geschaetzt WHERE merkmal = 'einwohner' AND stichtag = DATE '2020-12-31'"
        ).fetchall()
    )
    assert np.mean([abs(ages[unit] - everybody[unit]) <= 0.02 * everybody[unit] + 5 for unit in everybody]) > 0.99
