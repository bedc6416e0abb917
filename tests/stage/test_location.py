"""Polygons that lie where their coordinate system, or the city's, is not used are refused; the likely one is named."""

from __future__ import annotations

import json

import pytest

from flows.base.db import connect, use_spatial
from flows.base.errors import ConfigError
from flows.profile.coordinate_system import coordinate_systems, true_system_at
from flows.stage import location
from flows.stage.location import is_known

Ring = list[list[float]]


def square(x: float, y: float, side: float) -> Ring:
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]


def swapped(ring: Ring) -> Ring:
    return [[y, x] for x, y in ring]


DUESSELDORF = square(345000, 5676000, 100)
DEGREES = square(6.8, 51.2, 0.005)


def collection(ring: Ring, unit: str = "01100001") -> str:
    shape = {"type": "Polygon", "coordinates": [ring]}
    return json.dumps(
        {"type": "FeatureCollection",
         "features": [{"type": "Feature", "properties": {"BBS": unit}, "geometry": shape}]}
    )  # fmt: skip


@pytest.fixture
def geometry(source):
    def text(crs: str, more: str = "", name: str = "raum") -> str:
        contract = f'geometry = {{ id_property = "BBS", crs = "{crs}"{more} }}'
        return source(name, contract, file=f"'{name}.geojson'", dialect='{ format = "geojson" }', stichtag="")

    return text


FEW = ("EPSG:25832", "EPSG:25833", "EPSG:4326", "EPSG:4647", "EPSG:27700", "EPSG:31466", "EPSG:31467", "EPSG:3857")


@pytest.fixture(params=[FEW, pytest.param((), marks=pytest.mark.thorough)], ids=["of a few systems", "of all systems"])
def among(request, monkeypatch) -> None:
    """The systems among which the likely one is looked for: asking PROJ for each of all takes 0.1 s."""
    if request.param:
        few = {crs: coordinate_systems()[crs] for crs in request.param}
        monkeypatch.setattr(location, "coordinate_systems", lambda: few)


@pytest.mark.parametrize(("crs", "ring"), [("EPSG:25832", DUESSELDORF), ("EPSG:4326", DEGREES)])
def test_polygons_at_their_place_are_taken(stage_city, geometry, crs: str, ring: Ring) -> None:
    staged = stage_city(geometry(crs), {"raum.geojson": collection(ring)})
    assert staged.files == [("raum.geojson", 1, 1, 0, 0)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("crs", "ring", "told"),
    [
        ("EPSG:4326", swapped(DEGREES), "6.80 degrees north and 51.20 east. They look like EPSG:4326 (WGS 84) with"),
        ("EPSG:25832", swapped(DUESSELDORF), "They look like EPSG:25832 (ETRS89 / UTM zone 32N) with north"),
        (
            "EPSG:25832", square(32345000, 5676000, 100),
            "is no place in it. They look like EPSG:4647 (ETRS89 / UTM zone 32N (zE-N)) (it would be at 51.21 ",
        ),
        ("EPSG:27700", DUESSELDORF, "They look like EPSG:25832 (ETRS89 / UTM zone 32N)"),
        ("EPSG:25832", square(2554000, 5676000, 100), "They look like EPSG:31466 (DHDN / 3-degree Gauss-Kruger zone"),
        ("EPSG:25832", square(1e9, 1e9, 100), "Correct `crs` in sources.toml, or ask the supplier which"),
    ],
)  # fmt: skip
def test_polygons_elsewhere_are_refused_with_the_likely_system(
    refusal, geometry, among, crs: str, ring: Ring, told: str
) -> None:
    message = refusal(geometry(crs), {"raum.geojson": collection(ring)})
    assert message.startswith(f"Source raum, file raum.geojson: expected polygons where {crs}")
    assert told in message


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ring", "likely"),
    [(square(1112000, 7086000, 100), "EPSG:3857"), (square(168000, 5944000, 100), "EPSG:25833")],
)
def test_where_the_city_lies_can_be_said(refusal, geometry, among, small_city, ring: Ring, likely: str) -> None:
    small_city.spoil("city.toml", 'crs = "EPSG:25832"', 'crs = "EPSG:25832"\nlocation = [9.99, 53.55]')
    message = refusal(geometry("EPSG:25832"), {"raum.geojson": collection(ring)})
    assert "near 53.55 degrees north and 9.99 east, found some around" in message
    assert f"They look like {likely} (" in message


@pytest.mark.slow
@pytest.mark.parametrize(("crs", "ring"), [("EPSG:4326", DEGREES), ("EPSG:25832", DUESSELDORF)])
def test_north_before_east_can_be_declared(stage_city, geometry, crs: str, ring: Ring) -> None:
    staged = stage_city(geometry(crs, ', axes = "north_east"'), {"raum.geojson": collection(swapped(ring))})
    as_usual = stage_city(geometry(crs), {"raum.geojson": collection(ring)})
    query = "SELECT round(st_area(st_geomfromwkb(wkb)), 6), round(st_xmin(st_geomfromwkb(wkb)), 6) FROM stage.geometrie"
    assert staged.rows(query) == as_usual.rows(query)


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4326", "EPSG:900913"])
def test_a_city_in_a_system_that_is_none_for_areas_is_refused(small_city, crs: str) -> None:
    small_city.spoil("city.toml", "EPSG:25832", crs)
    with pytest.raises(ConfigError, match=r"is none for areas.*use a national system in metres"):
        small_city.load()


@pytest.mark.slow
def test_a_system_in_which_areas_are_not_those_on_the_ground_is_refused(refusal, geometry, among, small_city) -> None:
    small_city.spoil("city.toml", '"EPSG:25832"', '"EPSG:3395"\nlocation = [6.8, 51.2]')  # World Mercator
    message = refusal(geometry("EPSG:4326"), {"raum.geojson": collection(DEGREES)})
    assert "areas in it are not areas on the ground. Use EPSG:25832 (ETRS89 / UTM zone 32N)" in message


@pytest.mark.slow
def test_a_city_system_used_elsewhere_is_refused(refusal, geometry, small_city) -> None:
    small_city.spoil("city.toml", "EPSG:25832", "EPSG:31287")
    message = refusal(geometry("EPSG:4326"), {"raum.geojson": collection(DEGREES)})
    assert "in the city's EPSG:31287 (MGI / Austria Lambert), found some around" in message


@pytest.mark.slow
def test_sources_of_one_city_lie_near_each_other(refusal, geometry) -> None:
    given = [geometry("EPSG:25832", name="eins"), geometry("EPSG:25833", name="zwei")]
    files = {"eins.geojson": collection(DUESSELDORF), "zwei.geojson": collection(DUESSELDORF, "01100002")}
    message = refusal(given, files)
    assert "Sources eins and zwei: expected the polygons of one city, found 41" in message


@pytest.mark.parametrize(
    ("east", "north", "system"),
    [(8.5, 47.4, "EPSG:25832"), (16.4, 48.2, "EPSG:25833"), (-74.0, 40.7, "EPSG:32618"), (151.2, -33.9, "EPSG:32756")],
)
def test_the_utm_zone_of_a_place(east: float, north: float, system: str) -> None:
    assert true_system_at(east, north).startswith(system)


@pytest.mark.thorough
def test_numbers_that_are_no_system_are_known() -> None:
    with connect() as con:
        use_spatial(con)
        assert [is_known(con, crs) for crs in ("EPSG:25832", "EPSG:2056", "EPSG:99999")] == [True, True, False]
        assert all(is_known(con, crs) for crs in coordinate_systems())
