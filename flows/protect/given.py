"""What has been decided of cells before the elimination looks at them: by earlier releases, an audit, or a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from flows.base.db import literal
from flows.protect.town import Town


@dataclass(frozen=True)
class Given:
    """Cells of which it is decided whether they are published, and what else must not be known."""

    published: frozenset[int] = frozenset()
    """An earlier release has told them."""
    silent: frozenset[int] = frozenset()
    """Nobody may know them, however large they are: an audit, a correction or a rule wants it."""
    quiet: frozenset[int] = frozenset()
    """They have been suppressed so far and stay so, although nobody needs to be kept from knowing them."""
    withdrawn: frozenset[int] = frozenset()
    """Nothing is said of them, not even that they are 0; nobody needs to be kept from knowing them either."""
    repaired: frozenset[int] = frozenset()
    """Of the silent ones, those that only an audit wants."""
    groups: tuple[tuple[int, int], ...] = ()
    """Cells above the line of a share of 0 or 100 % of too few people, with the side below the line."""


def given_before(con: duckdb.DuckDBPyConnection, town: Town, days: Sequence[int]) -> Given:
    """Return what the tables of sql/protect and earlier audits say of the cells of a town at some of its Stichtage."""
    cells = _Cells(town, days)
    repaired = {cell for cell, _ in cells.named_in(con, "angabe_nachgebessert")}
    ruled = {cell for table in ("angabe_differenz", "angabe_gesperrt", "angabe_beitrag")
             for cell, _ in cells.named_in(con, table)}  # fmt: skip
    silent = repaired | ruled
    published, quiet, withdrawn = (
        frozenset(cell for cell, *_ in cells.named_in(con, table))
        for table in ("angabe_gleich", "angabe_verschwiegen", "angabe_entzogen")
    )
    side = {name: number for number, name in enumerate(town.sides)}
    groups = tuple((cell, side[below]) for cell, below in cells.named_in(con, "angabe_gruppe", "unten"))
    return Given(
        published - silent - withdrawn - {cell for cell, _ in groups}, frozenset(silent), quiet, withdrawn,
        frozenset(repaired - ruled), groups,
    )  # fmt: skip


def cells_named_in(con: duckdb.DuckDBPyConnection, town: Town, days: Sequence[int], table: str) -> frozenset[int]:
    """Return the cells of a town at some of its Stichtage that rows of `table` name."""
    return frozenset(cell for cell, _ in _Cells(town, days).named_in(con, table))


class _Cells:
    """The cells of some Stichtage of a town by what the tables call them."""

    def __init__(self, town: Town, days: Sequence[int]) -> None:
        self.town, self.days = town, {town.days[day]: day for day in days}
        self._number: dict[tuple[int, int, int], int] = {}

    def named_in(self, con: duckdb.DuckDBPyConnection, table: str, more: str = "NULL") -> list[tuple[int, str]]:
        """Return the cells that rows of `table` name, each with the value of the column `more`."""
        columns = f"stichtag::VARCHAR, zuschnitt, raumebene, raum_id, seite, {more}"
        asked = f"list_contains({literal(list(self.days))}::VARCHAR[], stichtag::VARCHAR)"
        rows = con.execute(f"SELECT {columns} FROM {table} WHERE {asked} ORDER BY ALL").fetchall()  # noqa: S608 -- fixed
        if not rows:
            return []
        town = self.town
        if not self._number:
            cells = np.flatnonzero(np.isin(town.cells.day, list(self.days.values())))
            at = zip(*(of[cells].tolist() for of in (town.cells.day, town.cells.unit, town.cells.side)), strict=True)
            self._number = dict(zip(at, cells.tolist(), strict=True))
        sides = {name: at for at, name in enumerate(town.sides)}
        units = {unit[:3]: at for at, unit in enumerate(town.units)}
        found = [
            (self._number.get((self.days[day], units.get((*unit,), -1), sides.get(side, -1))), value)
            for day, *unit, side, value in rows
        ]
        return [(cell, value) for cell, value in found if cell is not None]
