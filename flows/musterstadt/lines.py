"""Delimited text out of numpy columns, in the dialects that offices write.

Columns are arrays of bytes padded with NUL; a whole table is laid side by side as one matrix of bytes and
the padding dropped. That writes a register of a million people in a second, the same bytes everywhere.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flows.musterstadt.random_numbers import Ints

Texts = npt.NDArray[np.bytes_]

UTF8_BOM, UTF16_LE_BOM = codecs.BOM_UTF8, codecs.BOM_UTF16_LE


@dataclass(frozen=True)
class Dialect:
    """How an office writes a table."""

    delimiter: str = ";"
    newline: str = "\n"
    encoding: str = "utf-8"
    bom: bytes = b""
    quote: str = ""

    def text(self, lines: Sequence[str]) -> bytes:
        """Lines that are no table: preambles, footers, short tables."""
        return "".join(line + self.newline for line in lines).encode(self.encoding)

    def table(self, columns: Sequence[Texts]) -> bytes:
        """Rows of ASCII cells."""
        rows = columns[0].size
        between = (self.quote + self.delimiter + self.quote).encode()
        parts: list[npt.NDArray[np.uint8]] = [_constant(self.quote.encode(), rows)]
        for position, column in enumerate(columns):
            if position:
                parts.append(_constant(between, rows))
            cells = np.ascontiguousarray(column)
            parts.append(cells.view(np.uint8).reshape(rows, cells.itemsize))
        parts.append(_constant((self.quote + self.newline).encode(), rows))
        matrix = np.concatenate(parts, axis=1).reshape(-1)
        written: bytes = matrix[matrix != 0].tobytes()
        return written if self.encoding in ("utf-8", "cp1252") else written.decode("ascii").encode(self.encoding)


def _constant(text: bytes, rows: int) -> npt.NDArray[np.uint8]:
    return np.broadcast_to(np.frombuffer(text, dtype=np.uint8), (rows, len(text)))


def cells(values: Ints, written: Callable[[int], str] = str) -> Texts:
    """Numbers as text, each different number written once."""
    low, high = (int(values.min()), int(values.max())) if values.size else (0, 0)
    if high - low < 100_000:
        table = np.array([written(v).encode("ascii") for v in range(low, high + 1)], dtype=np.bytes_)
        return table[values - low]
    different, position = np.unique(values, return_inverse=True)
    table = np.array([written(v).encode("ascii") for v in different.tolist()], dtype=np.bytes_)
    return table[position.reshape(-1)]


def same(text: str, rows: int) -> Texts:
    """One text in every row."""
    return np.full(rows, text.encode("ascii"), dtype=f"S{len(text)}")


def chosen(values: Ints, *texts: str) -> Texts:
    """Text number `values` of a short list."""
    return np.array([t.encode("ascii") for t in texts], dtype=np.bytes_)[values]


def dotted(value: int) -> str:
    """1234 as 1.234."""
    return f"{value:,}".replace(",", ".")


def dash_for_zero(value: int) -> str:
    """The sign of official statistics for exactly nothing."""
    return dotted(value) if value else "-"


def german_hundredths(value: int) -> str:
    """123450 as 1.234,50."""
    return f"{dotted(value // 100)},{value % 100:02d}"
