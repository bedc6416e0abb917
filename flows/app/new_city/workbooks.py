"""Looks at a workbook: which of its sheets holds the table, and where in it the table lies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flows.app.new_city.guess import LeftOut
from flows.app.new_city.tables import Row, Table, laid_out
from flows.base.cell_names import cell_name
from flows.stage.read.subprocess_reader import read_in_subprocess

_READER = "flows.stage.read.workbook"


def workbook_table(path: Path) -> Table:
    """Return the table in a workbook: that of the one visible sheet with figures.

    Raises:
        LeftOut: it cannot be read, or no sheet, or several, hold a table.
    """
    answer = _asked(path)
    if "texts" in answer:
        return _table(path, answer["texts"], None)
    visible = [sheet for sheet in answer["sheets"] if sheet not in answer["hidden"]]
    found, reasons = dict[str, Table](), list[str]()
    for sheet in visible:
        try:
            found[sheet] = _table(path, _asked(path, sheet)["texts"], sheet)
        except LeftOut as reason:
            reasons.append(f"sheet {sheet!r}: {reason}")
    if not found:
        raise LeftOut("; ".join(reasons) or "it has no visible sheet")
    sheet, table = max(found.items(), key=lambda each: len(each[1].rows) * len(each[1].columns))
    others = ", ".join(name for name in found if name != sheet)
    table.why["sheet"] = f"the largest table; others are in {others}" if others else "the only one with a table"
    if hidden := answer["hidden"]:
        table.why["sheet"] += f"; hidden sheets ({', '.join(hidden)}) are not looked at"
    if len(found) > 1:
        table.doubts["sheet"] = table.why["sheet"]
    return table


def _asked(path: Path, *sheet: str) -> dict[str, Any]:
    answer = read_in_subprocess(_READER, str(path), ",", *sheet)
    if "problem" in answer:
        raise LeftOut(f"it cannot be read: {answer['problem']}")
    return answer


def _table(path: Path, texts: list[list[str]], sheet: str | None) -> Table:
    cells = [[text.strip() for text in row] for row in texts]
    filled = [place for row in cells for place, text in enumerate(row) if text]
    if not filled:
        raise LeftOut("the sheet is empty")
    left, right = min(filled), max(filled) + 1
    rows: list[Row] = [(number, row[left:right]) for number, row in enumerate(cells, start=1) if any(row)]
    rows = _without_single_cells_above(rows)
    dialect: dict[str, Any] = {"format": path.suffix.lower().removeprefix(".")}
    if sheet:
        dialect["sheet"] = sheet
    table = laid_out(path, rows, dialect, {}, sheet=True)
    if left:
        first = dialect.pop("preamble", 0) + 1
        dialect["area"] = f"{cell_name(left, first)}:{cell_name(right - 1, 1).rstrip('1')}"
        table.why["area"] = "the table does not begin in column A"
    return table


def _without_single_cells_above(rows: list[Row]) -> list[Row]:
    """Give rows with one filled cell the width of one, as lines above and below a table have in a text file."""
    return [(line, [text for text in row if text] if sum(map(bool, row)) == 1 else row) for line, row in rows]
