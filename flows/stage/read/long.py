"""Files with one value a row (GENESIS ffcsv and the like): which rows are wanted, and which column each would be.

A row keeps its line number and is judged by itself, as a wide table's cell is; nothing is pivoted in Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from flows.base.errors import ContractBroken
from flows.profile.dialect import CUBES, Long
from flows.stage.read.cube import other_names

LONG_COLUMNS = ("spalte_lang", "zelltext", "einheit_text", "teil")
"""What SQL reads of a long file beside unit and Stichtag: the wide column's name, the value, its unit, and which part
of a sum it is (the texts of the columns of `over`)."""
TOTAL_ROWS = "total rows"
"""The rule under which rows are counted that are sums over a column of `over` (`long.totals`)."""
BETWEEN_PARTS = "\x1f"

_FFCSV = re.compile(
    r"statistics_(code|label)|time(_code|_label)?|\d+_variable_(attribute_)?(code|label)"
    r"|value(_unit|_variable_code|_variable_label|_q)?"
)


def known_by_format(form: str, columns: Sequence[str], needed: Collection[str]) -> list[str]:
    """Return the columns of a file that its format explains, whether the contract names them or not.

    They are those of a flat file, and of a cube the code or the text beside each `needed` column.
    """
    if form in CUBES:
        return other_names(columns, needed)
    return [column for column in columns if _FFCSV.fullmatch(column)] if form == "ffcsv" else []


def long_cell(long: Long, columns: Sequence[str]) -> Callable[[Sequence[str]], list[str] | None]:
    """Return a function from a row's cells to (column, value, unit), or None where the row is not wanted."""
    places = {column: place for place, column in enumerate(columns)}
    wanted = [
        (name, [(places[column], _texts(texts)) for column, texts in asked.items() if column in places])
        for name, asked in long.columns.items()
    ]
    value, unit = places.get(long.value), places.get(long.unit) if long.unit else None

    def cell(cells: Sequence[str]) -> list[str] | None:
        for name, asked in wanted:
            if all(cells[place] in texts for place, texts in asked):
                return [name, cells[value] if value is not None else "", cells[unit] if unit is not None else ""]
        return None

    return cell


class Parts:
    """Says which part of a sum each wanted row of the file `name` is (`long.over`), or that it is a total already."""

    def __init__(self, name: str, long: Long, columns: Sequence[str]) -> None:
        self._name = name
        self._columns = [
            (column, columns.index(column), set(texts), set(long.totals.get(column, ())))
            for column, texts in long.parts.items() if column in columns
        ]  # fmt: skip
        self._lacking = {column: set(texts) for column, _, texts, _ in self._columns}

    def of(self, line: int, cells: Sequence[str]) -> str | None:
        """Return the texts that make the row a part, or None where it is a total.

        Raises:
            ContractBroken: a text is neither a part nor a total; names line, column and text.
        """
        total = False
        for column, place, texts, totals in self._columns:
            if cells[place] in texts:
                self._lacking[column].discard(cells[place])
            elif cells[place] in totals:
                total = True
            else:
                raise ContractBroken(
                    f"File {self._name}, line {line}: expected in column {column} a text of `long.over` or "
                    f"`long.totals` of sources.toml, found {cells[place]!r}. Add it to `over` if its rows are parts "
                    "to be added, to `totals` if they are sums already, or pick rows by `long.columns`.",
                    code="FS-CONTRACT-07",
                ).at(f"File {self._name}, line {line}")
        return None if total else BETWEEN_PARTS.join(cells[place] for _, place, _, _ in self._columns)

    def refuse_absent(self) -> None:
        """Stop when no row has a text of `over`: it is written in another way, or the file lacks a part of every sum.

        Raises:
            ContractBroken: names column and texts.
        """
        for column, texts in self._lacking.items():
            if texts:
                raise ContractBroken(
                    f"File {self._name}: expected rows with each text of `long.over` in column {column}, found none "
                    f"with {', '.join(map(repr, sorted(texts)))}. Correct `over` in sources.toml, or ask the supplier.",
                    code="FS-CONTRACT-07",
                ).at(f"File {self._name}")


def texts_asked_for(long: Long | None, only: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """Return for each column by which rows are picked (`only`, `long.columns`) the texts that a wanted row may have."""
    asked = {column: set(texts) for column, texts in only.items()}
    for texts in long.columns.values() if long else ():
        for column, wanted in texts.items():
            asked.setdefault(column, set()).update(_texts(wanted))
    return asked


def refuse_absent_columns(name: str, long: Long, found: Mapping[str, int]) -> None:
    """Stop when a column of the contract has no row in the file: its codes have changed, or the file is another.

    Raises:
        ContractBroken: names the column and the texts that its rows should have.
    """
    for column, asked in long.columns.items():
        if column not in found:
            texts = ", ".join(f"{key} = {' or '.join(map(repr, _texts(value)))}" for key, value in asked.items())
            raise ContractBroken(
                f"File {name}: expected rows with {texts} (they are the column {column!r}), found none. Have the codes "
                "changed? Correct `long.columns` in sources.toml, or ask the supplier.",
                code="FS-CONTRACT-07",
            ).at(f"File {name}")


def _texts(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
