"""Boundary changes: history on two Zuschnitte against a plain sum, and cutting two maps against tobler.

`python -m bench.redraws WORK SIZE`, where WORK is one of those below and SIZE the number of base units of a synthetic
city (for the maps, half of it units in each). Timed is the work alone; both sides have their data in memory before.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np

from bench.worker import timed
from flows.base.db import create_stage, sql, use_spatial
from flows.base.resources import resource
from flows.base.sql_order import SqlTable, tables_in_order
from flows.space.best_key import Evidence, best_key
from flows.space.intersection import NO_SLIVERS, intersection
from flows.space.shape_step import SHAPES
from flows.stage.catalogue import write_vocabulary
from flows.transform.transform_counts import known_names

OLD, NEW = "2015-01-01", "2020-01-01"
YEARS, MERKMALE, SOZIALRAUM = 10, 49, 55
"""Base units a Sozialraum; a fifth of the Sozialräume give their last ten base units to a neighbour in the redraw."""
PLAIN = """
CREATE TABLE einfach AS
SELECT zuordnung.zuschnitt, zuordnung.raumebene, zuordnung.raum_id, zaehlung.stichtag, zaehlung.merkmal,
    sum(zaehlung.wert) AS wert
FROM stage.zaehlung
INNER JOIN stage.zuordnung ON zaehlung.basis_id = zuordnung.basis_id
GROUP BY ALL
"""
WORK = ("plain", "rebase", "cut_redraw", "tobler_redraw", "cut_unrelated", "tobler_unrelated")
NEEDED = (
    "kombination", "kombination_raum", "zugeordnet", "merkmal_geliefert", "stichtag", "stichtag_zuschnitt",
    "amtlich_raum", "luecke", "raum", "merkmal_kombination", "merkmal_raum",
)  # fmt: skip


def city(units: int) -> duckdb.DuckDBPyConnection:
    """Return a working database with staged counts of `units` base units, ten Stichtage and two Zuschnitte."""
    con = duckdb.connect()
    use_spatial(con)
    con.execute(sql("schema/katalog"))
    write_vocabulary(con)
    create_stage(con)
    con.execute(f"""
        SET VARIABLE units = {units};
        INSERT INTO katalog.raumebene BY NAME FROM (VALUES
            ('sozialraum', 1, 'assignment'), ('stadtteil', 2, 'prefix'), ('stadt', 3, 'city')
        ) AS e (raumebene, rang, zugehoerigkeit), (SELECT '-' AS label_de, '-' AS label_en, '.*' AS id_muster);
        INSERT INTO katalog.zuschnitt BY NAME FROM (VALUES ('{OLD}'), ('{NEW}')) AS z (zuschnitt),
            (SELECT 'bbs' AS basis, '.*' AS basis_muster, TRUE AS schachtelung) SELECT *, zuschnitt::DATE AS gueltig_ab;
        CREATE TEMP TABLE bench_einheit AS
            SELECT printf('%08d', n) AS basis_id, n // {SOZIALRAUM} AS alt,
                n // {SOZIALRAUM} + (n // {SOZIALRAUM} % 5 = 0 AND n % {SOZIALRAUM} >= {SOZIALRAUM - 10})::INT AS neu
            FROM range(getvariable('units')) AS r (n);
        INSERT INTO stage.zuordnung
            SELECT zuschnitt, 'bbs', basis_id, raumebene, raum_id FROM (
                SELECT '{OLD}' AS zuschnitt, basis_id, alt AS sr FROM bench_einheit
                UNION ALL SELECT '{NEW}', basis_id, neu FROM bench_einheit),
                LATERAL (VALUES ('sozialraum', printf('%06d', sr)), ('stadtteil', printf('%03d', sr // 4)),
                                ('stadt', '0')) AS e (raumebene, raum_id);
        INSERT INTO stage.zaehlung_einzeln
            SELECT 'bench', make_date(2015 + jahr::INT, 12, 31), 'bbs', basis_id, 'merkmal_' || m,
                hash(basis_id, jahr, m) % 60, 'ok'
            FROM bench_einheit, range({YEARS}) AS j (jahr), range({MERKMALE}) AS q (m);
    """)
    return con


def plain(con: duckdb.DuckDBPyConnection) -> Any:
    """Return the number of sums that a single query makes of the counts, on both Zuschnitte."""
    con.execute(PLAIN)
    return con.execute("SELECT count(*), sum(wert) FROM einfach").fetchone()


def rebased(con: duckdb.DuckDBPyConnection) -> Any:
    """Return the number of sums that the station makes of the same counts, with what it needs for them."""
    for maker in tables_in_order(resource("sql/transform"), known_names(con) | _steps(), steps=[SHAPES]):
        if not isinstance(maker, SqlTable):
            maker.run(con)
        elif maker.name in NEEDED:
            maker.make(con)
    return con.execute("SELECT count(*), sum(wert) FROM merkmal_raum WHERE merkmal <> 'flaeche_km2'").fetchone()


def _steps() -> frozenset[str]:
    from flows.space.event_step import EVENTS  # noqa: PLC0415
    from flows.space.redraw_step import KEYS  # noqa: PLC0415

    return frozenset({*EVENTS.makes, *KEYS.makes})


def outlines(units: int, moved: float, points: int = 10) -> list[str]:
    """Return about `units` quadrangles that fill a city of 30 km, as WKT.

    Their corners lie at random; in the western part `moved` of the city they lie elsewhere than with 0. Each side has
    so many `points`, as sides of real units have.
    """
    columns = round(units**0.5)
    rows = units // columns
    x, y = np.meshgrid(np.linspace(0, 30_000, columns + 1), np.linspace(0, 30_000, rows + 1), indexing="ij")
    inner_x, inner_y = (x > 0) & (x < 30_000), (y > 0) & (y < 30_000)
    px, py = x.copy(), y.copy()
    for seed, share in ((1, 1.0), (2, moved)):
        rng = np.random.default_rng(seed)
        here = x < 30_000 * share
        px = np.where(here & inner_x, x + rng.uniform(-90, 90, x.shape), px)
        py = np.where(here & inner_y, y + rng.uniform(-90, 90, y.shape), py)
    steps = np.linspace(0, 1, points, endpoint=False)
    corners = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))

    def ring(i: int, j: int) -> str:
        sides = [
            ((1 - steps) * p[i + a, j + b] + steps * p[i + c, j + d])
            for p in (px, py)
            for (a, b), (c, d) in pairwise(corners)
        ]
        east, north = np.concatenate(sides[:4]), np.concatenate(sides[4:])
        shown = [f"{a:.3f} {b:.3f}" for a, b in zip(east, north, strict=True)]
        return f"POLYGON(({', '.join([*shown, shown[0]])}))"

    return [ring(i, j) for i in range(columns) for j in range(rows)]


def cut_here(units: int, moved: float) -> Callable[[], Any]:
    """Return the work of cutting two maps and finding the area weights with this project."""
    con = duckdb.connect()
    use_spatial(con)
    con.execute("CREATE TABLE raum (zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, geometrie BLOB)")
    for zuschnitt, share in ((OLD, 0.0), (NEW, moved)):
        con.executemany(
            f"INSERT INTO raum SELECT '{zuschnitt}', 'sozialraum', ?, st_aswkb(st_geomfromtext(?::VARCHAR))::BLOB",
            [(f"{number:05}", shape) for number, shape in enumerate(outlines(units, share))],
        )

    def work() -> Any:
        pieces = intersection(con, OLD, NEW, "sozialraum", NO_SLIVERS)
        return len(best_key(Evidence(pieces.links, pieces.area)).weights)

    return work


def cut_with_tobler(units: int, moved: float) -> Callable[[], Any]:
    """Return the work of tobler's area_interpolate on the same maps."""
    import geopandas  # noqa: PLC0415 -- comes with tobler, a development dependency
    import shapely  # noqa: PLC0415
    from tobler.area_weighted import area_interpolate  # noqa: PLC0415

    maps = [
        geopandas.GeoDataFrame(geometry=shapely.from_wkt(outlines(units, share)), crs=25832).assign(people=1.0)
        for share in (0.0, moved)
    ]
    return lambda: len(area_interpolate(*maps, extensive_variables=["people"]))


def say(found: object) -> None:
    """Print what came out, for a person who runs the worker by hand."""
    print(found, file=sys.stderr)


def main() -> None:
    """Do the work that the command line names."""
    name, units = sys.argv[1], int(sys.argv[2])
    if name in ("plain", "rebase"):
        con = city(units)
        timed(lambda: (plain if name == "plain" else rebased)(con), say)
    else:
        way, _, where = name.partition("_")
        cut = cut_here if way == "cut" else cut_with_tobler
        timed(cut(units // 2, {"redraw": 0.2, "unrelated": 1.0}[where]), say)


if __name__ == "__main__":
    main()
