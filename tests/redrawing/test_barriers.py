"""Barriers are lines, delivered or beside the profile: which borders they run along, and what is wrong with them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from flows.base.errors import ConfigError
from flows.redrawing.city_ground import city_ground
from flows.redrawing.review import review
from tests.redrawing.towns import SIDE, profile, town

UTM = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}


@pytest.fixture
def with_lines(tmp_path):
    """A profile with a file of barriers."""

    def made(*lines: list[list[float]], crs=UTM, kind: str = "LineString", **rules):
        features = [{"type": "Feature", "properties": {}, "geometry": {"type": kind, "coordinates": line}}
                    for line in lines]  # fmt: skip
        collection = {"type": "FeatureCollection", "features": features} | ({"crs": crs} if crs else {})
        (tmp_path / "barrieren.geojson").write_text(json.dumps(collection), "utf-8")
        limits = {"least": 1, "most": 9999, "barriers": "barrieren.geojson"} | rules
        return replace(profile(rules=limits), folder=tmp_path)

    return made


def rail(column: int, south: float = -2 * SIDE) -> list[list[float]]:
    """A line from north to south on the western side of a column of squares."""
    return [[column * SIDE, 50], [column * SIDE, south]]


def deliver(con, line: list[list[float]]) -> None:
    """Stage a line as a source of barriers brings it."""
    text = json.dumps({"type": "LineString", "coordinates": line})
    con.execute(f"INSERT INTO stage.barriere SELECT 'barrieren', 'x', 0, st_aswkb(st_geomfromgeojson('{text}'))::BLOB")


def barred(ground) -> set[str]:
    return {
        f"{ground.ids[one]} {ground.ids[other]}"
        for (one, other), along in zip(ground.edges.tolist(), ground.barrier, strict=True) if along
    }  # fmt: skip


def test_a_border_along_a_line_is_a_barrier_and_one_that_it_crosses_is_not(con, with_lines):
    town(con, "AAB", "AAB")
    assert barred(city_ground(con, with_lines(rail(1)))) == {"0_0 1_0", "0_1 1_1"}
    assert barred(city_ground(con, with_lines(rail(1, south=-110)))) == {"0_0 1_0"}  # a tenth of the next is not most
    assert barred(city_ground(con, with_lines([[50, 50], [50, -150]]))) == set()


def test_lines_may_name_their_coordinate_system_by_the_address_of_its_number(con, with_lines):
    town(con, "AAB", "AAB")
    crs = {"type": "name", "properties": {"name": "http://www.opengis.net/def/crs/EPSG/0/25832"}}
    assert barred(city_ground(con, with_lines(rail(1), crs=crs))) == {"0_0 1_0", "0_1 1_1"}


@pytest.mark.slow
def test_delivered_lines_are_barriers_like_those_beside_the_profile(con, with_lines):
    town(con, "AAB", "AAB")
    deliver(con, rail(2))
    delivered = profile(rules={"least": 1, "most": 9999})
    assert barred(city_ground(con, delivered)) == {"1_0 2_0", "1_1 2_1"}
    assert review(con, delivered).barriers
    assert barred(city_ground(con, with_lines(rail(1)))) == {"0_0 1_0", "0_1 1_1", "1_0 2_0", "1_1 2_1"}


def test_a_line_that_is_delivered_and_drawn_as_well_counts_once(con, with_lines):
    town(con, "AAB")
    short = [[SIDE, 0], [SIDE, -0.3 * SIDE]]
    deliver(con, short)
    assert barred(city_ground(con, with_lines(short))) == set()


def test_delivered_lines_that_lie_elsewhere_are_refused_by_their_source(con):
    town(con, "AAB")
    deliver(con, [[90_000, 0], [90_000, 9]])
    with pytest.raises(ConfigError, match="Source barrieren: expected lines in the city"):
        city_ground(con, profile())


def test_a_file_that_lies_elsewhere_is_refused_though_delivered_lines_lie_in_the_city(con, with_lines):
    town(con, "AAB")
    deliver(con, rail(1))
    with pytest.raises(ConfigError, match=r"barrieren\.geojson: expected lines in the city, .* found that all 1 lie"):
        city_ground(con, with_lines([[90_000, 0], [90_000, 9]]))


def test_a_line_in_the_middle_of_a_street_is_a_barrier(con, with_lines):
    town(con, "AAB", gap=20)
    assert barred(city_ground(con, with_lines(rail(1), max_gap=22))) == {"0_0 1_0"}


def test_a_unit_that_a_line_cuts_is_named_with_the_share_that_it_cuts_off(con, with_lines):
    town(con, "AAAABB")
    found = review(con, with_lines(rail(3)))
    assert found.barriers
    assert [(each.id, each.triggers, each.breaches[0].amount) for each in found.named] == [("A", ("barrier",), 0.25)]


def test_no_block_fits_a_neighbour_beyond_a_barrier(con, with_lines):
    def counts(column, _):
        return {"einwohner": 1000, "einwohner_0_17": 150 if column < 3 else 250}

    town(con, "AAAABBBB", "AAAABBBB", counts=counts)
    assert {unit.misfit_share for unit in review(con, with_lines(rail(4))).units} == {0}
    assert {unit.misfit_share for unit in review(con, with_lines(rail(1))).units} == {0.25, 0}


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"crs": None}, r"expected the coordinate system of the city \(EPSG:25832\).*degrees \(EPSG:4326\)"),
        ({"crs": {"properties": {"name": "EPSG:31466"}}}, r"found EPSG:31466\. Export the lines in EPSG:25832"),
        ({"kind": "Point"}, r"expected lines \(LineString, MultiLineString\), found Point"),
    ],
)
def test_a_layer_in_another_coordinate_system_or_without_lines_is_refused(con, with_lines, keys, said):
    town(con, "AAB")
    with pytest.raises(ConfigError, match=said):
        city_ground(con, with_lines(rail(1), **keys))


def test_lines_that_lie_elsewhere_are_refused(con, with_lines):
    town(con, "AAB")
    with pytest.raises(ConfigError, match="all 1 lie elsewhere"):
        city_ground(con, with_lines([[600.7, 551.2], [600.8, 551.2]]))


def test_a_file_that_is_not_there_is_named(con, tmp_path):
    town(con, "AAB")
    with pytest.raises(ConfigError, match=r"barrieren\.geojson: expected the file of lines"):
        city_ground(con, replace(profile(rules={"barriers": "barrieren.geojson"}), folder=tmp_path))
