"""How the figures of a column are written: decimal sign, thousands, signs for missing ones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flows.profile.dialect import GROUPED_BY
from flows.profile.vocabulary import vocabulary

_GROUPS = {sign: thousands for thousands, signs in GROUPED_BY.items() for sign in signs}
"""What `thousands` says of each sign between groups of digits."""
_FIGURE = re.compile(
    rf"-?\d+|-?\d{{1,3}}(?P<group>[{''.join(_GROUPS)}])\d{{3}}(?:(?P=group)\d{{3}})*(?:[.,]\d+)?|-?\d+[.,]\d+"
)
_ONE_GROUP = re.compile(r"-?[1-9]\d{0,2}([.,])\d{3}")
_MOST_SIGNS, _LONGEST_SIGN = 6, 3
"""Different texts that are no figures, and their length; a column with more, or longer ones, is text."""


@dataclass(frozen=True)
class Style:
    """How a file writes its figures; `doubt` says what cannot be decided from the file."""

    decimal: str
    thousands: str
    doubt: str = ""


def is_figure(cell: str) -> bool:
    """Say whether a cell is written like a figure, with or without decimals and thousands."""
    return _FIGURE.fullmatch(cell) is not None


def number_in(cell: str, dialect: Mapping[str, Any]) -> Decimal | None:
    """Return the number that a cell says where figures are written as `dialect` says; None where it is no figure."""
    if not is_figure(cell):
        return None
    digits = cell
    for sign in GROUPED_BY.get(dialect.get("thousands", ""), ()):
        digits = digits.replace(sign, "")
    digits = digits.replace(dialect.get("decimal", ","), ".")
    return Decimal(digits) if re.fullmatch(r"-?\d+(\.\d+)?", digits) else None


def has_figures(cells: Sequence[str]) -> bool:
    """Say whether a column is one of figures: most cells are, and the others are a few signs."""
    filled = [cell for cell in cells if cell]
    others = Counter(cell for cell in filled if not is_figure(cell))
    return (
        bool(filled)
        and len(others) <= _MOST_SIGNS
        and all(sign in vocabulary().usual_signs or len(sign) <= _LONGEST_SIGN for sign in others)
        and others.total() < len(filled)
    )


def signs_in(columns: Iterable[Sequence[str]]) -> dict[str, tuple[str, int]]:
    """Return the signs that stand for figures in `columns`: what each usually says, and how often it is there."""
    found, usual = Counter(cell for cells in columns for cell in cells if not is_figure(cell)), vocabulary().usual_signs
    return {sign: (usual.get(sign, usual["."]), rows) for sign, rows in found.most_common()}


def style_of(columns: Iterable[Sequence[str]], *, comma_delimited: bool = False) -> Style:
    """Return how the figures of a file's `columns` are written; where nothing says it, as goes with its delimiter."""
    cells = [cell for column in columns for cell in column if is_figure(cell) and not cell.lstrip("-").isdigit()]
    groups = {_GROUPS[match["group"]] for cell in cells if (match := _FIGURE.fullmatch(cell)) and match["group"]}
    if sure := groups - {".", ","}:
        return Style("." if any("." in cell for cell in cells) else ",", min(sure))
    proved = _proved(cells)
    if proved:
        return proved
    if once := {match[1] for cell in cells if (match := _ONE_GROUP.fullmatch(cell))}:
        thousands, example = once.pop(), next(cell for cell in cells if _ONE_GROUP.fullmatch(cell))
        if thousands == "." and comma_delimited:
            return Style(".", "", f"{example} is read as a number with decimals")
        return Style(
            "," if thousands == "." else ".", thousands,
            f"{example} is read as a number in the thousands",
        )  # fmt: skip
    return Style("." if comma_delimited else ",", "")


def _proved(cells: Iterable[str]) -> Style | None:
    """Return the style that a cell proves: by both signs, by one sign twice, or by one that parts no three digits."""
    for cell in cells:
        marks = re.findall("[.,]", cell)
        if len(set(marks)) == 2:
            return Style(marks[-1], marks[0])
        if len(marks) == 2:
            return Style("," if marks[0] == "." else ".", marks[0])
    decimals = {re.findall("[.,]", cell)[0] for cell in cells if re.search("[.,]", cell) and not _grouped(cell)}
    if len(decimals) == 1:
        decimal = decimals.pop()
        other = "." if decimal == "," else ","
        return Style(decimal, other if any(other in cell for cell in cells) else "")
    return None


def _grouped(cell: str) -> bool:
    return _ONE_GROUP.fullmatch(cell) is not None
