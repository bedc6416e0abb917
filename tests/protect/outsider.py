"""An attacker who has releases and the codebook, and nothing of the program: bounds for suppressed counts.

It shares no code with flows/protect. Unknown is how many people of each atom (an age band between all limits of age
that are counted, or a Merkmal of its own) live in each piece between the lines of the Zuschnitte. What all releases
together publish are equations; each suppressed count gets the interval that linear programming finds over all that
hangs together with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, floor
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

OLD_AGE = 200
CLOSE = 1e-6
MOST = 1e6
"""No count of a city is larger."""


class Count(NamedTuple):
    """What a figure counts: Merkmale added up in a unit at a Stichtag."""

    day: str
    zuschnitt: str
    level: str
    unit: str
    merkmale: tuple[str, ...]


class Claim(NamedTuple):
    """What the attacker says of a count."""

    count: Count
    low: int
    high: int


@dataclass
class Outsider:
    """What all releases say, taken together."""

    told: dict[Count, float] = field(default_factory=dict)
    suppressed: set[Count] = field(default_factory=set)
    not_zero: set[Count] = field(default_factory=set)
    pieces: dict[tuple[str, str, str], frozenset[int]] = field(default_factory=dict)
    """Zuschnitt, Raumebene and unit -> its pieces."""
    contradictory: set[str] = field(default_factory=set)
    """Stichtage of which releases tell different things."""

    def read(self, folder: Path) -> None:
        """Take in a release: its database, or the folder of its tables."""
        with duckdb.connect() as con:
            if folder.is_file():
                con.execute(f"ATTACH '{folder}' AS release (READ_ONLY); USE release")
            else:
                for file in folder.glob("*.parquet"):
                    con.execute(f"CREATE VIEW {file.stem.removeprefix('katalog_')} AS FROM '{file}'")
                if (folder / "wert_zuschnitt.parquet").is_file():
                    con.execute("CREATE VIEW wert_alle AS FROM wert UNION ALL FROM wert_zuschnitt")
            self._take_figures(con)
            self._take_pieces(con)

    def _take_figures(self, con: duckdb.DuckDBPyConnection) -> None:
        sides: dict[tuple[str, str], tuple[str, ...]] = {}
        for indikator, role, merkmale in con.execute(
            "SELECT indikator_id, rolle, list(merkmal ORDER BY merkmal) FROM indikator_teil INNER JOIN merkmal "
            "USING (merkmal) GROUP BY ALL HAVING bool_and(geschuetzt)"
        ).fetchall():
            sides[indikator, role] = tuple(merkmale)
        kinds = dict(con.execute("SELECT indikator_id, (typ, abstand_jahre) FROM indikator").fetchall())
        rules = con.execute("FROM indikator INNER JOIN schutzklasse USING (schutzklasse)").fetchdf().to_dict("records")  # type: ignore[operator]
        grouped = {rule["indikator_id"]: bool(rule.get("mindest_gruppe")) for rule in rules}
        split = con.execute("SELECT 1 FROM duckdb_views() WHERE view_name = 'wert_alle'").fetchone()
        every = "wert_alle" if split else "wert"  # releases of schema 1 have them all in one table
        con.execute(  # where some are estimated, base units are missing, and a unit need not be the sum of its pieces
            f"CREATE TEMP TABLE whole AS SELECT stichtag, zuschnitt FROM {every} GROUP BY ALL "
            "HAVING bool_and(methode IN ('exact', 'unchanged', 'amtlich'))"
        )
        for day, zuschnitt, level, unit, indikator, above, below, status in con.execute(
            "SELECT stichtag::VARCHAR, zuschnitt, raumebene, raum_id, indikator_id, zaehler, nenner, status "
            f"FROM {every} SEMI JOIN whole USING (stichtag, zuschnitt) WHERE methode IN ('exact', 'unchanged')"
        ).fetchall():
            kind, years = kinds[indikator]
            top, under = sides.get((indikator, "zaehler")), sides.get((indikator, "nenner"))
            said: list[tuple[str, tuple[str, ...] | None, float | None]] = [(day, top, above), (day, under, below)]
            if kind == "veraenderung":
                earlier = f"{int(day[:4]) - years:04d}{day[4:]}"
                said = [(day, top, None if above is None else above + below), (earlier, top, below)]
            for when, merkmale, value in said:
                if merkmale is None:
                    continue
                count = Count(when, zuschnitt, level, unit, merkmale)
                if status == "geschuetzt":
                    self.suppressed.add(count)
                    if kind == "anzahl" and not grouped[indikator]:
                        self.not_zero.add(count)
                elif value is not None and self.told.setdefault(count, value) != value:
                    self.contradictory.add(when)

        there = con.execute("SELECT 1 FROM duckdb_columns() WHERE table_name = 'merkmal_entzogen'").fetchone()
        for day, *unit, merkmale in con.execute(
            "SELECT stichtag::VARCHAR, zuschnitt, raumebene, raum_id, merkmale FROM merkmal_entzogen"
        ).fetchall() if there else ():  # fmt: skip
            self.not_zero.discard(Count(day, *unit, tuple(sorted(merkmale.split("+")))))

    def _take_pieces(self, con: duckdb.DuckDBPyConnection) -> None:
        levels = [level for (level,) in con.execute("SELECT raumebene FROM raumebene ORDER BY rang").fetchall()]
        finest = levels[0]
        drawn = con.execute(f"SELECT DISTINCT zuschnitt FROM {finest} ORDER BY 1").fetchall()
        units = con.execute(f"FROM {finest} ORDER BY ALL").fetchdf().to_dict("records")  # type: ignore[operator]
        of = {(unit["zuschnitt"], unit[f"{finest}_id"]): unit for unit in units}
        pairs = con.execute(
            f"SELECT DISTINCT von_zuschnitt, von_id, nach_zuschnitt, nach_id FROM raum_ereignis "
            f"WHERE raumebene = '{finest}' AND von_id IS NOT NULL AND nach_id IS NOT NULL ORDER BY ALL"
        ).fetchall()
        self.pieces = {}
        for number, piece in enumerate(_pieces([name for (name,) in drawn], sorted(of), pairs)):
            for zuschnitt, unit in piece:
                row = of[zuschnitt, unit]
                for level in levels:
                    name = unit if level == finest else row.get(f"{level}_id", "*")
                    key = (zuschnitt, level, str(name))
                    self.pieces[key] = self.pieces.get(key, frozenset()) | {number}
        [[city]] = con.execute(f"SELECT DISTINCT raum_id FROM wert WHERE raumebene = '{levels[-1]}'").fetchall()
        for key in [each for each in self.pieces if each[2] == "*"]:
            self.pieces[key[0], key[1], city] = self.pieces.pop(key)


Unit = tuple[str, str]
"""Zuschnitt and id."""


def _pieces(
    drawn: Sequence[str], units: Sequence[Unit], pairs: Sequence[tuple[str, str, str, str]]
) -> list[tuple[Unit, ...]]:  # fmt: skip
    """Return the pieces between the lines of all Zuschnitte, each as the units that it lies in, one per Zuschnitt."""
    targets: dict[tuple[Unit, str], list[Unit]] = {}
    for old, one, new, other in pairs:
        targets.setdefault(((old, one), new), []).append((new, other))
    pieces: list[tuple[Unit, ...]] = []
    for zuschnitt in drawn:
        grown = [(*piece, unit) for piece in pieces for unit in targets.get((piece[-1], zuschnitt), [])]
        ended = [piece for piece in pieces if not targets.get((piece[-1], zuschnitt))]
        reached = {piece[-1] for piece in grown}
        new = [(unit,) for unit in units if unit[0] == zuschnitt and unit not in reached]
        pieces = [*ended, *grown, *new]
    return pieces


def _band(merkmal: str) -> tuple[int, int] | None:
    """Return the ages of a Merkmal that counts residents by age alone."""
    if merkmal == "einwohner":
        return (0, OLD_AGE)
    if found := re.fullmatch(r"einwohner_(\d+)_(\d+)", merkmal):
        return (int(found[1]), int(found[2]) + 1)
    found = re.fullmatch(r"einwohner_(\d+)_plus", merkmal)
    return (int(found[1]), OLD_AGE) if found else None


class Day:
    """The equations of one Stichtag."""

    def __init__(self, outsider: Outsider, day: str, parts: Iterable[tuple[str, str]]) -> None:
        """Take what is said of a day; `parts` are pairs of a Merkmal and one that is never smaller."""
        counts = [each for each in (*outsider.told, *outsider.suppressed) if each.day == day]
        names = sorted({merkmal for each in counts for merkmal in each.merkmale})
        edges = sorted({edge for name in names if (band := _band(name)) for edge in band})
        self.atoms: dict[str, tuple[Any, ...]] = {
            name: tuple(span for span in pairwise(edges) if band[0] <= span[0] and span[1] <= band[1])
            if (band := _band(name)) else (name,)
            for name in names
        }  # fmt: skip
        self.outsider = outsider
        self.number: dict[tuple[Any, int], int] = {}
        rows: list[dict[int, float]] = []
        low: list[float] = []
        high: list[float] = []
        for count in counts:
            row = self.row(count)
            if count in outsider.told:
                rows.append(row)
                low.append(outsider.told[count])
                high.append(outsider.told[count])
            elif count in outsider.not_zero:
                rows.append(row)
                low.append(1)
                high.append(np.inf)
        everywhere = sorted({piece for pieces in outsider.pieces.values() for piece in pieces})
        for part, whole in parts:
            if part in self.atoms and whole in self.atoms:
                for piece in everywhere:
                    row = {}
                    for merkmal, sign in ((whole, 1.0), (part, -1.0)):
                        for atom in self.atoms[merkmal]:
                            at = self._at(atom, piece)
                            row[at] = row.get(at, 0) + sign
                    if row := {at: factor for at, factor in row.items() if factor}:
                        rows.append(row)
                        low.append(0)
                        high.append(np.inf)
        self.low, self.high = np.array(low), np.array(high)
        size = len(self.number)
        self.matrix = csr_array(
            ([v for row in rows for v in row.values()],
             ([n for n, row in enumerate(rows) for _ in row], [at for row in rows for at in row])),
            shape=(len(rows), size),
        )  # fmt: skip
        self._split()

    def _at(self, atom: Any, piece: int) -> int:
        return self.number.setdefault((atom, piece), len(self.number))

    def row(self, count: Count) -> dict[int, float]:
        """Return a count as a sum of unknowns."""
        pieces = self.outsider.pieces[count.zuschnitt, count.level, count.unit]
        row: dict[int, float] = {}
        for merkmal in count.merkmale:
            for atom in self.atoms[merkmal]:
                for piece in pieces:
                    at = self._at(atom, piece)
                    row[at] = row.get(at, 0) + 1
        return row

    def _split(self) -> None:
        """Take away the unknowns that a 0 tells, and find what hangs together after that."""
        nobody = (self.high == 0) & (self.low == 0)
        positive = np.array([row.data.min() > 0 if row.nnz else True for row in self.matrix])
        zero = np.zeros(len(self.number), dtype=bool)
        for at in np.flatnonzero(nobody & positive):
            zero[self.matrix.indices[self.matrix.indptr[at] : self.matrix.indptr[at + 1]]] = True
        self.live = ~zero
        keep = csr_array(self.matrix[:, np.flatnonzero(self.live)])
        count, size = keep.shape
        there, at = keep.nonzero()
        graph = csr_array((np.ones(len(there)), (there, at + count)), shape=(count + size, count + size))
        _, label = connected_components(graph, directed=False)
        self.of_row, self.of_column = label[:count], label[count:]
        self.kept, self.column = keep, np.cumsum(self.live) - 1

    def claim(self, count: Count) -> Claim | None:
        """Return the interval of a count; None where nobody can say, since figures contradict each other."""
        row = {self.column[at]: factor for at, factor in self.row(count).items() if self.live[at]}
        if not row:
            return Claim(count, 0, 0)
        parts = {self.of_column[at] for at in row}
        rows, columns = (
            np.flatnonzero(np.isin(self.of_row, [*parts])),
            np.flatnonzero(np.isin(self.of_column, [*parts])),
        )
        place = {column: at for at, column in enumerate(columns)}
        some, low, high = self.kept[rows][:, columns], self.low[rows], self.high[rows]
        equal, above = low == high, low != high
        goal = np.zeros(len(columns))
        for at, factor in row.items():
            goal[place[at]] = factor
        ends = []
        for sign in (1, -1):
            solved = linprog(
                sign * goal, A_ub=-some[above] if above.any() else None, b_ub=-low[above] if above.any() else None,
                A_eq=some[equal] if equal.any() else None, b_eq=low[equal] if equal.any() else None, bounds=(0, MOST),
                method="highs",
            )  # fmt: skip
            if not solved.success:
                return None
            ends.append(sign * solved.fun)
        return Claim(count, max(ceil(ends[0] - CLOSE), int(count in self.outsider.not_zero)), floor(ends[1] + CLOSE))


def suppressed_in(releases: Sequence[Path]) -> set[Count]:
    """Return the counts that a release suppresses and none tells."""
    outsider = Outsider()
    for release in releases:
        outsider.read(release)
    return outsider.suppressed - outsider.told.keys()


def attacked(releases: Sequence[Path], parts: Sequence[tuple[str, str]], wanted: Iterable[Count]) -> list[Claim]:
    """Return what an attacker claims of `wanted` counts, from all releases together.

    Where a delivery has gaps, parts may exceed what they are parts of; then the attacker does without that.
    """
    outsider = Outsider()
    for release in releases:
        outsider.read(release)
    days: dict[tuple[str, bool], Day] = {}
    found = []
    for count in sorted(wanted):
        if count.day in outsider.contradictory or count in outsider.told:
            continue
        for known in (True, False):
            if (count.day, known) not in days:
                days[count.day, known] = Day(outsider, count.day, parts if known else [])
            if claim := days[count.day, known].claim(count):
                found.append(claim)
                break
    return found
