"""Tiny cities, drawn: each letter is a square of 100 m, the letter names its unit, a dot belongs to none.

city.zuschnitt("2015", "AAB", "AAB")     two rows, the upper one first
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from flows.base.db import use_spatial
from flows.space.intersection import Intersection, SliverRule, intersection
from tests.space.reform import Reform, read_reform
from tests.space.through import Figure, published

OLD, NEW = "2015-01-01", "2020-01-01"
SIDE = 100


class City:
    """Polygons of units in the table that the transform leaves."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        con.execute(
            "CREATE OR REPLACE TABLE raum (zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, geometrie BLOB, "
            "eltern MAP(VARCHAR, VARCHAR), "
            "flaeche_km2 DOUBLE GENERATED ALWAYS AS (st_area(st_geomfromwkb(geometrie)) / 1e6))"
        )

    def zuschnitt(self, name: str, *rows: str) -> None:
        """Draw the units of a Zuschnitt, the northern row first."""
        squares: dict[str, list[str]] = {}
        for north, row in enumerate(reversed(rows)):
            for east, letter in enumerate(row):
                if letter != ".":
                    x, y = east * SIDE, north * SIDE
                    squares.setdefault(letter, []).append(f"ST_MakeEnvelope({x}, {y}, {x + SIDE}, {y + SIDE})")
        for unit, parts in squares.items():
            self._insert(name, unit, f"ST_Union_Agg(teil) FROM (SELECT unnest([{', '.join(parts)}]) AS teil)")

    def box(self, name: str, unit: str, west: float, east: float, south: float = 0, north: float = SIDE) -> None:
        """Draw a unit as a rectangle, in metres."""
        self._insert(name, unit, f"ST_MakeEnvelope({west}, {south}, {east}, {north})")

    def _insert(self, name: str, unit: str, shape: str) -> None:
        select, _, source = shape.partition(" FROM ")
        self.con.execute(
            f"INSERT INTO raum SELECT '{name}', 'sozialraum', '{unit}', ST_AsWKB({select})::BLOB, MAP {{}}"
            + (f" FROM {source}" if source else "")
        )

    def cut(self, rule: SliverRule | None = None, old: str = OLD, new: str = NEW) -> Intersection:
        """Intersect two Zuschnitte."""
        return intersection(self.con, old, new, "sozialraum", rule)


@pytest.fixture(scope="session")
def spatial() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        use_spatial(con)
        yield con


@pytest.fixture
def city(spatial: duckdb.DuckDBPyConnection) -> City:
    return City(spatial)


@pytest.fixture
def redrawn(city: City):
    """Draw a city before and after, each as one row of squares, and intersect the two."""

    def drawn(old: str, new: str) -> Intersection:
        city.zuschnitt(OLD, old)
        city.zuschnitt(NEW, new)
        return city.cut()

    return drawn


@pytest.fixture(scope="session")
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
    """A working database for tests.space.through."""
    with duckdb.connect(config={"threads": 1}) as con:
        use_spatial(con)
        yield con


@pytest.fixture(scope="session")
def through(tables) -> Callable[..., list[dict[str, Figure]]]:
    """Take the counts of each case through its key, as they are published."""
    return lambda *cases: published(tables, cases)


@pytest.fixture(scope="session")
def real_folder() -> Path:
    """The real files: $FORTSCHREIBUNG_REAL, or shared/real beside the project."""
    named = os.environ.get("FORTSCHREIBUNG_REAL")
    folder = Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "real"
    if not folder.is_dir():
        pytest.skip(f"the real files are not at {folder}; set FORTSCHREIBUNG_REAL")
    return folder


@pytest.fixture(scope="session")
def reform(real_folder: Path) -> Iterator[Reform]:
    """Berlin's reform of 2021."""
    with duckdb.connect() as con:
        use_spatial(con)
        yield read_reform(con, real_folder / "berlin")
