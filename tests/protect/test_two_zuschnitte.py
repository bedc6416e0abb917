"""No figure on two Zuschnitte lets a protected count be computed: of a unit, or of a piece between the lines."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from flows.base.db import insert
from flows.protect import audit_bounds
from flows.protect.protect_figures import suppress
from tests.protect.attack import Figure, follows
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

    def published(self, *zuschnitte: str) -> dict[tuple[str, str, str], float]:
        """Return the figures that leave, by Zuschnitt and unit."""
        rows = self.office.con.execute(
            "SELECT zuschnitt, raumebene, raum_id, wert FROM wert_alle WHERE status = 'ok' ORDER BY ALL"
        ).fetchall()
        return {(zuschnitt, level, unit): value for zuschnitt, level, unit, value in rows if zuschnitt in zuschnitte}

    def told(self) -> set[frozenset[int]]:
        """Return the sets of inhabited squares with 1 or 2 residents whose number follows from what is published."""
        size = len(self.counts)
        figures = [
            Figure(tuple(i for i in range(size) if self.lines[zuschnitt][level][i] == unit), int(value))
            for (zuschnitt, level, unit), value in self.published(OLD, NEW).items()
        ]
        figures += [Figure((i,), 0) for i in range(size) if not self.counts[i]]  # where nobody lives may be known
        found = set()
        for bits in range(1, 2**size):
            squares = frozenset(i for i in range(size) if bits >> i & 1 and self.counts[i])
            if 0 < sum(self.counts[i] for i in squares) < 3 and follows(figures, dict.fromkeys(squares, 1), size):
                found.add(squares)
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


def test_the_smallest_sibling_of_a_silent_unit_is_silent_too(new_office):
    city = Redrawn(new_office(), ["ABC"], ["ABC"], [2, 40, 50])

    assert {unit for _, level, unit in city.published(OLD) if level == "sozialraum"} == {"C"}


def test_a_merger_does_not_tell_the_one_that_was_silent(new_office):
    city = Redrawn(new_office(), ["ABC"], ["DDC"], [2, 40, 50])

    assert city.told() == set()
    assert (OLD, "sozialraum", "C") in city.published(OLD)


def test_three_that_add_up_to_three_are_not_told_to_be_one_each(new_office):
    city = Redrawn(new_office(), ["ABCDE", "XXXYY"], ["ABCDE", "XXXYY"], [1, 1, 1, 30, 40])

    assert (OLD, "stadtteil", "X") not in city.published(OLD)


def test_nobody_is_published_as_nobody_beside_a_silent_unit(new_office):
    city = Redrawn(new_office(), ["ABCD"], ["ABCD"], [2, 0, 40, 50])

    assert city.published(OLD)[OLD, "sozialraum", "B"] == 0


def test_an_estimate_that_a_silent_unit_gives_to_is_silent_too(new_office):
    """A and B merged into D, in a city whose two Zuschnitte have no base unit in common."""
    office = new_office()
    con = office.con
    insert(con, "stichtag", [{"stichtag": BEFORE, "zuschnitt": OLD, "basis": "alt"}])
    insert(con, "zu_schaetzen", [{"stichtag": BEFORE, "von_zuschnitt": OLD, "nach_zuschnitt": NEW}])
    for number, (unit, target, people) in enumerate((("A", "D", 2), ("B", "D", 40), ("C", "C", 50), ("E", "E", 60))):
        insert(con, "kombination_raum", [
            {"kombination": number, "zuschnitt": OLD, "raumebene": level, "raum_id": name}
            for level, name in (("sozialraum", unit), ("stadt", "S"))
        ])  # fmt: skip
        insert(con, "merkmal_kombination", [
            {"stichtag": BEFORE, "kombination": number, "merkmal": "einwohner", "wert": people}])  # fmt: skip
        insert(con, "schaetzung_teil", [{"stichtag": BEFORE, "zuschnitt": NEW, "raumebene": "sozialraum", "anteil": 1,
                                         "raum_id": target, "von_id": unit, "merkmal": "einwohner"}])  # fmt: skip
    insert(con, "schaetzung_ziel", [{"zuschnitt": NEW, "raumebene": "sozialraum", "raum_id": unit,
                                     "ziel_ebene": "sozialraum", "ziel_id": unit} for unit in "DCE"])  # fmt: skip
    insert(con, "indikator_wert", [
        {"zuschnitt": zuschnitt, "raumebene": level, "raum_id": unit, "stichtag": BEFORE,
         "indikator_id": "einwohner", "wert": people, "zaehler": people, "status": "ok", "methode": method}
        for zuschnitt, level, unit, people, method in (
            (OLD, "sozialraum", "A", 2, "exact"), (OLD, "sozialraum", "B", 40, "exact"),
            (OLD, "sozialraum", "C", 50, "exact"), (OLD, "sozialraum", "E", 60, "exact"),
            (OLD, "stadt", "S", 152, "exact"),
            (NEW, "sozialraum", "D", 42, "overlap"), (NEW, "sozialraum", "C", 50, "overlap"),
            (NEW, "sozialraum", "E", 60, "overlap"))
    ])  # fmt: skip
    suppress(con)

    told = con.execute("SELECT zuschnitt, raum_id FROM wert_alle WHERE status = 'ok' ORDER BY ALL").fetchall()
    assert told == [(OLD, "C"), (OLD, "E"), (OLD, "S"), (NEW, "C"), (NEW, "D"), (NEW, "E")]


@st.composite
def redraws(draw):
    """Return lines before and after, and the residents of each square."""
    size = draw(st.integers(3, 6))
    counts = draw(st.lists(st.sampled_from([0, 1, 2, 3, 4, 30]), min_size=size, max_size=size))
    assume(sum(counts) >= 3)  # a city of one or two residents cannot hide how many are suppressed
    return draw(nested(size)), draw(nested(size)), counts


@settings(max_examples=20)
@given(redraw=redraws())
def test_no_set_of_squares_with_one_or_two_residents_follows(new_office, redraw):
    assert Redrawn(new_office(), *redraw).told() == set()


@pytest.mark.thorough
@settings(max_examples=8)
@given(redraw=redraws())
def test_nor_where_each_count_is_asked_for_by_itself_first_by_what_is_around_it(new_office, redraw):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit_bounds, "LOCAL", 0)
        patch.setattr(audit_bounds, "ROUNDS", 0)
        assert Redrawn(new_office(), *redraw).told() == set()


@pytest.mark.thorough
@settings(max_examples=8)
@given(data=st.data())
def test_taking_back_any_secondary_suppression_would_tell_a_count(new_office, data):
    size = data.draw(st.integers(3, 5))
    counts = data.draw(st.lists(st.sampled_from([1, 2, 5, 30]), min_size=size, max_size=size))
    old, new = (data.draw(nested(size)) for _ in range(2))
    city = Redrawn(new_office(), old, new, counts)

    told = city.published(OLD, NEW)
    squares = range(size)
    everything = {
        (zuschnitt, level, unit): sum(counts[i] for i in squares if drawn[i] == unit)
        for zuschnitt, levels in city.lines.items() for level, drawn in levels.items() for unit in set(drawn)
    }  # fmt: skip
    figures = [Figure(_inside(city, key), int(value)) for key, value in told.items()]
    for key, value in everything.items():
        if key in told or value < 3:
            continue
        more = [*figures, Figure(_inside(city, key), value)]
        bounded = any(
            follows(more, dict.fromkeys(some, 1), size) is not None
            for bits in range(1, 2**size)
            for some in [[i for i in squares if bits >> i & 1]]
            if 0 < sum(counts[i] for i in some) < 3 + len(some) - 1
        )
        assert bounded


def _inside(city: Redrawn, key: tuple[str, str, str]) -> tuple[int, ...]:
    zuschnitt, level, unit = key
    return tuple(i for i, drawn in enumerate(city.lines[zuschnitt][level]) if drawn == unit)


@st.composite
def nested(draw, size: int) -> list[str]:
    """Draw Sozialräume that nest in Stadtteile."""
    sozialraum = draw(st.lists(st.sampled_from("ABCD"), min_size=size, max_size=size))
    stadtteil = {unit: draw(st.sampled_from("XY")) for unit in "ABCD"}
    return ["".join(sozialraum), "".join(stadtteil[unit] for unit in sozialraum)]


@pytest.mark.parametrize("counts", [[1, 1, 30, 40], [1, 2, 30, 40]])
def test_two_whose_sum_bounds_each_are_protected_by_a_third(new_office, counts):
    city = Redrawn(new_office(), ["ABCD"], ["ABCD"], counts)

    assert (OLD, "sozialraum", "C") not in city.published(OLD)
    assert (OLD, "sozialraum", "D") in city.published(OLD)
