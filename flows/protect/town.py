"""The counts of a city as the elimination works on them, read from the working database once.

A *piece* is a combination of base units (sql/transform/kombination.sql): the city cut along every boundary that ever
was. A *cell* is one count of a unit at a Stichtag that some row of `wert` would tell (sql/protect/angabe.sql).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

from flows.protect.classes import Classes, classes_of
from flows.protect.count_key import CountKey

Numbers = NDArray[np.int64]
MILLION = 1_000_000
"""Weights of pieces are whole numbers: millionths, as the shares of keys are rounded."""


class Unit(NamedTuple):
    """A unit of a Raumebene in a Zuschnitt; the finest Raumebene has rank 1."""

    zuschnitt: str
    level: str
    id: str
    rank: int


@dataclass(frozen=True)
class Cells:
    """Columns of the table of cells, one entry per cell."""

    day: Numbers
    unit: Numbers
    side: Numbers
    value: NDArray[np.float64]
    at_least: Numbers
    """The smallest count that may be published."""


@dataclass(frozen=True)
class Town:
    """Everything that is counted, by numbers of days, units, sides and pieces."""

    days: tuple[str, ...]
    own: tuple[str, ...]
    """The Zuschnitt of each day."""
    units: tuple[Unit, ...]
    sides: tuple[str, ...]
    classes: Classes
    merkmale: tuple[str, ...]
    counted: NDArray[np.float64]
    """Counts by day, Merkmal and piece."""
    cells: Cells
    shares: tuple[tuple[int, int, int], ...]
    """Side above, side below, and the smallest rest between them that may be known."""
    groups: tuple[tuple[int, int, int], ...]
    """Side above, side below, and the smallest group of whom a share of 0 or 100 % may be known."""
    added: Mapping[int, Numbers]
    """Unit -> the pieces that make it, where counts are added."""
    moved: Mapping[tuple[int, int], Numbers]
    """Day and unit -> the pieces that make it, where whole units are brought onto another Zuschnitt."""
    split: Mapping[tuple[int, int, str], tuple[Numbers, Numbers]]
    """Day, unit and Merkmal -> pieces and their weights, where the unit gets parts of others."""

    def pieces(self, day: int, unit: int) -> Numbers:
        """Return the pieces that make a unit which is not `split`."""
        return self.moved.get((day, unit), self.added.get(unit, np.empty(0, dtype=np.int64)))

    def key(self, cell: int) -> CountKey:
        """Return what names the count `cell` in the tables of the database."""
        of, unit = self.cells, self.units[self.cells.unit[cell]]
        return CountKey(unit.zuschnitt, unit.level, unit.id, self.days[of.day[cell]], self.sides[of.side[cell]])


def read_town(con: duckdb.DuckDBPyConnection) -> Town:
    """Read the tables that station protect has made so far."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE einheit_nummer AS SELECT zuschnitt, raumebene, raum_id, "
        "row_number() OVER (ORDER BY zuschnitt, raumebene, raum_id) - 1 AS nummer "
        "FROM (SELECT DISTINCT zuschnitt, raumebene, raum_id FROM angabe)"
    )
    for name, table, column in (
        ("tag", "angabe", "stichtag"), ("seite", "angabe", "seite"),
        ("stueck", "kombination_raum", "kombination"), ("merkmal", "merkmal_schwelle", "merkmal"),
    ):  # fmt: skip
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {name}_nummer AS SELECT {column}, "  # noqa: S608 -- fixed names
            f"row_number() OVER (ORDER BY {column}) - 1 AS nummer FROM (SELECT DISTINCT {column} FROM {table})"
        )
    own = con.execute(
        "SELECT tag_nummer.stichtag::VARCHAR, coalesce(stichtag.zuschnitt, '') FROM tag_nummer "
        "LEFT JOIN stichtag USING (stichtag) ORDER BY nummer"
    ).fetchall()
    units = con.execute(
        "SELECT zuschnitt, raumebene, raum_id, rang FROM einheit_nummer "
        "INNER JOIN katalog.raumebene USING (raumebene) ORDER BY nummer"
    ).fetchall()
    sides = tuple(side for (side,) in con.execute("SELECT seite FROM seite_nummer ORDER BY nummer").fetchall())
    merkmale = tuple(one for (one,) in con.execute("SELECT merkmal FROM merkmal_nummer ORDER BY nummer").fetchall())
    added = _added(con)
    moved, split = _estimated(con, added)
    cells = _cells(con)
    counted = _with_own_pieces(_counted(con, len(own), len(merkmale)), cells, sides, merkmale, added,
                               {unit for _, unit in moved} | {unit for _, unit, _ in split})  # fmt: skip
    return Town(
        tuple(day for day, _ in own), tuple(zuschnitt for _, zuschnitt in own), tuple(Unit(*row) for row in units),
        sides, _classes(con, merkmale), merkmale, counted, cells,
        _shares(con), _groups(con), added, moved, split,
    )  # fmt: skip


