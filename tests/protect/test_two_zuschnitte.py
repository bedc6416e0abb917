"""No figure on a second Zuschnitt tells, by subtraction, what the first one kept silent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.base.db import insert
from flows.protect.protect_figures import suppress
from tests.protect.conftest import DAY, NEW, OLD

BEFORE = "2019-12-31"


class Redrawn:
    """A city of squares in a row, its lines before and after, and the residents of each square before the redraw."""

    def __init__(self, office, old: Sequence[str], new: Sequence[str], counts: Sequence[int]) -> None:
        """Lines are drawn as Sozialräume and, if a second text is given, Stadtteile."""
        self.office, self.counts = office, counts
        self.lines = {OLD: _levels(old), NEW: _levels(new)}
        con = office.con
        insert(con, "stichtag", [{"stichtag": BEFORE, "zuschnitt": OLD, "basis": "bbs"},
                                 {"stichtag": DAY, "zuschnitt": NEW, "basis": "bbs"}])  # fmt: skip
        squares = range(len(counts))
        insert(con, "kombination_raum", [
            {"kombination": square, "zuschnitt": zuschnitt, "raumebene": level, "raum_id": drawn[square]}
            for zuschnitt, levels in self.lines.items() for level, drawn in levels.items() for square in squares
        ])  # fmt: skip
        insert(con, "merkmal_kombination", [
            {"stichtag": BEFORE, "kombination": square, "merkmal": "einwohner", "wert": counts[square]}
            for square in squares
        ])  # fmt: skip
        insert(con, "indikator_wert", [
            {"zuschnitt": zuschnitt, "raumebene": level, "raum_id": unit, "stichtag": BEFORE,
             "indikator_id": "einwohner", "wert": total, "zaehler": total, "status": "ok", "methode": "exact"}
            for zuschnitt, levels in self.lines.items() for level, drawn in levels.items()
            for unit in sorted(set(drawn)) for total in [sum(counts[i] for i in squares if drawn[i] == unit)]
        ])  # fmt: skip
        suppress(con)

    def published(self, *zuschnitte: str) -> dict[tuple[str, str], float]:
        """Return the figures that leave, by Zuschnitt and unit."""
        rows = self.office.con.execute(
            "SELECT zuschnitt, raumebene, raum_id, wert FROM wert WHERE status = 'ok' ORDER BY ALL"
        ).fetchall()
        return {(zuschnitt, level, unit): value for zuschnitt, level, unit, value in rows if zuschnitt in zuschnitte}

    def told(self, *zuschnitte: str) -> set[frozenset[int]]:
        """Return the sets of squares with 1 or 2 residents whose number follows from the published figures."""
        rows = [
            [float(drawn == unit) for drawn in self.lines[zuschnitt][level]]
            for zuschnitt, level, unit in self.published(*zuschnitte)
        ]
        known = np.array(rows).reshape(len(rows), len(self.counts))
        rank = np.linalg.matrix_rank(known) if rows else 0
        found = set()
        for bits in range(1, 2 ** len(self.counts)):
            squares = frozenset(i for i in range(len(self.counts)) if bits >> i & 1)
            one = np.array([float(i in squares) for i in range(len(self.counts))])
            follows = rows and np.linalg.matrix_rank(np.vstack([known, one])) == rank
            if follows and 0 < sum(self.counts[i] for i in squares) < 3:
                found.add(frozenset(i for i in squares if self.counts[i]))  # that somewhere nobody lives may be said
        return found


def _levels(drawn: Sequence[str]) -> dict[str, str]:
    return dict(zip(("sozialraum", "stadtteil"), drawn, strict=False)) | {"stadt": "S" * len(drawn[0])}


def test_a_unit_that_gave_away_two_residents_is_not_shown_without_them(new_office):
    city = Redrawn(new_office(), ["AABB"], ["ABBB"], [30, 2, 40, 50])

    assert city.published(OLD, NEW) == {
        (OLD, "sozialraum", "A"): 32, (OLD, "sozialraum", "B"): 90, (OLD, "stadt", "S"): 122, (NEW, "stadt", "S"): 122
    }  # fmt: skip


def test_a_unit_that_gave_away_enough_is_shown(new_office):
    city = Redrawn(new_office(), ["AABB"], ["ABBB"], [30, 3, 40, 50])

    assert city.published(NEW) == {
        (NEW, "sozialraum", "A"): 30, (NEW, "sozialraum", "B"): 93, (NEW, "stadt", "S"): 123
    }  # fmt: skip


def test_what_no_redraw_touched_is_shown_on_both(new_office):
    city = Redrawn(new_office(), ["AABBC"], ["ABBBD"], [30, 2, 40, 50, 7])

    assert city.published(OLD, NEW)[NEW, "sozialraum", "D"] == 7


def test_a_merger_does_not_tell_the_one_that_was_silent(new_office):
    city = Redrawn(new_office(), ["ABC"], ["DDC"], [2, 40, 50])

    assert (NEW, "sozialraum", "D") not in city.published(NEW)


def test_a_stadtteil_that_gave_away_a_silent_sozialraum_is_not_shown_without_it(new_office):
    city = Redrawn(new_office(), ["ABCD", "XXXY"], ["ABCD", "XXYY"], [30, 40, 2, 50])

    assert {unit for _, level, unit in city.published(NEW) if level == "stadtteil"} == set()


def test_where_a_key_leads_from_a_silent_unit_the_sum_it_comes_into_is_silent_too(new_office):
    """A and B merged into D, in a city whose two Zuschnitte have no base unit in common."""
    office = new_office()
    insert(office.con, "stichtag", [{"stichtag": BEFORE, "zuschnitt": OLD, "basis": "alt"}])
    for unit, target, people in (("A", "D", 2), ("B", "D", 40), ("C", "C", 50)):
        insert(office.con, "raum", [{"zuschnitt": OLD, "raumebene": "sozialraum", "raum_id": unit, "eltern": {}}])
        insert(office.con, "schluessel_geschaetzt", [
            {"von_zuschnitt": OLD, "nach_zuschnitt": NEW, "raumebene": "sozialraum", "von_id": unit,
             "nach_id": target, "merkmal": "einwohner", "entlehnt": False, "anteil": 1, "einwohner": people}
        ])  # fmt: skip
        insert(office.con, "merkmal_raum", [{"zuschnitt": OLD, "raumebene": "sozialraum", "raum_id": unit,
                                             "stichtag": BEFORE, "merkmal": "einwohner", "wert": people}])  # fmt: skip
    for unit, people in (("D", 42), ("C", 50)):
        insert(office.con, "raum", [{"zuschnitt": NEW, "raumebene": "sozialraum", "raum_id": unit, "eltern": {}}])
        insert(office.con, "indikator_wert", [
            {"zuschnitt": NEW, "raumebene": "sozialraum", "raum_id": unit, "stichtag": BEFORE,
             "indikator_id": "einwohner", "wert": people, "zaehler": people, "status": "ok", "methode": "exact"}
        ])  # fmt: skip
    suppress(office.con)

    assert office.con.execute("SELECT raum_id, wert, status FROM wert ORDER BY ALL").fetchall() == [
        ("C", 50, "ok"), ("D", None, "geschuetzt")
    ]  # fmt: skip


@settings(max_examples=60)
@given(data=st.data())
def test_a_second_zuschnitt_tells_nothing_that_the_first_does_not(new_office, data):
    size = data.draw(st.integers(3, 6))
    counts = data.draw(st.lists(st.sampled_from([0, 1, 2, 3, 4, 30]), min_size=size, max_size=size))
    old, new = (data.draw(nested(size)) for _ in range(2))

    city = Redrawn(new_office(), old, new, counts)

    assert city.told(OLD, NEW) <= city.told(OLD)


@st.composite
def nested(draw, size: int) -> list[str]:
    """Draw Sozialräume that nest in Stadtteile."""
    sozialraum = draw(st.lists(st.sampled_from("ABCD"), min_size=size, max_size=size))
    stadtteil = {unit: draw(st.sampled_from("XY")) for unit in "ABCD"}
    return ["".join(sozialraum), "".join(stadtteil[unit] for unit in sozialraum)]
