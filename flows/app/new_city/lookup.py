"""A table that says in which unit each base unit lies, and perhaps what that is called: it has no figures.

Where a folder has one, its coarser units are what a release is about; else the units of the figures are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flows.app.new_city.tables import Table
from flows.app.new_city.units import bare, identifier

_CODE = re.compile(r"[\w.-]*\d[\w.-]*")


@dataclass(frozen=True)
class Division:
    """A Raumebene of a lookup: the column with the unit of each base unit, and perhaps one with its name."""

    id: str
    column: str
    name_column: str | None
    units: list[str]
    whole: bool
    """Whether each unit of the finest Raumebene lies in one of its units."""


@dataclass(frozen=True)
class Lookup:
    """The table, its column with the base units, and its Raumebenen from the finest on, of which the first is that."""

    table: Table
    unit: str
    divisions: list[Division]


def lookup_in(tables: Iterable[Table], units: Sequence[str]) -> Lookup | None:
    """Return the first table that assigns every one of the base units to a coarser unit with an id; None without."""
    wanted = bare(units)
    for table in tables:
        columns = {column: table.cells(column) for column in table.columns}
        for unit, cells in columns.items():
            if len(set(cells)) == len(cells) and wanted <= bare(cells):
                divisions = list(_divisions({name: each for name, each in columns.items() if name != unit}))
                if divisions:
                    return Lookup(table, unit, divisions)
    return None


def _divisions(columns: dict[str, list[str]]) -> Iterator[Division]:
    """Yield the columns with ids of coarser units, the most units first, each with the one that says them in words."""
    fitting = {
        name: cells for name, cells in columns.items() if 1 < len(set(cells)) < len(cells) and "" not in cells
    }  # fmt: skip
    finest, taken, ids = list[str](), set[str](), set[str]()
    for name in sorted(fitting, key=lambda each: -len(set(fitting[each]))):
        cells = fitting[name]
        if name in taken or not all(map(_CODE.fullmatch, cells)):
            continue
        alike = [each for each in fitting if each != name and _decides(cells, fitting[each]) and
                 _decides(fitting[each], cells)]  # fmt: skip
        words = next((each for each in alike if not all(map(_CODE.fullmatch, fitting[each]))), None)
        level = _free(identifier(name), ids) if finest else "sozialraum"
        finest = finest or cells
        yield Division(level, name, words, sorted(set(cells)), whole=_decides(finest, cells))
        taken |= {name, *alike}
        ids.add(level)


def _decides(one: Sequence[str], other: Sequence[str]) -> bool:
    return len(set(zip(one, other, strict=True))) == len(set(one))


def _free(name: str, taken: set[str]) -> str:
    return f"ebene_{len(taken) + 1}" if name in ("stadt", "ebene", *taken) else name
