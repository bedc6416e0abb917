"""An attack on releases by exact linear algebra and integer programming, written against the truth.

It shares nothing with flows/protect: what a city publishes are sums over squares, what the attacker knows are the
published sums, that counts are whole and not negative, and that a suppressed count is not 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp


@dataclass(frozen=True)
class Figure:
    """A count of some unknowns: its value, or None where it is said to be suppressed."""

    cells: tuple[int, ...]
    value: int | None


def follows(figures: Sequence[Figure], wanted: Mapping[int, int], size: int) -> Fraction | None:
    """Return the value of a sum (unknown -> factor) if published ones combine to it, by exact fractions."""
    rows = [
        [Fraction(int(at in figure.cells)) for at in range(size)] + [Fraction(figure.value)]
        for figure in figures if figure.value is not None
    ]  # fmt: skip
    goal = [Fraction(wanted.get(at, 0)) for at in range(size)] + [Fraction(0)]
    for column in range(size):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows = [row for row in rows if row is not pivot]
        rows = [_less(row, pivot, column) for row in rows]
        goal = _less(goal, pivot, column)
    return -goal[-1] if not any(goal[:-1]) else None


def _less(row: list[Fraction], pivot: list[Fraction], column: int) -> list[Fraction]:
    factor = row[column] / pivot[column]
    return [one - factor * other for one, other in zip(row, pivot, strict=True)] if factor else row


def interval(figures: Sequence[Figure], cells: Sequence[int], size: int) -> tuple[int, int]:
    """Return the smallest and largest whole number that a sum of unknowns can be."""
    rows = np.array([[float(at in figure.cells) for at in range(size)] for figure in figures]).reshape(
        len(figures), size
    )
    low = np.array([1 if figure.value is None else figure.value for figure in figures], dtype=float)
    high = np.array([np.inf if figure.value is None else figure.value for figure in figures], dtype=float)
    form = np.array([float(at in cells) for at in range(size)])
    ends = [
        milp(sign * form, integrality=np.ones(size), bounds=Bounds(0, 10_000),
             constraints=[LinearConstraint(rows, low, high)] if figures else []).fun
        for sign in (1, -1)
    ]  # fmt: skip
    return round(ends[0]), round(-ends[1])
