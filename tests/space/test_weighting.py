"""Area and control points: how units are shared where counts do not tell."""

from __future__ import annotations

import csv

import pytest

from flows.space.area_weighting import density_seed, intensive, spread_by_own_area
from flows.space.best_key import Evidence, best_key
from flows.space.dasymetric import ControlPoint, control_weights
from flows.space.intersection import NO_SLIVERS, intersection
from flows.space.overlap_fit import overlap_fit
from flows.space.umsteigeschluessel import Method


def shares(key) -> dict[str, tuple[float, str]]:
    return {old + new: (pytest.approx(share), method) for old, new, share, method in key.rows()}


def evidence(pieces, **known) -> Evidence:
    return Evidence(pieces.links, pieces.area, **known)


def test_with_nothing_but_the_map_area_decides(redrawn):
    assert shares(best_key(evidence(redrawn("AAAAB", "CDDDB")))) == {
        "AC": (0.25, "area_weighted"), "AD": (0.75, "area_weighted"), "BB": (1.0, "exact")
    }  # fmt: skip


def test_a_unit_that_goes_whole_is_exact(redrawn):
    assert shares(best_key(evidence(redrawn("AB", "CC")))) == {"AC": (1.0, "exact"), "BC": (1.0, "exact")}


def test_buildings_are_better_than_area(redrawn, city):
    pieces = redrawn("AAAAB", "CDDDB")
    houses = [ControlPoint(50, 50, 30), ControlPoint(150, 50, 5), ControlPoint(350, 50, 5)]
    control = control_weights(city.con, pieces.links, houses, Method.BUILDING_WEIGHTED)

    assert shares(best_key(evidence(pieces, control=[control]))) == {
        "AC": (0.75, "building_weighted"), "AD": (0.25, "building_weighted"), "BB": (1.0, "exact")
    }  # fmt: skip


def test_a_point_on_a_line_counts_once_and_one_outside_is_told(redrawn, city):
    pieces = redrawn("AA", "CD")
    points = [ControlPoint(100, 50, 8), ControlPoint(150, 50, 2), ControlPoint(500, 50, 7)]
    control = control_weights(city.con, pieces.links, points, Method.POPULATION_WEIGHTED)

    assert control.weight.tolist() == [8, 2]
    assert control.elsewhere == 7


def test_a_unit_without_control_points_falls_back_to_area(redrawn, city):
    pieces = redrawn("AABB", "CDEF")
    control = control_weights(city.con, pieces.links, [ControlPoint(50, 50)], Method.BUILDING_WEIGHTED)

    assert shares(best_key(evidence(pieces, control=[control]))) == {
        "AC": (1.0, "building_weighted"), "AD": (0.0, "building_weighted"),
        "BE": (0.5, "area_weighted"), "BF": (0.5, "area_weighted"),
    }  # fmt: skip


def test_buildings_go_before_a_population_grid(redrawn, city):
    pieces = redrawn("AA", "CD")
    grid = control_weights(city.con, pieces.links, [ControlPoint(150, 50)], Method.POPULATION_WEIGHTED)
    houses = control_weights(city.con, pieces.links, [ControlPoint(50, 50)], Method.BUILDING_WEIGHTED)

    assert shares(best_key(evidence(pieces, control=[grid, houses]))) == {
        "AC": (1.0, "building_weighted"), "AD": (0.0, "building_weighted")
    }  # fmt: skip


def test_a_fit_to_counts_goes_before_everything_but_certainty(redrawn, city):
    pieces = redrawn("AAAAB", "CDDDB")
    links = pieces.links
    new = links.counts_of_new({"C": 60, "D": 40, "B": 5})
    seed = density_seed(links, pieces.area, pieces.new_area, new)
    fit = overlap_fit(links, seed, links.counts_of_old({"A": 50, "B": 5}), new)
    houses = control_weights(city.con, links, [ControlPoint(50, 50)], Method.BUILDING_WEIGHTED)

    assert shares(best_key(evidence(pieces, fit=fit, density=seed, control=[houses]))) == {
        "AC": (0.6, "overlap"), "AD": (0.4, "overlap"), "BB": (1.0, "exact")
    }  # fmt: skip


