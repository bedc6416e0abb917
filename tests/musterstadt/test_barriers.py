"""Railway and river run through the streets, along borders of Sozialräume but for a few."""

import json
from collections import defaultdict
from itertools import pairwise

Point = tuple[float, float]


def _edges(ring: list[list[float]]) -> set[frozenset[Point]]:
    return {frozenset({tuple(one), tuple(other)}) for one, other in pairwise(ring)}


def test_barriers_run_through_streets_and_mostly_along_borders_of_today(default_city) -> None:
    sides = defaultdict(set)
    home = default_city.assignment(2020)
    for feature in json.loads(default_city.bytes("raum/Baublockseiten.geojson"))["features"]:
        for edge in _edges(feature["geometry"]["coordinates"][0]):
            sides[edge].add(home[feature["properties"]["BBS"]])
    found = json.loads(default_city.bytes("raum/Barrieren.geojson"))
    assert found["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::25832"
    for feature in found["features"]:
        units = [sides[edge] for edge in _edges(feature["geometry"]["coordinates"])]
        assert len(units) > 80
        assert all(units), "a barrier leaves the streets"
        across = sum(len(both) == 1 for both in units)
        assert 0 < across < len(units) / 3
    assert [feature["properties"]["ART"] for feature in found["features"]] == ["Bahn", "Fluss"]
