"""Area and control points: how units are shared where counts do not tell."""

from __future__ import annotations

import csv

import pytest

from flows.space.area_weighting import density_seed
from flows.space.best_key import Evidence, best_key
from flows.space.dasymetric import weights_of_table
from flows.space.intersection import NO_SLIVERS, intersection
from flows.space.overlap_fit import overlap_fit
from flows.space.umsteigeschluessel import Method
from tests.space.through import Case


def shares(key) -> dict[str, tuple[float, str]]:
    return {old + new: (pytest.approx(share), method) for old, new, share, method in key.rows()}


def control_weights(con, links, points: list[tuple[float, float, float]], method: Method):
    """The weight of points (x, y, weight) in each pair."""
    con.execute("CREATE OR REPLACE TEMP TABLE kontrollpunkt (x DOUBLE, y DOUBLE, gewicht DOUBLE)")
    con.execute(f"INSERT INTO kontrollpunkt VALUES {', '.join(map(str, points))}")
    return weights_of_table(con, links, method)


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
    houses = [(50, 50, 30), (150, 50, 5), (350, 50, 5)]
    control = control_weights(city.con, pieces.links, houses, Method.BUILDING_WEIGHTED)

    assert shares(best_key(evidence(pieces, control=[control]))) == {
        "AC": (0.75, "building_weighted"), "AD": (0.25, "building_weighted"), "BB": (1.0, "exact")
    }  # fmt: skip


def test_a_point_on_a_line_counts_once_and_one_outside_is_reported(redrawn, city):
    pieces = redrawn("AA", "CD")
    points = [(100, 50, 8), (150, 50, 2), (500, 50, 7)]
    control = control_weights(city.con, pieces.links, points, Method.POPULATION_WEIGHTED)

    assert control.weight.tolist() == [8, 2]
    assert control.elsewhere == 7


def test_a_unit_without_control_points_falls_back_to_area(redrawn, city):
    pieces = redrawn("AABB", "CDEF")
    control = control_weights(city.con, pieces.links, [(50, 50, 1)], Method.BUILDING_WEIGHTED)

    assert shares(best_key(evidence(pieces, control=[control]))) == {
        "AC": (1.0, "building_weighted"), "AD": (0.0, "building_weighted"),
        "BE": (0.5, "area_weighted"), "BF": (0.5, "area_weighted"),
    }  # fmt: skip


def test_buildings_take_precedence_over_a_population_grid(redrawn, city):
    pieces = redrawn("AA", "CD")
    grid = control_weights(city.con, pieces.links, [(150, 50, 1)], Method.POPULATION_WEIGHTED)
    houses = control_weights(city.con, pieces.links, [(50, 50, 1)], Method.BUILDING_WEIGHTED)

    assert shares(best_key(evidence(pieces, control=[grid, houses]))) == {
        "AC": (1.0, "building_weighted"), "AD": (0.0, "building_weighted")
    }  # fmt: skip


def test_a_fit_to_counts_takes_precedence_over_everything_but_certainty(redrawn, city):
    pieces = redrawn("AAAAB", "CDDDB")
    links = pieces.links
    new = links.counts_of_new({"C": 60, "D": 40, "B": 5})
    seed = density_seed(links, pieces.area, pieces.new_area, new)
    fit = overlap_fit(links, seed, links.counts_of_old({"A": 50, "B": 5}), new)
    houses = control_weights(city.con, links, [(50, 50, 1)], Method.BUILDING_WEIGHTED)

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


@pytest.mark.real
def test_st_louis_as_r_areal_has_it(real_folder, city, through):
    folder = real_folder / "oracles" / "areal_stl"
    city.con.execute("DROP TABLE raum")
    city.con.execute(
        f"""
        CREATE TABLE raum AS
        SELECT 'races' AS zuschnitt, 'sozialraum' AS raumebene, GEOID AS raum_id, ST_AsWKB(geom)::BLOB AS geometrie
        FROM ST_Read('{folder / "stl_race_tracts.gpkg"}')
        UNION ALL
        SELECT 'wards', 'sozialraum', WARD::VARCHAR, ST_AsWKB(geom)::BLOB FROM ST_Read('{folder / "stl_wards.gpkg"}')
        """
    )
    people = dict(
        city.con.execute(f"SELECT GEOID, TOTAL_E FROM ST_Read('{folder / 'stl_race_tracts.gpkg'}')").fetchall()
    )
    races = intersection(city.con, "races", "wards", "sozialraum", NO_SLIVERS)

    (found,) = through(Case(best_key(Evidence(races.links, races.area)), people))

    with (folder / "expected_wards.csv").open() as file:
        expected = {row["WARD"].strip(): float(row["areal_sum_TOTAL_E"]) for row in csv.DictReader(file)}
    assert {ward: figure.genau for ward, figure in found.items()} == pytest.approx(expected, abs=6e-4)
    assert sum(figure.wert for figure in found.values()) == sum(people.values())
