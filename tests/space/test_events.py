"""What a redraw did, told from drawn cities; residents are 1 a square unless said."""

from __future__ import annotations

import numpy as np
import pytest

from flows.space.events import Names, change_events, stable_ids
from flows.space.links import links_between
from tests.space.conftest import NEW, OLD


@pytest.fixture
def told(redrawn):
    """The events between two drawn Zuschnitte as (event, before, after, residents moved)."""

    def events(old: str, new: str) -> list[tuple[str, str, str, float]]:
        pieces = redrawn(old, new)
        found = change_events(pieces.links, pieces.area, pieces.area / 10_000)
        return [(e.event, "".join(e.before), "".join(e.after), round(e.residents_moved, 6)) for e in found]

    return events


def test_unchanged(told):
    assert told("AAB", "AAB") == [("unveraendert", "A", "A", 0), ("unveraendert", "B", "B", 0)]


def test_renumbered(told):
    assert told("AAB", "CCB") == [("umnummeriert", "A", "C", 0), ("unveraendert", "B", "B", 0)]


def test_renamed(redrawn):
    pieces = redrawn("AB", "AB")
    names = Names({"A": "Hafen", "B": "Markt"}, {"A": "Am Hafen", "B": "Markt"})

    assert [e.event for e in change_events(pieces.links, pieces.area, pieces.area, names)] == [
        "umbenannt",
        "unveraendert",
    ]


def test_split_moves_all_but_the_largest_part(told):
    assert told("AAAB", "CCDB") == [("geteilt", "A", "CD", 1), ("unveraendert", "B", "B", 0)]


def test_merged_moves_all_but_the_largest_part(told):
    assert told("AAB", "CCC") == [("zusammengelegt", "AB", "C", 1)]


def test_a_part_transferred(told):
    assert told("AAABB", "AABBB") == [("teil_uebertragen", "AB", "AB", 1)]


def test_new_and_dissolved(told):
    assert told("A.B", "AC.") == [("unveraendert", "A", "A", 0), ("aufgeloest", "B", "", 0), ("neu", "", "C", 0)]


def test_complex_where_units_neither_live_on_nor_come_from_one(told):
    assert told("AAABBB", "CCDDEE") == [("komplex", "AB", "CDE", 2)]


def test_a_line_drawn_again_is_no_event(city):
    for zuschnitt, line in ((OLD, 1000), (NEW, 1003)):
        city.box(zuschnitt, "A", 0, line)
        city.box(zuschnitt, "B", line, 2000)
    pieces = city.cut()

    assert {e.event for e in change_events(pieces.links, pieces.area, pieces.area)} == {"unveraendert"}


def test_residents_decide_which_part_carries_a_unit_on():
    """Most of A's area goes to C, most of its residents to D."""
    links = links_between([("A", "C"), ("A", "D")])
    (event,) = change_events(links, np.array([90.0, 10.0]), np.array([5.0, 95.0]))

    assert event.continues == (("A", "D"),)
    assert (event.residents_moved, event.area_moved) == (5, 90)


@pytest.mark.parametrize(
    ("old", "new", "steps"),
    [
        ("AABB", "CDDD", {"AC": "geteilt", "AD": "teil_uebertragen", "BD": "zusammengelegt"}),
        ("AABC", "BCBC", {"AB": "teil_uebertragen", "AC": "teil_uebertragen", "BB": "teil_uebertragen",
                          "CC": "teil_uebertragen"}),
        ("ABCC", "BBBC", {"AB": "zusammengelegt", "BB": "teil_uebertragen", "CB": "teil_uebertragen",
                          "CC": "teil_uebertragen"}),
        ("AAB", "ADB", {"AA": "geteilt", "AD": "geteilt", "BB": "unveraendert"}),
    ],
)  # fmt: skip
def test_pairs_are_told_in_the_words_of_the_exact_transform(redrawn, old, new, steps):
    """As tests/transform/test_ereignis.py has them for common base units."""
    pieces = redrawn(old, new)
    found = change_events(pieces.links, pieces.area, pieces.area)

    assert {step.old + step.new: step.event for event in found for step in event.steps} == steps


def test_an_identity_outlives_renumbering_and_ends_with_its_boundary(city):
    for zuschnitt, row in (("2010", "AABB"), ("2015", "CCBB"), ("2020", "CCBD"), ("2025", "EEBD")):
        city.zuschnitt(zuschnitt, row)
    redraws = []
    for von, nach in (("2010", "2015"), ("2015", "2020"), ("2020", "2025")):
        pieces = city.cut(old=von, new=nach)
        redraws.append((von, nach, change_events(pieces.links, pieces.area, pieces.area)))

    identity = stable_ids(redraws)

    assert [identity[key] for key in (("2010", "A"), ("2015", "C"), ("2020", "C"), ("2025", "E"))] == ["2010/A"] * 4
    assert (identity["2015", "B"], identity["2020", "B"], identity["2025", "B"]) == ("2010/B", "2020/B", "2020/B")
