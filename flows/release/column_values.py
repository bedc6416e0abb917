"""The columns of a table as arrays of numbers, texts as places among the sorted different ones, for the content hash.

Any DuckDB from 1.0 to 2.0 does; nothing is bound to a statement, since that would make DuckDB import pandas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from flows.base.db import literal, quoted

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

_NUMBERS = {
    "BOOLEAN": "{}",
    "INTEGER": "{}",
    "BIGINT": "{}",
    "DATE": "{} - DATE '1970-01-01'",
    "TIMESTAMP": "epoch_us({})",
    "DOUBLE": "{}",
}
_BYTES = {"BOOLEAN": "u1", "INTEGER": "<i4", "BIGINT": "<i8", "DATE": "<i4", "TIMESTAMP": "<i8", "DOUBLE": "<f8"}
_TEXTS = {"VARCHAR": "{}", "BLOB": "hex({})"}
FEW = 20_000
"""Rows of a table whose texts Python sorts sooner than DuckDB has planned to."""


@dataclass(frozen=True)
class Values:
    """A column in the order of its table: numbers with 0 for NULL, or places among the sorted `texts`."""

    numbers: NDArray[Any]
    valid: NDArray[np.bool_]
    texts: Sequence[bytes] | None = None

    @property
    def filled(self) -> bool:
        """Say whether the column has neither NULL nor an empty text."""
        return bool(self.valid.all()) and not (self.texts and not self.texts[0])

    @property
    def ranks(self) -> NDArray[Any]:
        """Numbers that rise as the values do, NULL last."""
        ranks = self.numbers
        if self.texts is None:
            ranks = np.unique(ranks, return_inverse=True)[1].reshape(-1)
        return np.where(self.valid, ranks, len(self.valid) + len(self.texts or ()))


def read_columns(
    con: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[tuple[str, str]]
) -> dict[str, Values]:
    """Return every one of `columns`, given as (name, type), of the table that SQL calls `relation`.

    Raises:
        ValueError: when no canonical form is defined for the type of a column.
    """
    unknown = [f"{name} {kind}" for name, kind in columns if kind not in _NUMBERS | _TEXTS]
    if unknown:
        message = (
            f"{relation}: no canonical form is defined for {', '.join(unknown)}; "
            f"expected columns of the types {', '.join(_TEXTS | _NUMBERS)}"
        )
        raise ValueError(message)
    (rows,) = con.execute(f"SELECT count(*) FROM {relation}").fetchone() or (0,)  # noqa: S608 -- quoted
    few, texts = rows <= FEW, [(name, kind) for name, kind in columns if kind in _TEXTS]
    different = {} if few else _different_texts(con, relation, texts)
    forms = [
        (_NUMBERS | _TEXTS)[kind].format(quoted(name))
        if few or kind in _NUMBERS
        else _code(name, kind, different[name])
        for name, kind in columns
    ]
    asked = ", ".join(f"{form} AS c{at}" for at, form in enumerate(forms))
    fetched: dict[str, Any] = con.execute(f"SELECT {asked} FROM {relation}").fetchnumpy()  # noqa: S608 -- quoted

    def values(name: str, kind: str, found: NDArray[Any]) -> Values:
        if kind in _NUMBERS:
            return _numbers(found, kind)
        return _sorted_texts(found, kind) if few else _places(found, kind, different[name])

    return {name: values(name, kind, fetched[f"c{at}"]) for at, (name, kind) in enumerate(columns)}


def _different_texts(
    con: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[tuple[str, str]]
) -> dict[str, list[str]]:
    """Return the different texts of each of `columns` in the order of their bytes; bytes are in hexadecimal."""
    if not columns:
        return {}
    asked = ", ".join(f"list(DISTINCT {_TEXTS[kind].format(quoted(name))})" for name, kind in columns)
    found = con.execute(f"SELECT {asked} FROM {relation}").fetchone() or ()  # noqa: S608 -- quoted
    return {
        name: sorted(text for text in texts or () if text is not None)  # code points rise as the bytes of UTF-8 do
        for (name, _), texts in zip(columns, found, strict=True)
    }


def _code(name: str, kind: str, texts: Sequence[str]) -> str:
    """Return the SQL that gives for each row of a column the place of its text."""
    form, members = _TEXTS[kind].format(quoted(name)), texts
    if any("\0" in text for text in texts):  # what no SQL literal can say
        form, members = f"hex({form})", [text.encode().hex().upper() for text in texts]
    return f"enum_code(CAST({form} AS ENUM ({', '.join(map(literal, members))})))" if texts else "NULL::UTINYINT"


def _places(fetched: NDArray[Any], kind: str, texts: Sequence[str]) -> Values:
    valid = ~np.ma.getmaskarray(fetched)
    as_bytes = [bytes.fromhex(text) if kind == "BLOB" else text.encode() for text in texts]
    return Values(np.where(valid, np.ma.getdata(fetched), 0).astype("<u4"), valid, as_bytes)


def _sorted_texts(fetched: NDArray[Any], kind: str) -> Values:
    missing, cells = np.ma.getmaskarray(fetched), np.ma.getdata(fetched)
    texts = sorted(set(cells[~missing].tolist()))
    places = {text: place for place, text in enumerate(texts)}
    numbers = np.zeros(len(cells), dtype="<u4")
    numbers[~missing] = [*map(places.__getitem__, cells[~missing].tolist())]
    return _places(np.ma.masked_array(numbers, missing), kind, texts)


def _numbers(fetched: NDArray[Any], kind: str) -> Values:
    valid = ~np.ma.getmaskarray(fetched)
    numbers = np.where(valid, np.ma.getdata(fetched), 0).astype(_BYTES[kind])
    if kind == "DOUBLE":
        numbers += 0.0  # -0.0 is 0.0
        numbers[np.isnan(numbers)] = np.nan  # one of its many bit patterns
    return Values(numbers, valid)
