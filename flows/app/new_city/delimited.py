"""Looks at a delimited text file: encoding, delimiter and quotes, judged over all of its rows."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Any

from flows.app.new_city.encodings import encoding_of
from flows.app.new_city.figures import is_figure
from flows.app.new_city.guess import LeftOut
from flows.app.new_city.tables import Row, Table, laid_out

LARGEST = 100 << 20
"""Bytes; a larger file is described by hand."""

_DELIMITERS = (";", ",", "\t", "|")


def delimited_table(path: Path) -> Table:
    """Return the table in a text file.

    Raises:
        LeftOut: it is no text, no table, or laid out as no profile can say.
    """
    if path.stat().st_size > LARGEST:
        raise LeftOut(f"it has more than {LARGEST >> 20} MB; describe it by hand (docs/staging.md)")
    content = path.read_bytes()
    encoding = encoding_of(content)
    text = content.decode(encoding.value)
    readings = {
        (delimiter, quote): rows for delimiter in _DELIMITERS for quote in ('"', "")
        if (rows := _rows(text, delimiter, quote))
    }  # fmt: skip
    if not readings:
        raise LeftOut("no table was found in it: no delimiter gives rows of two columns")
    delimiter, quote = max(readings, key=lambda reading: _fit(readings[reading]))
    dialect: dict[str, Any] = {}
    why = {"encoding": encoding.why}
    if encoding.value != "utf-8":
        dialect["encoding"] = encoding.value
    if delimiter != ";":
        dialect["delimiter"] = delimiter
        why["delimiter"] = f"{_fit(readings[delimiter, quote])[0]:.0%} of its rows have the same number of columns"
    if not quote:
        dialect["quote"] = ""
        why["quote"] = "quotation marks do not come in pairs"
    table = laid_out(path, readings[delimiter, quote], dialect, why)
    if not encoding.sure:
        table.doubts["encoding"] = encoding.why
    return table


def _rows(text: str, delimiter: str, quote: str) -> list[Row]:
    """Return the rows that are not blank, with the lines in which they begin; none where the text is no such CSV."""
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote or None, strict=True,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
    )  # fmt: skip
    rows, line = list[Row](), 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error:
        return []
    return rows if any(len(cells) > 1 for _, cells in rows) else []


def _fit(rows: list[Row]) -> tuple[float, float, int]:
    """Return how well a reading fits: the share of rows of one width, of cells that are plain, and the width."""
    (width, count), *_ = Counter(len(cells) for _, cells in rows if len(cells) > 1).most_common(1)
    cells = [cell for _, row in rows if len(row) == width for cell in row]
    plain = sum(is_figure(cell) or not any(sign in cell for sign in _DELIMITERS) for cell in cells)
    return round(count / len(rows), 2), plain / len(cells), width
