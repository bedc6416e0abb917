"""The step of the station transform that SQL cannot express: keys between Zuschnitte, fitted until they agree.

Keys are made wherever a Stichtag cannot be added on a Zuschnitt
(``zu_schaetzen``) and wherever two Zuschnitte that follow each other share no base units. Keys are found on the finest
Raumebene; coarser ones are sums of it, except where the finer units do not nest: those have keys of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import duckdb

from flows.base.db import Value, insert, set_variables, sql
from flows.base.sql_order import PythonStep

if TYPE_CHECKING:
    from flows.space.dasymetric import ControlWeights
    from flows.space.estimate import Estimated
    from flows.space.intersection import Intersection
    from flows.space.links import Links

TABLES = {
    "schaetzung": (
        "von_zuschnitt VARCHAR, nach_zuschnitt VARCHAR, raumebene VARCHAR, gelungen BOOLEAN, grund VARCHAR, "
        "stichtag DATE, nah_am DATE, stuecke BIGINT, splitter BIGINT, splitter_km2 DOUBLE"
    ),
    "schaetzung_befund": (
        "von_zuschnitt VARCHAR, nach_zuschnitt VARCHAR, raumebene VARCHAR, merkmal VARCHAR, einheit VARCHAR, "
        "befund VARCHAR, personen DOUBLE, flaeche_km2 DOUBLE"
    ),
    "schaetzung_ebene": "nach_zuschnitt VARCHAR, raumebene VARCHAR, ziel_ebene VARCHAR",
    "geometrie_uebergang": (
        "von_zuschnitt VARCHAR, nach_zuschnitt VARCHAR, raumebene VARCHAR, von_id VARCHAR, nach_id VARCHAR, "
        "flaeche_km2 DOUBLE, einwohner DOUBLE"
    ),
}


@dataclass(frozen=True)
class Level:
    """A Raumebene with keys of its own in a Zuschnitt, and the coarser ones that are sums of its units."""

    raumebene: str
    sums: tuple[str, ...]


def write_keys_of_redraws(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``schluessel_geschaetzt`` and the tables that say how it was found; all are empty where none is needed."""
    for name, columns in TABLES.items():
        con.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
    from flows.space.estimate import KEY_TABLE, STRIP_TABLE  # noqa: PLC0415 -- numpy, which a city without a redraw can do without

    con.execute(KEY_TABLE)
    con.execute(STRIP_TABLE)
    con.execute(sql("schema/fehler"))
    wanted = _pairs(con)
    found: dict[tuple[str, str, str], Estimated] = {}
    for nach in sorted({nach for _, nach in wanted}):
        levels = _levels(con, nach)
        insert(
            con, "schaetzung_ebene",
            [{"nach_zuschnitt": nach, "raumebene": level.raumebene, "ziel_ebene": coarser}
             for level in levels for coarser in level.sums],
        )  # fmt: skip
        for von in (one for one, other in wanted if other == nach):
            for level in levels:
                _write(con, found, von, nach, level.raumebene)
    for left in ("raum_alt", "raum_neu", "schnitt", "kontrollpunkt"):
        con.execute(f"DROP TABLE IF EXISTS temp.{left}")


