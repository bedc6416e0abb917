"""Every Stichtag on every Zuschnitt: what cannot be added through common base units is estimated, and says so."""

from __future__ import annotations

import pytest

OLD, NEW, LATER = "2015-01-01", "2020-01-01", "2025-01-01"
BEFORE, AFTER = "2019-12-31", "2020-12-31"


@pytest.fixture
def renumbered(city):
    """A is cut into C and D, B only gets another number; the two Zuschnitte have no base unit in common."""
    city.zuschnitt(OLD, sozialraum="AAB", basis="alt")
    city.zuschnitt(NEW, sozialraum="CDE", basis="neu")
    city.squares(3, basis="alt")
    city.squares(3, basis="neu")
    city.counts("einwohner", BEFORE, [30, 70, 7], basis="alt")
    city.counts("einwohner", AFTER, [30, 90, 8], basis="neu")
    city.indikator("einwohner", "einwohner")
    return city


def figures(city, stichtag: str, zuschnitt: str, raumebene: str = "sozialraum", indikator: str = "einwohner"):
    return {
        unit: (value, method, half)
        for unit, value, method, half in city.rows(
            "SELECT raum_id, wert, methode, unsicherheit FROM indikator_wert "
            f"WHERE stichtag = '{stichtag}' AND zuschnitt = '{zuschnitt}' AND raumebene = '{raumebene}' "
            f"AND indikator_id = '{indikator}' ORDER BY raum_id"
        )
    }


def test_old_figures_are_estimated_on_the_new_units_and_new_ones_on_the_old(renumbered):
    renumbered.transform()

    old = figures(renumbered, BEFORE, NEW)
    assert {unit: found[:2] for unit, found in old.items()} == {
        "C": (25, "overlap"), "D": (75, "overlap"), "E": (7, "exact")
    }  # fmt: skip
    assert figures(renumbered, AFTER, OLD) == {"A": (120, "exact", None), "B": (8, "exact", None)}


def test_an_estimate_carries_half_its_interval_and_an_exact_figure_none(renumbered):
    renumbered.transform()

    found = figures(renumbered, BEFORE, NEW)
    half = 3.7 * (100 * 0.25 * 0.75 * 366 / 365.25) ** 0.5
    assert found["C"][2] == pytest.approx(half, abs=0.05)
    assert found["E"][2] is None


def test_what_stays_within_a_larger_unit_is_exact_there(renumbered):
    renumbered.transform()

    assert figures(renumbered, BEFORE, NEW, "stadt") == {"S": (107, "exact", None)}
    assert figures(renumbered, BEFORE, NEW, "stadtteil") == {"X": (107, "exact", None)}


@pytest.fixture
def drawn_again(city):
    """The Sozialräume A, B and C get other numbers; the line between B and C is drawn 2 m further east."""
    city.zuschnitt(OLD, sozialraum="ABC", stadtteil="XYY", basis="alt")
    city.zuschnitt(NEW, sozialraum="DEF", stadtteil="XYY", basis="neu")
    city.squares(3, basis="alt")
    city.squares(3, basis="neu", moved={2: 2})
    city.counts("einwohner", BEFORE, [30, 70, 50], basis="alt")
    city.counts("einwohner", AFTER, [30, 90, 8], basis="neu")
    city.indikator("einwohner", "einwohner")
    city.transform()
    return city


def test_a_unit_whose_line_moved_by_less_than_a_change_is_unchanged_and_says_who_may_live_in_between(drawn_again):
    """The strip is 2 of the 102 m of E and of the 98 m that are left of F; three times as many may live there."""
    assert figures(drawn_again, BEFORE, NEW) == {
        "D": (30, "exact", None),
        "E": (70, "unchanged", pytest.approx(3 * 70 * 2 / 102, abs=0.05)),
        "F": (50, "unchanged", pytest.approx(3 * 50 * 2 / 98, abs=0.05)),
    }


def test_the_uncertainty_of_a_unit_does_not_hang_on_how_many_live_in_the_next(drawn_again):
    before = figures(drawn_again, BEFORE, NEW)["E"]
    drawn_again.con.execute("UPDATE stage.zaehlung_einzeln SET wert = 1 WHERE basis_id = '3'")
    drawn_again.transform()
    assert figures(drawn_again, BEFORE, NEW)["E"] == before


def test_a_line_that_moved_within_a_larger_unit_leaves_it_exact(drawn_again):
    assert figures(drawn_again, BEFORE, NEW, "stadtteil") == {"X": (30, "exact", None), "Y": (120, "exact", None)}
    assert figures(drawn_again, BEFORE, NEW, "stadt") == {"S": (150, "exact", None)}


