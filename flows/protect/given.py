"""What has been decided of cells before the elimination looks at them: by earlier releases, an audit, or a rule."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

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
    groups: tuple[tuple[int, int], ...] = ()
    """Cells above the line of a share of 0 or 100 % of too few people, with the side below the line."""


def given_before(con: duckdb.DuckDBPyConnection, town: Town) -> Given:
    """Return what the tables of sql/protect and earlier audits say of the cells of a town."""
    cells = _Cells(town)
    silent = {cell for table in ("angabe_nachgebessert", "angabe_differenz", "angabe_gesperrt", "angabe_beitrag")
              for cell, *_ in cells.named_in(con, table)}  # fmt: skip
    published, quiet, withdrawn = (
        frozenset(cell for cell, *_ in cells.named_in(con, table))
        for table in ("angabe_gleich", "angabe_verschwiegen", "angabe_entzogen")
    )
    side = {name: number for number, name in enumerate(town.sides)}
    groups = tuple((cell, side[below]) for cell, below in cells.named_in(con, "angabe_gruppe", "unten"))
    return Given(
        published - silent - withdrawn - {cell for cell, _ in groups}, frozenset(silent), quiet, withdrawn, groups
    )


class _Cells:
    """The cells of a town by what the tables call them."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._number: dict[tuple[int, int, int], int] = {}

    def named_in(self, con: duckdb.DuckDBPyConnection, table: str, more: str = "NULL") -> list[tuple[int, str]]:
        """Return the cells that rows of `table` name, each with the value of the column `more`."""
        columns = f"stichtag::VARCHAR, zuschnitt, raumebene, raum_id, seite, {more}"
        rows = con.execute(f"SELECT {columns} FROM {table} ORDER BY ALL").fetchall()  # noqa: S608 -- fixed names
        if not rows:
            return []
        town = self.town
        if not self._number:
            at = zip(town.cells.day.tolist(), town.cells.unit.tolist(), town.cells.side.tolist(), strict=True)
            self._number = {key: cell for cell, key in enumerate(at)}
        days, sides = ({name: at for at, name in enumerate(names)} for names in (town.days, town.sides))
        units = {unit[:3]: at for at, unit in enumerate(town.units)}
        found = [
            (self._number.get((days.get(day, -1), units.get((*unit,), -1), sides.get(side, -1))), value)
            for day, *unit, side, value in rows
        ]
        return [(cell, value) for cell, value in found if cell is not None]