def test_a_unit_where_nobody_lived_is_shared_by_the_density_of_the_new_ones(redrawn):
    pieces = redrawn("AAAA", "CDDD")
    links = pieces.links
    new = links.counts_of_new({"C": 30, "D": 10})
    seed = density_seed(links, pieces.area, pieces.new_area, new)
    fit = overlap_fit(links, seed, links.counts_of_old({"A": 0}), new)

    assert shares(best_key(evidence(pieces, fit=fit, density=seed))) == {
        "AC": (0.75, "population_weighted"), "AD": (0.25, "population_weighted")
    }  # fmt: skip


def test_an_uninhabited_unit_gets_nobody_by_area_either(redrawn):
    key = best_key(evidence(redrawn("AAAB", "CDEB"), uninhabited=frozenset("D")))

    assert key.apply({"A": 8, "B": 1}).values == {"B": 1, "C": 4, "D": 0, "E": 4}


def test_by_own_area_what_lies_outside_is_lost_and_told(redrawn):
    pieces = redrawn("AAAB", "CC.C")

    rebased = spread_by_own_area(pieces.links, pieces.area, pieces.old_area, {"A": 9, "B": 1, "Z": 4})

    assert rebased.values == {"C": pytest.approx(7)}
    assert rebased.unmatched == {"A": pytest.approx(3), "Z": 4}


def test_a_rate_is_averaged_by_area_over_the_units_that_have_one(redrawn):
    pieces = redrawn("ABBC", "DDDD")

    assert intensive(pieces.links, pieces.area, {"A": 30, "B": 60}) == {"D": pytest.approx(50)}


@pytest.mark.real
def test_st_louis_as_r_areal_and_sf_have_it(real_folder, city):
    folder = real_folder / "oracles" / "areal_stl"
    city.con.execute("DROP TABLE raum")
    city.con.execute(
        f"""
        CREATE TABLE raum AS
        SELECT 'races' AS zuschnitt, 'sozialraum' AS raumebene, GEOID AS raum_id, ST_AsWKB(geom)::BLOB AS geometrie
        FROM ST_Read('{folder / "stl_race_tracts.gpkg"}')
        UNION ALL
        SELECT 'asthma', 'sozialraum', GEOID, ST_AsWKB(geom)::BLOB FROM ST_Read('{folder / "stl_asthma_tracts.gpkg"}')
        UNION ALL
        SELECT 'wards', 'sozialraum', WARD::VARCHAR, ST_AsWKB(geom)::BLOB FROM ST_Read('{folder / "stl_wards.gpkg"}')
        """
    )
    people = dict(
        city.con.execute(f"SELECT GEOID, TOTAL_E FROM ST_Read('{folder / 'stl_race_tracts.gpkg'}')").fetchall()
    )
    asthma = dict(
        city.con.execute(f"SELECT GEOID, ASTHMA FROM ST_Read('{folder / 'stl_asthma_tracts.gpkg'}')").fetchall()
    )
    races, sick = (intersection(city.con, of, "wards", "sozialraum", NO_SLIVERS) for of in ("races", "asthma"))

    by_sum = best_key(Evidence(races.links, races.area)).apply(people)
    by_total = spread_by_own_area(races.links, races.area, races.old_area, people)
    mean = intensive(sick.links, sick.area, asthma)

    with (folder / "expected_wards.csv").open() as file:
        expected = {row["WARD"].strip(): row for row in csv.DictReader(file)}
    for column, found, precision in (
        ("areal_sum_TOTAL_E", by_sum.values, 6e-4),
        ("sf_total_TOTAL_E", by_total.values, 6e-4),
        ("sf_intensive_ASTHMA", mean, 1.3e-6),
    ):
        assert found == pytest.approx({ward: float(row[column]) for ward, row in expected.items()}, abs=precision)
    assert sum(by_sum.values.values()) == pytest.approx(sum(people.values()))
    assert by_total.lost == pytest.approx(sum(people.values()) - sum(by_total.values.values()))
    assert by_total.lost > 800, "the convention `total` loses people at the edge; they are told"