def test_a_larger_unit_that_a_cut_runs_through_is_the_sum_of_its_parts(city):
    city.zuschnitt(OLD, sozialraum="AAB", stadtteil="XXY", basis="alt")
    city.zuschnitt(NEW, sozialraum="CDE", stadtteil="XYY", basis="neu")
    city.squares(3, basis="alt")
    city.squares(3, basis="neu")
    city.counts("einwohner", BEFORE, [30, 70, 7], basis="alt")
    city.counts("einwohner", AFTER, [30, 90, 8], basis="neu")
    city.indikator("einwohner", "einwohner")
    city.transform()

    found = figures(city, BEFORE, NEW, "stadtteil")
    assert {unit: each[:2] for unit, each in found.items()} == {"X": (25, "overlap"), "Y": (82, "overlap")}
    assert found["X"][2] == found["Y"][2] > 0, "what one has too much the other has too little"


def test_a_rate_is_computed_again_from_what_was_estimated(renumbered):
    renumbered.counts("weiblich", BEFORE, [10, 50, 4], basis="alt")
    renumbered.counts("weiblich", AFTER, [12, 60, 4], basis="neu")
    renumbered.indikator("anteil", "weiblich", "einwohner", faktor=100, stellen=1)
    renumbered.transform()

    value, method, half = figures(renumbered, BEFORE, NEW, indikator="anteil")["C"]
    assert (value, method) == (pytest.approx(100 * 10 / 25), "overlap")
    assert half > 0


def test_a_change_is_known_across_the_redraw(renumbered):
    renumbered.indikator("veraenderung", "einwohner", typ="veraenderung", faktor=100, stellen=1, jahre=1)
    renumbered.transform()

    assert figures(renumbered, AFTER, OLD, indikator="veraenderung")["A"][:2] == (20, "exact")
    assert figures(renumbered, AFTER, NEW, indikator="veraenderung")["D"][:2] == (20, "overlap")


def test_a_unit_with_unknown_parts_is_incomplete_wherever_it_goes(city):
    city.zuschnitt(OLD, sozialraum="AAB", basis="alt")
    city.zuschnitt(NEW, sozialraum="CDE", basis="neu")
    city.squares(3, basis="alt")
    city.squares(3, basis="neu")
    city.counts("einwohner", BEFORE, [30, None, 7], basis="alt")
    city.counts("einwohner", AFTER, [30, 90, 8], basis="neu")
    city.indikator("einwohner", "einwohner")
    city.transform()

    assert dict(
        city.rows(f"SELECT raum_id, status FROM indikator_wert WHERE stichtag = '{BEFORE}' AND zuschnitt = '{NEW}' "
                  "AND raumebene = 'sozialraum'")
    ) == {"C": "unvollstaendig", "D": "unvollstaendig", "E": "ok"}  # fmt: skip


def test_blocks_built_since_outside_every_old_unit_count_for_the_nearest_and_nobody_is_lost(city):
    city.zuschnitt(OLD, sozialraum="AB..")
    city.zuschnitt(NEW, sozialraum="AB.C")
    city.squares(4)
    city.counts("einwohner", BEFORE, [30, 70, ..., ...])
    city.counts("einwohner", AFTER, [31, 69, ..., 5])
    city.indikator("einwohner", "einwohner")
    city.transform()

    assert {unit: found[:2] for unit, found in figures(city, AFTER, OLD).items()} == {
        "A": (31, "exact"), "B": (74, "area_weighted")
    }  # fmt: skip
    assert figures(city, AFTER, OLD, "stadt")["S"][:2] == (105, "exact")
    assert city.rows("SELECT einheit, befund FROM schaetzung_befund WHERE befund LIKE '%nearest%'") == [
        ("C", "lies outside every unit of the other Zuschnitt and counts for the nearest, B")
    ]


def test_over_two_redraws_the_keys_are_chained(city):
    city.zuschnitt(OLD, sozialraum="AABB", basis="eins")
    city.zuschnitt(NEW, sozialraum="CCCC", basis="zwei")
    city.zuschnitt(LATER, sozialraum="DDEE", basis="drei")
    for basis in ("eins", "zwei", "drei"):
        city.squares(4, basis=basis)
    city.counts("einwohner", BEFORE, [10, 10, 40, 40], basis="eins")
    city.counts("einwohner", AFTER, [25, 25, 25, 25], basis="zwei")
    city.counts("einwohner", "2025-12-31", [15, 15, 35, 35], basis="drei")
    city.indikator("einwohner", "einwohner")
    city.transform()

    assert {unit: found[:2] for unit, found in figures(city, BEFORE, LATER).items()} == {
        "D": (30, "overlap"), "E": (70, "overlap")
    }, "through C, which knows nothing of A and B any more"  # fmt: skip
    assert {unit: found[0] for unit, found in figures(city, "2025-12-31", OLD).items()} == {"A": 20, "B": 80}