def _with_own_pieces(
    counted: NDArray[np.float64], cells: Cells, sides: tuple[str, ...], merkmale: tuple[str, ...],
    added: dict[int, Numbers], elsewhere: set[int],
) -> NDArray[np.float64]:  # fmt: skip
    """Give each unit that no base units make a piece of its own, with its counts; return all counts by piece."""
    alone = sorted(set(np.unique(cells.unit).tolist()) - set(added) - elsewhere)
    first = counted.shape[2]
    added |= {unit: np.array([first + at], dtype=np.int64) for at, unit in enumerate(alone)}
    own = np.zeros((*counted.shape[:2], len(alone)))
    for side, name in enumerate(sides):
        if name in merkmale:
            at = np.flatnonzero((cells.side == side) & np.isin(cells.unit, alone))
            own[cells.day[at], merkmale.index(name), np.searchsorted(alone, cells.unit[at])] = cells.value[at]
    return np.concatenate([counted, own], axis=2)


def _columns(con: duckdb.DuckDBPyConnection, query: str) -> list[NDArray[Any]]:
    return [np.asarray(column) for column in con.execute(query).fetchnumpy().values()]


def _cells(con: duckdb.DuckDBPyConnection) -> Cells:
    day, unit, side, value, at_least = _columns(
        con,
        "SELECT tag_nummer.nummer AS tag, einheit_nummer.nummer AS einheit, seite_nummer.nummer AS seite, "
        "angabe.wert, angabe.mindestens::BIGINT AS mindestens FROM angabe "
        "INNER JOIN tag_nummer USING (stichtag) INNER JOIN seite_nummer USING (seite) "
        "INNER JOIN einheit_nummer USING (zuschnitt, raumebene, raum_id) ORDER BY 1, 2, 3",
    )
    return Cells(day, unit, side, value, at_least)


def _counted(con: duckdb.DuckDBPyConnection, days: int, merkmale: int) -> NDArray[np.float64]:
    (pieces,) = con.execute("SELECT count(*) FROM stueck_nummer").fetchone() or (0,)
    counted = np.zeros((days, merkmale, pieces))
    day, merkmal, piece, value = _columns(
        con,
        "SELECT tag_nummer.nummer AS tag, merkmal_nummer.nummer AS merkmal, stueck_nummer.nummer AS stueck, wert "
        "FROM merkmal_kombination INNER JOIN tag_nummer USING (stichtag) INNER JOIN merkmal_nummer USING (merkmal) "
        "INNER JOIN stueck_nummer USING (kombination)",
    )
    counted[day, merkmal, piece] = value
    return counted


def _classes(con: duckdb.DuckDBPyConnection, merkmale: tuple[str, ...]) -> Classes:
    divisions = con.execute(
        "SELECT any_value(ganzes), list(teil ORDER BY teil) FROM katalog.gliederung GROUP BY gliederung ORDER BY 1, 2"
    ).fetchall()
    signs: dict[str, dict[str, int]] = {}
    for stock, merkmal, sign in con.execute("FROM katalog.bilanz ORDER BY ALL").fetchall():
        signs.setdefault(stock, {})[merkmal] = sign
    return classes_of(merkmale, divisions, signs.items())


