"""Cubes (PC-Axis, JSON-stat) as long tables: a row for each value, with the texts and codes of its categories.

A dimension is the column of its name, with the texts of its categories, and where these have codes, the column
``<name> (code)``; the figures are the column ``value``. A row has the number of its value, in the order of the file.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.stage.read.text import Line

VALUE = "value"
"""The column with the figures."""
_CODE = " (code)"


@dataclass(frozen=True)
class Dimension:
    """A dimension of a cube: its name, and the texts of its categories; their codes where they have any."""

    name: str
    texts: Sequence[str]
    codes: Sequence[str] | None = None


class Cube:
    """A cube while it is read; `held` and `left_out` say what flows.stage.read.text.Delimited says of a text file.

    `values` has the text of each value by its place; the last dimension changes first. Of a place without a text there
    is no row.
    """

    def __init__(self, dimensions: Sequence[Dimension], values: Mapping[int, str]) -> None:
        self._dimensions, self._values = dimensions, values
        self.held, self.left_out = len(values), dict[str, int]()

    def rows(self) -> Iterator[Line]:
        """Yield the header, and (number of the value, cells) of each value."""
        head = [name for each in self._dimensions for name in (each.name, each.name + _CODE)[: 2 if each.codes else 1]]
        yield 1, [*head, VALUE]
        strides = [math.prod(len(each.texts) for each in self._dimensions[at + 1 :])
                   for at in range(len(self._dimensions))]  # fmt: skip
        for place, value in self._values.items():
            cells = list[str]()
            for each, stride in zip(self._dimensions, strides, strict=True):
                at = place // stride % len(each.texts)
                cells += [each.texts[at], each.codes[at]] if each.codes else [each.texts[at]]
            yield place + 1, [*cells, value]


def other_names(columns: Collection[str], needed: Collection[str]) -> list[str]:
    """Return the columns that only say in another way (as code or text) what a needed column says."""
    pairs = [(column.removesuffix(_CODE), column) for column in columns if column.endswith(_CODE)]
    return [column for pair in pairs if set(pair) & set(needed) for column in pair]