def test_without_polygons_there_is_no_estimate_and_it_is_said(city):
    city.zuschnitt(OLD, sozialraum="AAB", basis="alt")
    city.zuschnitt(NEW, sozialraum="CDE", basis="neu")
    city.squares(3, basis="alt")
    city.counts("einwohner", BEFORE, [30, 70, 7], basis="alt")
    city.indikator("einwohner", "einwohner")
    city.transform()

    assert figures(city, BEFORE, NEW) == {}
    assert city.rows("SELECT DISTINCT gelungen, grund FROM schaetzung") == [
        (False, f"no polygons of Zuschnitt {NEW}")
    ]  # fmt: skip


def test_dwellings_of_finer_base_units_tell_where_people_live(city):
    city.zuschnitt(OLD, sozialraum="AAAB", basis="alt")
    city.zuschnitt(NEW, sozialraum="CDDE", basis="neu")
    city.squares(4, basis="alt")
    city.squares(4, basis="neu")
    city.counts("einwohner", BEFORE, [60, 20, 20, 7], basis="alt")
    city.counts("wohnungen", BEFORE, [30, 10, 10, 3], basis="alt")
    city.indikator("einwohner", "einwohner")
    city.transform()

    assert {unit: found[:2] for unit, found in figures(city, BEFORE, NEW).items()} == {
        "C": (60, "building_weighted"), "D": (40, "building_weighted"), "E": (7, "exact")
    }  # fmt: skip


def test_the_map_tells_events_where_no_base_units_are_shared(renumbered):
    renumbered.transform()

    assert renumbered.rows(
        "SELECT vorgang_art, von_id, nach_id, einwohner, grundlage FROM ereignis WHERE raumebene = 'sozialraum' "
        "ORDER BY von_id, nach_id"
    ) == [
        ("geteilt", "A", "C", 25, "geometrie"),
        ("geteilt", "A", "D", 75, "geometrie"),
        ("umnummeriert", "B", "E", 7, "geometrie"),
    ]


def test_a_unit_keeps_its_identity_under_another_number(renumbered):
    renumbered.transform()

    assert dict(
        renumbered.rows("SELECT zuschnitt || ' ' || raum_id, dauer_id FROM raum_dauer WHERE raumebene = 'sozialraum'")
    ) == {
        f"{OLD} A": f"{OLD}/A", f"{OLD} B": f"{OLD}/B",
        f"{NEW} C": f"{NEW}/C", f"{NEW} D": f"{NEW}/D", f"{NEW} E": f"{OLD}/B",
    }  # fmt: skip


# --- A Zuschnitt in between ---

BETWEEN = "2019-03-01"


def redrawn_twice(city, middle: str = "FGG"):
    """A is cut into C and D; a Zuschnitt of other boundaries stands in between, on which nothing was counted."""
    city.zuschnitt(OLD, sozialraum="AAB", basis="alt")
    city.zuschnitt(BETWEEN, sozialraum=middle, basis="zwischen")
    city.zuschnitt(NEW, sozialraum="CDE", basis="neu")
    city.squares(3, basis="alt")
    city.squares(3, basis="neu")
    city.counts("einwohner", "2018-12-31", [30, 70, 7], basis="alt")
    city.counts("einwohner", AFTER, [30, 90, 8], basis="neu")
    city.indikator("einwohner", "einwohner")
    return city


@pytest.mark.parametrize("drawn", [True, False], ids=["with its map", "without a map"])
def test_a_zuschnitt_that_was_never_counted_takes_no_part(city, drawn: bool) -> None:
    redrawn_twice(city)
    if drawn:
        city.squares(3, basis="zwischen")
    city.transform()

    found = figures(city, "2018-12-31", NEW)
    assert {unit: each[:2] for unit, each in found.items()} == {
        "C": (25, "overlap"), "D": (75, "overlap"), "E": (7, "exact")
    }  # fmt: skip


def test_a_zuschnitt_that_was_counted_is_gone_over(city) -> None:
    redrawn_twice(city, middle="CFF")
    city.squares(3, basis="zwischen")
    city.counts("einwohner", "2019-12-31", [50, 57, ...], basis="zwischen")
    city.transform()

    assert figures(city, "2018-12-31", NEW)["C"][0] == 50, "the nearer count of C is the one that counts"


def test_a_counted_zuschnitt_without_a_map_is_passed_over(city) -> None:
    redrawn_twice(city)
    city.counts("einwohner", "2019-12-31", [50, 57, ...], basis="zwischen")
    city.transform()

    assert figures(city, "2018-12-31", NEW)["C"][:2] == (25, "overlap")
