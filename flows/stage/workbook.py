"""Reads a sheet of a workbook with calamine, in a process of its own (flows.stage.apart).

    python -m flows.stage.workbook PATH DECIMAL [SHEET]

prints the cells as text, numbers with the decimal sign, or the names of the sheets where there is none of that name.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows.stage.apart import answer


def told(arguments: Sequence[str]) -> dict[str, Any]:
    """Return the texts of one sheet, or the names of all; the first sheet where none is asked for."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 -- only the process of its own needs it

    path, decimal, *wanted = arguments
    with Path(path).open("rb") as file:
        book = CalamineWorkbook.from_filelike(file)
        if not book.sheet_names or (wanted and wanted[0] not in book.sheet_names):
            return {"sheets": book.sheet_names}
        sheet = book.get_sheet_by_name(wanted[0] if wanted else book.sheet_names[0])
        return {"texts": [[_text(cell, decimal) for cell in row] for row in sheet.to_python(skip_empty_area=False)]}


def _text(cell: object, decimal: str) -> str:
    if isinstance(cell, bool) or not isinstance(cell, (int, float)) or not math.isfinite(cell):
        return str(cell)
    return (str(int(cell)) if cell == int(cell) else repr(cell)).replace(".", decimal)


def main() -> None:
    """Answer the process that asked."""
    from python_calamine import CalamineError  # noqa: PLC0415 -- see told

    answer(told, CalamineError, OSError, ValueError)


if __name__ == "__main__":
    main()