def _pairs(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Return the pairs of Zuschnitte between which keys are wanted, in the order of time."""
    rows: list[tuple[str, str]] = con.execute(
        "SELECT von_zuschnitt, nach_zuschnitt FROM zu_schaetzen "
        "UNION SELECT von_zuschnitt, nach_zuschnitt FROM umbruch "
        "UNION SELECT nach_zuschnitt, von_zuschnitt FROM umbruch ORDER BY ALL"
    ).fetchall()
    return rows


def _levels(con: duckdb.DuckDBPyConnection, zuschnitt: str) -> list[Level]:
    """Return the Raumebenen with keys of their own: the finest, and those that it does not nest in."""
    set_variables(con, zuschnitt=zuschnitt)
    rows = con.execute(
        """
        SELECT ebene.raumebene, coalesce(bool_and(raum.eltern[ebene.raumebene] IS NOT NULL), FALSE)
        FROM katalog.raumebene AS ebene
        LEFT JOIN raum ON raum.zuschnitt = getvariable('zuschnitt')
            AND raum.raumebene = (SELECT arg_min(raumebene, rang) FROM katalog.raumebene)
        GROUP BY ebene.raumebene, ebene.rang
        ORDER BY ebene.rang
        """
    ).fetchall()
    finest = rows[0][0]
    nested = tuple(level for level, nests in rows[1:] if nests)
    return [Level(finest, nested), *(Level(level, ()) for level, nests in rows[1:] if not nests)]


def _write(
    con: duckdb.DuckDBPyConnection, found: dict[tuple[str, str, str], Estimated], von: str, nach: str, level: str
) -> None:
    """Find the key of one direction, over further redraws if need be, and write it into the database."""
    from flows.space.estimate import composed, write_keys  # noqa: PLC0415

    way = _surest_way(con, found, von, nach, level)
    for one, two in pairwise(way):
        if (one, two, level) not in found and not _find(con, found, min(one, two), max(one, two), level):
            return
    estimated = found[way[0], way[1], level]
    for one, two in pairwise(way[1:]):
        estimated = composed(estimated, found[one, two, level])
    outside = write_keys(con, estimated, von, nach, level)
    insert(
        con, "schaetzung_befund",
        [{"von_zuschnitt": von, "nach_zuschnitt": nach, "raumebene": level, "einheit": unit,
          "befund": f"lies outside every unit of the other Zuschnitt and counts for the nearest, {nearest}"}
         for unit, nearest in outside.items()],
    )  # fmt: skip


def _surest_way(
    con: duckdb.DuckDBPyConnection, found: dict[tuple[str, str, str], Estimated], von: str, nach: str, level: str
) -> list[str]:
    """Return the Zuschnitte to go over from one to another: the first of `_ways` whose every step can be estimated.

    Where none can, it is the first, so that its lack is noted.
    """
    ways = _ways(con, von, nach)
    for way in ways:
        if all(
            (one, two, level) in found or not _impossible(con, min(one, two), max(one, two), level)
            for one, two in pairwise(way)
        ):
            return way
    return ways[0]


def _ways(con: duckdb.DuckDBPyConnection, von: str, nach: str) -> list[list[str]]:
    """Return ways from one Zuschnitt to another, the surest first.

    Steps between Zuschnitte that were counted are fitted to counts of both ends, and each is a smaller redraw than all
    together. A Zuschnitt in between on which nothing was counted only adds steps by area: it is gone over where there
    is no other way.
    """
    rows: list[tuple[str, str, bool]] = con.execute(
        """
        SELECT zuschnitt, basis, zuschnitt IN (SELECT stichtag_zuschnitt.zuschnitt FROM stichtag_zuschnitt
            SEMI JOIN merkmal_raum ON stichtag_zuschnitt.zuschnitt = merkmal_raum.zuschnitt
                AND stichtag_zuschnitt.stichtag = merkmal_raum.stichtag AND merkmal_raum.merkmal = 'einwohner')
        FROM katalog.zuschnitt ORDER BY gueltig_ab
        """
    ).fetchall()
    first, last = sorted([name for name, *_ in rows].index(one) for one in (von, nach))
    between = rows[first : last + 1] if rows[first][0] == von else rows[first : last + 1][::-1]
    of_base: dict[str, tuple[str, bool]] = {}
    for name, base, counted in between:
        if base not in of_base or (counted and not of_base[base][1]):
            of_base[base] = name, counted
    middle = [one for base, one in of_base.items() if base not in (between[0][1], between[-1][1])]
    ways = [[name for name, counted in middle if counted], [], [name for name, _ in middle]]
    return [[von, *each, nach] for each in ways]


def _find(
    con: duckdb.DuckDBPyConnection, found: dict[tuple[str, str, str], Estimated], von: str, nach: str, level: str
) -> bool:
    """Estimate both directions between two Zuschnitte, and note how it went."""
    from flows.space.estimate import RESIDENTS, estimate_keys  # noqa: PLC0415

    why = _impossible(con, von, nach, level)
    if why:
        insert(
            con, "schaetzung",
            [{"von_zuschnitt": von, "nach_zuschnitt": nach, "raumebene": level, "gelungen": False, "grund": why}],
        )  # fmt: skip
        return False
    pieces, there, back = estimate_keys(con, von, nach, level, lambda links: _control(con, von, nach, links))
    found[von, nach, level], found[nach, von, level] = there, back
    _note(con, pieces, there, von, nach, level)
    _note(con, pieces, back, nach, von, level)
    people_along = there.flow(RESIDENTS, there.keys[RESIDENTS]).tolist()
    insert(
        con, "geometrie_uebergang",
        [{"von_zuschnitt": von, "nach_zuschnitt": nach, "raumebene": level, "von_id": old, "nach_id": new,
          "flaeche_km2": round(area / 1e6, 6), "einwohner": round(people, 6)}
         for (old, new), area, people in zip(
             pieces.links.pairs(), pieces.area.tolist(), people_along, strict=True)],
    )  # fmt: skip
    return True


def _impossible(con: duckdb.DuckDBPyConnection, von: str, nach: str, level: str) -> str:
    """Return why no key can be found between two Zuschnitte, or nothing."""
    set_variables(con, von_zuschnitt=von, nach_zuschnitt=nach, raumebene=level)
    (without, counted) = con.execute(
        """
        SELECT
            (SELECT list(zuschnitt ORDER BY zuschnitt) FROM (
                SELECT unnest([getvariable('von_zuschnitt'), getvariable('nach_zuschnitt')]) AS zuschnitt)
             WHERE zuschnitt NOT IN (SELECT raum.zuschnitt FROM raum
                                     WHERE raum.raumebene = getvariable('raumebene') AND geometrie IS NOT NULL)),
            (SELECT count(*) FROM merkmal_raum WHERE merkmal = 'einwohner' AND raumebene = getvariable('raumebene')
                AND zuschnitt IN (getvariable('von_zuschnitt'), getvariable('nach_zuschnitt')))
        """
    ).fetchone() or ([], 0)
    if without:
        return f"no polygons of Zuschnitt {' and '.join(without)}"
    return "" if counted else "residents were counted on neither Zuschnitt"


def _control(con: duckdb.DuckDBPyConnection, von: str, nach: str, links: Links) -> Sequence[ControlWeights]:
    """Return what base units finer than the Raumebene know of where dwellings and residents are."""
    from flows.space.dasymetric import weights_of_table  # noqa: PLC0415
    from flows.space.umsteigeschluessel import Method  # noqa: PLC0415

    known = []
    for merkmal, method in (("wohnungen", Method.BUILDING_WEIGHTED), ("einwohner", Method.POPULATION_WEIGHTED)):
        set_variables(con, von_zuschnitt=von, nach_zuschnitt=nach, merkmal=merkmal)
        con.execute(f"CREATE OR REPLACE TEMP TABLE kontrollpunkt AS {sql('space/kontrollpunkt')}")
        if con.execute("SELECT 1 FROM kontrollpunkt LIMIT 1").fetchone():
            known.append(weights_of_table(con, links, method))
    return known


def _note(
    con: duckdb.DuckDBPyConnection, pieces: Intersection, made: Estimated, von: str, nach: str, level: str
) -> None:
    """Note how a key was found, and which counts it could not meet."""
    pair: dict[str, Value] = {"von_zuschnitt": von, "nach_zuschnitt": nach, "raumebene": level}
    insert(
        con, "schaetzung",
        [pair | {
            "gelungen": True, "stuecke": len(pieces.links), "splitter": len(pieces.slivers),
            "splitter_km2": round(sum(one.area for one in pieces.slivers) / 1e6, 6),
            "stichtag": made.stichtag.isoformat() if made.stichtag else None,
            "nah_am": made.near.isoformat() if made.near else None,
        }],
    )  # fmt: skip
    insert(
        con, "schaetzung_befund",
        [pair | {"merkmal": merkmal, "einheit": one.unit, "befund": one.trouble.value,
                 "personen": round(one.residents, 6)}
         for merkmal, findings in made.findings.items() for one in findings]
        + [pair | {"einheit": gap.unit, "befund": "lies partly outside every unit of the other Zuschnitt",
                   "flaeche_km2": round(gap.outside / 1e6, 6)}
           for gap in pieces.gaps if gap.is_old == (von < nach)],
    )  # fmt: skip


KEYS = PythonStep(
    makes={
        "schluessel_geschaetzt": "One row per part of a unit of one Zuschnitt in one of another: its estimated share.",
        "schluessel_streifen": "One row per strip of a unit of one Zuschnitt that lies in one of another, between two "
        "lines that count as the same: its area.",
        "schaetzung": "One row per pair of Zuschnitte and Raumebene: whether a key was found, and from what.",
        "schaetzung_befund": "One row per unit whose counts or area a key could not meet.",
        "schaetzung_ebene": "One row per Raumebene that is the sum of a finer one with a key of its own.",
        "geometrie_uebergang": "One row per pair of units that share more than a sliver, with area and residents.",
    },
    reads=frozenset(
        {
            "zu_schaetzen",
            "umbruch",
            "raum",
            "merkmal_raum",
            "stichtag_zuschnitt",
            "katalog.raumebene",
            "katalog.zuschnitt",
        }
    ),
    run=write_keys_of_redraws,
)