def _shares(con: duckdb.DuckDBPyConnection) -> tuple[tuple[int, int, int], ...]:
    """Return the pairs of sides of which one is a part of the other, by some share or by the codebook."""
    rows = con.execute(
        "SELECT DISTINCT oben.nummer, unten.nummer, max(zaehler.mindestens) OVER (PARTITION BY zaehler.seite)::INTEGER "
        "FROM indikator_seite AS zaehler INNER JOIN indikator_seite AS nenner USING (indikator_id) "
        "INNER JOIN seite_nummer AS oben ON oben.seite = zaehler.seite "
        "INNER JOIN seite_nummer AS unten ON unten.seite = nenner.seite "
        "WHERE zaehler.typ = 'anteil' AND zaehler.rolle = 'zaehler' AND nenner.rolle = 'nenner' "
        "UNION SELECT oben.nummer, unten.nummer, merkmal_schwelle.mindestens::INTEGER FROM katalog.teil_ganzes "
        "INNER JOIN seite_nummer AS oben ON oben.seite = teil INNER JOIN seite_nummer AS unten ON unten.seite = ganzes "
        "INNER JOIN merkmal_schwelle ON merkmal_schwelle.merkmal = teil ORDER BY ALL"
    ).fetchall()
    return tuple(rows)


def _groups(con: duckdb.DuckDBPyConnection) -> tuple[tuple[int, int, int], ...]:
    """Return the pairs of sides that a share divides whose class has a smallest group, with it."""
    rows = con.execute(
        "SELECT oben.nummer, unten.nummer, max(zaehler.mindest_gruppe)::INTEGER "
        "FROM indikator_seite AS zaehler INNER JOIN indikator_seite AS nenner USING (indikator_id) "
        "INNER JOIN seite_nummer AS oben ON oben.seite = zaehler.seite "
        "INNER JOIN seite_nummer AS unten ON unten.seite = nenner.seite "
        "WHERE zaehler.typ = 'anteil' AND zaehler.rolle = 'zaehler' AND nenner.rolle = 'nenner' "
        "AND zaehler.mindest_gruppe > 0 GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return tuple(rows)


def _added(con: duckdb.DuckDBPyConnection) -> dict[int, Numbers]:
    unit, piece = _columns(
        con,
        "SELECT einheit_nummer.nummer AS einheit, stueck_nummer.nummer AS stueck FROM kombination_raum "
        "INNER JOIN einheit_nummer USING (zuschnitt, raumebene, raum_id) "
        "INNER JOIN stueck_nummer USING (kombination) ORDER BY 1, 2",
    )
    starts = np.flatnonzero(np.diff(unit, prepend=-1))
    return {int(unit[start]): pieces for start, pieces in zip(starts, np.split(piece, starts[1:]), strict=True)} \
        if len(unit) else {}  # fmt: skip


def _estimated(
    con: duckdb.DuckDBPyConnection, added: Mapping[int, Numbers]
) -> tuple[dict[tuple[int, int], Numbers], dict[tuple[int, int, str], tuple[Numbers, Numbers]]]:
    named = (
        "FROM stueck_geschaetzt INNER JOIN tag_nummer USING (stichtag) "
        "INNER JOIN einheit_nummer AS ziel USING (zuschnitt, raumebene, raum_id) INNER JOIN einheit_nummer AS von "
        "ON von.zuschnitt = von_zuschnitt AND von.raumebene = von_ebene AND von.raum_id = von_id "
    )
    moved: dict[tuple[int, int], list[Numbers]] = {}
    for day, unit, source in con.execute(
        f"SELECT tag_nummer.nummer, ziel.nummer, unnest(list_distinct(list(von.nummer))) {named} "
        "GROUP BY ALL HAVING bool_and(anteil = 1) ORDER BY ALL"
    ).fetchall():
        moved.setdefault((day, unit), []).append(added.get(source, np.empty(0, dtype=np.int64)))
    split: dict[tuple[int, int, str], list[tuple[Numbers, Numbers]]] = {}
    for day, unit, merkmal, source, share in con.execute(
        f"SELECT tag_nummer.nummer, ziel.nummer, merkmal, von.nummer, anteil {named} "
        "QUALIFY bool_or(anteil <> 1) OVER (PARTITION BY stichtag, ziel.nummer) ORDER BY ALL"
    ).fetchall():
        pieces = added.get(source, np.empty(0, dtype=np.int64))
        split.setdefault((day, unit, merkmal), []).append((pieces, np.full(len(pieces), round(share * MILLION))))
    return (
        {key: np.unique(np.concatenate(parts)) for key, parts in moved.items()},
        {key: (np.concatenate([part for part, _ in parts]), np.concatenate([weight for _, weight in parts]))
         for key, parts in split.items()},
    )  # fmt: skip
