"""What a redraw did to each unit, from what base units an old and a new one share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

OLD, NEW = "2015-01-01", "2020-01-01"


@pytest.fixture
def events(city) -> Callable[[str, str], set[tuple[str | None, str, str | None]]]:
    """The events between two drawn Zuschnitte as (old unit, event, new unit)."""

    def found(old: str, new: str) -> set[tuple[str | None, str, str | None]]:
        city.zuschnitt(OLD, sozialraum=old)
        city.zuschnitt(NEW, sozialraum=new)
        city.counts("einwohner", "2019-12-31", [5 if square != "." else ... for square in old])
        city.transform()
        return set(city.rows("SELECT von_id, ereignis, nach_id FROM ereignis WHERE raumebene = 'sozialraum'"))

    return found


def test_unchanged(events):
    assert events("AAB", "AAB") == {("A", "unveraendert", "A"), ("B", "unveraendert", "B")}


def test_renumbered(events):
    assert events("AAB", "CCB") == {("A", "umnummeriert", "C"), ("B", "unveraendert", "B")}


def test_numbers_that_changed_places_are_renumbered(events):
    assert events("AAB", "BBA") == {("A", "umnummeriert", "B"), ("B", "umnummeriert", "A")}


def test_split(events):
    assert events("AAB", "CDB") == {("A", "geteilt", "C"), ("A", "geteilt", "D"), ("B", "unveraendert", "B")}


def test_split_with_one_part_keeping_the_number(events):
    assert events("AAB", "ADB") == {("A", "geteilt", "A"), ("A", "geteilt", "D"), ("B", "unveraendert", "B")}


def test_merged(events):
    assert events("ABC", "DDC") == {
        ("A", "zusammengelegt", "D"),
        ("B", "zusammengelegt", "D"),
        ("C", "unveraendert", "C"),
    }


def test_merged_into_one_that_keeps_its_number(events):
    assert events("ABC", "AAC") == {
        ("A", "zusammengelegt", "A"),
        ("B", "zusammengelegt", "A"),
        ("C", "unveraendert", "C"),
    }


def test_a_part_transferred_to_a_neighbour(events):
    assert events("AABB", "ABBB") == {
        ("A", "teil_uebertragen", "A"),
        ("A", "teil_uebertragen", "B"),
        ("B", "teil_uebertragen", "B"),
    }


def test_new_and_dissolved(events):
    assert events("A.B", "AC.") == {
        ("A", "unveraendert", "A"),
        (None, "neu", "C"),
        ("B", "aufgeloest", None),
    }


def test_a_unit_split_with_one_part_merged_with_another_unit(events):
    """A is cut in two; one half is a unit of its own, the other goes to the unit that B is merged into."""
    assert events("AABB", "CDDD") == {
        ("A", "geteilt", "C"),
        ("A", "teil_uebertragen", "D"),
        ("B", "zusammengelegt", "D"),
    }


def test_a_unit_dissolved_among_its_neighbours(events):
    assert events("AABC", "BCBC") == {
        ("A", "teil_uebertragen", "B"),
        ("A", "teil_uebertragen", "C"),
        ("B", "teil_uebertragen", "B"),
        ("C", "teil_uebertragen", "C"),
    }


def test_a_unit_taken_up_whole_beside_a_part_of_another(events):
    """B takes up all of A and a part of C; C lives on."""
    assert events("ABCC", "BBBC") == {
        ("A", "zusammengelegt", "B"),
        ("B", "teil_uebertragen", "B"),
        ("C", "teil_uebertragen", "B"),
        ("C", "teil_uebertragen", "C"),
    }


def test_a_new_unit_made_of_parts_of_two_that_live_on(events):
    assert events("AABB", "ADDB") == {
        ("A", "teil_uebertragen", "A"),
        ("A", "teil_uebertragen", "D"),
        ("B", "teil_uebertragen", "D"),
        ("B", "teil_uebertragen", "B"),
    }


def test_events_elsewhere_in_the_city_do_not_colour_a_pure_split(events):
    assert events("AABBCC", "DEBCCC") == {
        ("A", "geteilt", "D"),
        ("A", "geteilt", "E"),
        ("B", "teil_uebertragen", "B"),
        ("B", "teil_uebertragen", "C"),
        ("C", "teil_uebertragen", "C"),
    }


def test_a_block_built_since_makes_no_event(events):
    assert events("AB.", "ABB") == {("A", "unveraendert", "A"), ("B", "unveraendert", "B")}


def test_events_need_no_count_of_residents(city):
    city.zuschnitt(OLD, sozialraum="AA")
    city.zuschnitt(NEW, sozialraum="AB")
    city.transform()

    assert set(city.rows("SELECT von_id, ereignis, nach_id FROM ereignis WHERE raumebene = 'sozialraum'")) == {
        ("A", "geteilt", "A"),
        ("A", "geteilt", "B"),
    }


def test_each_redraw_is_told_from_one_zuschnitt_to_the_next(city):
    city.zuschnitt("2010-01-01", sozialraum="AA")
    city.zuschnitt("2015-01-01", sozialraum="AB")
    city.zuschnitt("2020-01-01", sozialraum="CC")
    city.counts("einwohner", "2012-12-31", [5, 5])
    city.transform()

    assert city.rows("SELECT DISTINCT von_zuschnitt, nach_zuschnitt, ereignis FROM ereignis "
                     "WHERE raumebene = 'sozialraum' ORDER BY ALL") == [
        ("2010-01-01", "2015-01-01", "geteilt"),
        ("2015-01-01", "2020-01-01", "zusammengelegt"),
    ]  # fmt: skip
