"""Reads a sheet of a workbook with calamine, in a process of its own (flows.stage.read.subprocess_reader).

    python -m flows.stage.read.workbook PATH DECIMAL [SHEET]

prints the cells as text, numbers with the decimal sign; or which sheets there are, where there is none of that name, or
more than one (or a hidden one) and none is asked for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile, is_zipfile
from zlib import error

from flows.base.composed import composed
from flows.stage.read.cell_text import number_text
from flows.stage.read.error_cells import Errors, error_cells
from flows.stage.read.subprocess_reader import answer

_BOOK = "xl/workbook.xml"
_LARGEST = 100_000_000
"""Cells; with errors put in, a sheet must not become larger."""


def requested_sheet(arguments: Sequence[str]) -> dict[str, Any]:
    """Return the texts of the sheet asked for, or of the only one; else the names of all, and which are hidden."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415 -- a process's own

    path, decimal, *wanted = arguments
    with Path(path).open("rb") as file:
        book = CalamineWorkbook.from_filelike(file)
        sheets = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
        hidden = [one.name for one in sheets if one.visible != SheetVisibleEnum.Visible]
        names = [one.name for one in sheets if not wanted or composed(one.name) in wanted]
        if len(names) != 1 or (hidden and not wanted):
            return {"sheets": [one.name for one in sheets], "hidden": hidden}
        name = names[0]
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        texts = [[_text(cell, decimal) for cell in row] for row in rows]
    _put_in(texts, error_cells(Path(path), name))
    return {"texts": texts, "since_1904": _since_1904(Path(path))}


def _since_1904(path: Path) -> bool:
    """Say whether an XLSX file counts its days from 1904, as those of old Macintosh programs do."""
    if not is_zipfile(path):
        return False
    with ZipFile(path) as archive:
        if _BOOK not in archive.namelist():
            return False
        return re.search(rb"""\bdate1904\s*=\s*["'](1|true)["']""", archive.read(_BOOK)) is not None


def _put_in(texts: list[list[str]], errors: Errors) -> None:
    """Let errors stand where calamine has nothing, also where it has no row or column any more."""
    height = max([len(texts), *(row + 1 for row, _ in errors)])
    width = max([*map(len, texts), *(column + 1 for _, column in errors)], default=0)
    if errors and height * width > _LARGEST:
        message = "it has an error far away from its table"
        raise ValueError(message)
    if errors:
        texts += [[] for _ in range(height - len(texts))]
        for row in texts:
            row.extend([""] * (width - len(row)))
    for (at, column), wrong in errors.items():
        texts[at][column] = wrong


def _text(cell: object, decimal: str) -> str:
    if isinstance(cell, bool) or not isinstance(cell, (int, float)) or not math.isfinite(cell):
        return str(cell)
    return number_text(repr(cell), decimal)


def main() -> None:
    """Answer the process that asked."""
    from python_calamine import CalamineError  # noqa: PLC0415 -- see requested_sheet

    answer(requested_sheet, CalamineError, OSError, ValueError, BadZipFile, ParseError, error, NotImplementedError)


if __name__ == "__main__":
    main()
