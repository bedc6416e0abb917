"""Where delivered polygons lie: a wrong coordinate system is refused before areas and densities are computed in it.

Axes the other way round, a zone before the eastings, degrees or metres of another system: all are numbers that can be
transformed. What gives them away is the place: it must lie where the declared system and the city's are used, and a
square on the ground must be one in the city's coordinates (Mercator maps for the web stretch it).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from flows.base.db import literal, sql
from flows.base.errors import ContractBroken
from flows.profile.city import City
from flows.profile.coordinate_system import coordinate_systems, true_system_at

_TOLERANCE = 0.02
"""How much larger or smaller areas may be drawn than they are: UTM does so by 1 % six degrees from its meridian."""
_SIDE = 100.0  # metres
_REACH = 0.9  # degrees of a meridian: 100 km, further than a city reaches
_DEGREES = "OGC:CRS84"


@dataclass(frozen=True)
class _Place:
    """A point in degrees."""

    east: float
    north: float

    def __str__(self) -> str:
        return (
            f"{abs(self.north):.2f} degrees {'north' if self.north >= 0 else 'south'} and {abs(self.east):.2f} "
            f"{'east' if self.east >= 0 else 'west'}"
        )


def refuse_strange_places(con: duckdb.DuckDBPyConnection, city: City, what: str = "polygons") -> None:
    """Stop when `what` a file has in roh_geometrie lies where its system, or the city's, is not used.

    Raises:
        ContractBroken: names source, file and place, and what the coordinates likely are.
    """
    for source, name, crs, *extent in con.execute(sql("stage/lage")).fetchall():
        x_from, y_from, x_to, y_to = extent
        x, y = (x_from + x_to) / 2, (y_from + y_to) / 2
        place = _place(con, crs, x, y)
        if place and _used_at(crs, place) and _fits(con, city, place, (x, y) if crs == city.crs else None):
            continue
        near = f", near {_Place(*city.location)}" if city.location else ""
        raise ContractBroken(
            f"Source {source}, file {name}: expected {what} where {_named(crs)} is used, in the city's "
            f"{_named(city.crs)}{near}, found some around {_where(x, y, place)}. "
            f"{_remedy(con, city, crs, x, y, place)}",
            code="FS-CONTRACT-11",
        ).at(f"Source {source}, file {name}")


def refuse_sources_far_apart(con: duckdb.DuckDBPyConnection) -> None:
    """Stop when all polygons of a source lie far from all those of another: one is in another coordinate system.

    Raises:
        ContractBroken: names both sources and the distance.
    """
    far = con.execute(sql("stage/quelle_fern")).fetchone()
    if far:
        raise ContractBroken(
            f"Sources {far[0]} and {far[1]}: expected the polygons of one city, found {far[2]:.0f} km between them. Is "
            "the zone of one coordinate system wrong? Correct `crs` in sources.toml, or ask the supplier.",
            code="FS-CONTRACT-11",
        ).at(f"Sources {far[0]}, {far[1]}")


def is_known(con: duckdb.DuckDBPyConnection, crs: str) -> bool:
    """Say whether PROJ knows a coordinate system of that number; spatial must be loaded."""
    try:
        con.execute(f"SELECT st_transform(st_point(10, 50), {literal(_DEGREES)}, {literal(crs)}, always_xy := TRUE)")
    except duckdb.Error as problem:
        return "Could not create projection" not in str(problem)
    return True


def _remedy(con: duckdb.DuckDBPyConnection, city: City, crs: str, x: float, y: float, place: _Place | None) -> str:
    for likely, swapped in _likely(city.crs, crs):
        found = _place(con, likely, *((y, x) if swapped else (x, y)))
        if found and _used_at(likely, found) and _fits(con, city, found):
            if swapped:
                return (
                    f"They look like {_named(likely)} with north before east (it would be at {found}). Ask the "
                    'supplier for east before north, or write `axes = "north_east"` into the contract in sources.toml'
                    + (f" and crs = {likely!r}." if likely != crs else ".")
                )
            return f"They look like {_named(likely)} (it would be at {found}). Correct `crs` in sources.toml."
    if place and _used_at(crs, place) and _near(city, place):
        return (
            "If that is where the city lies, its `crs` in city.toml does not serve there: areas in it are not areas on "
            f"the ground. Use {true_system_at(place.east, place.north)} or the national system in metres."
        )
    return "Correct `crs` in sources.toml, or ask the supplier which coordinate system it is."


def _likely(city_crs: str, crs: str) -> Iterator[tuple[str, bool]]:
    """Yield systems that the coordinates may be in, with axes as they should be (False) or swapped (True)."""
    yield crs, True
    yield city_crs, False
    yield city_crs, True
    for other in coordinate_systems():
        yield other, False
    for other in coordinate_systems():
        yield other, True


def _used_at(crs: str, place: _Place) -> bool:
    system = coordinate_systems().get(crs)
    return system is None or system.is_used_at(place.east, place.north)


def _near(city: City, place: _Place) -> bool:
    """Say whether the place is that of the city, where city.toml says where it lies."""
    if city.location is None:
        return True
    east, north = city.location
    return abs(place.north - north) <= _REACH and abs(place.east - east) * math.cos(math.radians(north)) <= _REACH


def _fits(
    con: duckdb.DuckDBPyConnection, city: City, place: _Place, centre: tuple[float, float] | None = None
) -> bool:  # fmt: skip
    """Say whether a place is of the city and its system serves there: a square on the ground is one in it.

    `centre` is the place in the city's system, where that is known.
    """
    if not _used_at(city.crs, place) or not _near(city, place):
        return False
    centre = centre or _transformed(con, _DEGREES, city.crs, place.east, place.north)
    if centre is None:
        return False
    x, y = centre
    square = f"st_makeenvelope({x - _SIDE}, {y - _SIDE}, {x + _SIDE}, {y + _SIDE})"
    degrees = f"st_transform({square}, {literal(city.crs)}, {literal(_DEGREES)}, always_xy := TRUE)"
    found = con.execute(  # st_area_spheroid takes latitude first
        f"SELECT st_area({square}) / st_area_spheroid(st_flipcoordinates(degrees)) FROM (SELECT {degrees} AS degrees)"  # noqa: S608 -- numbers, and quoted
    ).fetchone()
    return found is not None and abs(float(found[0] or 0) - 1) <= _TOLERANCE


def _place(con: duckdb.DuckDBPyConnection, crs: str, x: float, y: float) -> _Place | None:
    found = _transformed(con, crs, _DEGREES, x, y)
    return _Place(*found) if found and abs(found[0]) <= 180 and abs(found[1]) <= 90 else None


def _transformed(
    con: duckdb.DuckDBPyConnection, before: str, after: str, x: float, y: float
) -> tuple[float, float] | None:
    """Return a point in another system; None where it has none there, or there is no such system.

    DuckDB opens PROJ's database (25 ms) as often as st_transform stands in a statement, so that it stands there once.
    """
    if not (math.isfinite(x) and math.isfinite(y)):
        return None
    point = f"st_transform(st_point({x}, {y}), {literal(before)}, {literal(after)}, always_xy := TRUE)"
    try:
        found = con.execute(f"SELECT st_x(point), st_y(point) FROM (SELECT {point} AS point)").fetchone()  # noqa: S608 -- numbers, and quoted
    except duckdb.Error:
        return None
    if found is None or None in found or not all(map(math.isfinite, found)):
        return None
    return float(found[0]), float(found[1])


def _named(crs: str) -> str:
    system = coordinate_systems().get(crs)
    return f"{crs} ({system.name})" if system else crs


def _where(x: float, y: float, place: _Place | None) -> str:
    return f"{x:g}, {y:g}" + (f", which is {place}" if place else ", which is no place in it")
