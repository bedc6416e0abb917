"""What two Zuschnitte have in common on the map: the area that each old unit shares with each new one.

The cutting is done by DuckDB (sql/space/schnitt.sql) in the city's planar coordinates. Lines that were only
drawn again leave slivers; they are recognised, dropped, and reported.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np

from flows.base.db import set_variables, sql
from flows.base.errors import ConfigError
from flows.space.links import Floats, Links, links_between


@dataclass(frozen=True)
class SliverRule:
    """When a common piece of an old and a new unit stands for a line drawn again and not for a change."""

    share: float = 0.01
    """Smaller than this share of both units."""
    width: float = 5.0
    """Or narrower than this on average (twice the area over the perimeter), in the unit of the coordinates."""


NO_SLIVERS = SliverRule(0.0, 0.0)
"""Keeps every piece."""


@dataclass(frozen=True)
class Sliver:
    """A piece that was dropped."""

    old: str
    new: str
    area: float
    share_of_old: float
    share_of_new: float


@dataclass(frozen=True)
class Gap:
    """A unit of which more than a sliver lies outside every unit of the other Zuschnitt."""

    unit: str
    is_old: bool
    area: float
    outside: float


@dataclass(frozen=True)
class Intersection:
    """The pieces that are not slivers, with what was left out."""

    links: Links
    area: Floats
    """Of each piece."""
    old_area: Floats
    new_area: Floats
    slivers: tuple[Sliver, ...]
    gaps: tuple[Gap, ...]

    def turned(self) -> Intersection:
        """Return the pieces seen from the new units."""
        slivers = (Sliver(one.new, one.old, one.area, one.share_of_new, one.share_of_old) for one in self.slivers)
        return Intersection(self.links.turned(), self.area, self.new_area, self.old_area, tuple(slivers), self.gaps)


def intersection(
    con: duckdb.DuckDBPyConnection, von: str, nach: str, raumebene: str, rule: SliverRule | None = None
) -> Intersection:
    """Cut the units of a Raumebene in Zuschnitt `von` with those in `nach`, as the table ``raum`` has them.

    Leaves the temporary tables raum_alt, raum_neu and schnitt. Slivers are judged by `rule` (default: SliverRule()).

    Raises:
        ConfigError: one of the two has no unit with a polygon.
    """
    rule = rule or SliverRule()
    set_variables(
        con, von_zuschnitt=von, nach_zuschnitt=nach, raumebene=raumebene,
        splitter_anteil=rule.share, splitter_breite=rule.width,
    )  # fmt: skip
    for table in ("raum_alt", "raum_neu", "schnitt"):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {sql(f'space/{table}')}")
    old, new = _areas(con, "raum_alt", von, raumebene), _areas(con, "raum_neu", nach, raumebene)
    rows = con.execute(
        "SELECT von_id, nach_id, flaeche, anteil_alt, anteil_neu, splitter FROM schnitt ORDER BY von_id, nach_id"
    ).fetchall()
    kept = [row for row in rows if not row[5]]
    links = links_between([(row[0], row[1]) for row in kept], old, new)
    old_area, new_area = links.counts_of_old(old), links.counts_of_new(new)
    covered = links_between([(row[0], row[1]) for row in rows], old, new)
    whole = np.array([row[2] for row in rows], dtype=np.float64)
    return Intersection(
        links=links,
        area=np.array([row[2] for row in kept], dtype=np.float64),
        old_area=old_area,
        new_area=new_area,
        slivers=tuple(Sliver(*row[:5]) for row in rows if row[5]),
        gaps=(
            *_gaps(links.old, old_area, old_area - covered.sum_by_old(whole), rule, is_old=True),
            *_gaps(links.new, new_area, new_area - covered.sum_by_new(whole), rule, is_old=False),
        ),
    )


def _areas(con: duckdb.DuckDBPyConnection, table: str, zuschnitt: str, raumebene: str) -> dict[str, float]:
    rows = con.execute(f"SELECT raum_id, st_area(gestalt) FROM {table}").fetchall()  # noqa: S608 -- one of two names
    if not rows:
        raise ConfigError(
            f"Expected polygons of the Raumebene {raumebene} in Zuschnitt {zuschnitt}, found none: two Zuschnitte "
            "without common base units can only be compared on the map. Add a geometry source to sources.toml.",
            code="FS-CONFIG-07",
        )
    return dict(rows)


def _gaps(units: tuple[str, ...], area: Floats, outside: Floats, rule: SliverRule, *, is_old: bool) -> list[Gap]:
    much = outside > max(rule.share, 1e-6) * area
    return [Gap(units[place], is_old, float(area[place]), float(outside[place])) for place in np.flatnonzero(much)]
