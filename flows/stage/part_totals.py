"""Totals among rows that are to be added (`long.over`): each would count twice, so none may be among the parts.

The names of texts are no proof. A text is a total where its figure is the sum of the same other texts in so many cases
that chance cannot explain it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import duckdb
import numpy as np

from flows.base.db import sql
from flows.base.errors import ContractBroken
from flows.profile.source import Source

_SURE = 30
"""Bits by which the figures of a text must say more than the choice of some of the other texts could."""
_MOST_CASES = 500  # that are asked for at once; what comes out is true for all
_PATIENCE = 10.0  # seconds for one text
_NOISE = 1e-6

Figures = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def refuse_totals_among_parts(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Stop when one of the texts whose rows are added stands for the sum of others.

    Rounded or perturbed figures only show a text that is the sum of all others.

    Raises:
        ContractBroken: names column and text.
    """
    long = source.dialect.long
    if long is None or not long.sum:
        return
    columns = list(long.over)
    con.execute(f"CREATE OR REPLACE TEMP VIEW teil_stelle AS {sql('stage/teil_stelle')}")
    if found := con.execute(sql("stage/teil_summe")).fetchone():
        place, text, cases = found
        raise _refusal(source, columns[place - 1], [f"{text!r} is the sum of the others in all {cases} cases"])
    if source.cell_deviation:
        return
    rows = con.execute(f"FROM ({sql('stage/teil_gruppe')}) ORDER BY rand, stelle").fetchall()
    for (_, place), group in groupby(rows, key=itemgetter(0, 1)):
        column = columns[place - 1]
        texts = long.parts[column]
        figures = _as_table(texts, [dict(zip(row[2], row[3], strict=True)) for row in group])
        told = [
            f"{texts[total]!r} is the sum of {', '.join(repr(texts[part]) for part in parts)} in all "
            f"{len(figures)} cases"
            for total, parts in totals_among(figures)
        ]
        if told:
            raise _refusal(source, column, told)


def totals_among(figures: Figures) -> Iterator[tuple[int, list[int]]]:
    """Yield each column of `figures` (a row per case) that is the sum of two or more others, and these.

    A column is left alone where so few or so small figures could fit some of the others by chance.
    """
    texts = figures.shape[1]
    says = np.log2(1 + figures).sum(axis=0)
    for total in _dependent(figures):
        if says[total] >= texts + _SURE and (parts := _summands(figures, total)):
            yield total, parts


def _as_table(texts: Sequence[str], groups: Sequence[dict[str, float]]) -> Figures:
    return np.array([[group.get(text, 0.0) for text in texts] for group in groups]).reshape(len(groups), len(texts))


def _dependent(figures: Figures) -> list[int]:
    """Return the columns that are some combination of others; only these can be sums."""
    _, sizes, directions = np.linalg.svd(figures, full_matrices=figures.shape[0] < figures.shape[1])
    present = np.zeros(len(directions))
    present[: len(sizes)] = sizes
    null = directions[present <= max(present, default=0.0) * 1e-10]
    return [column for column in range(figures.shape[1]) if (np.abs(null[:, column]) > 1e-8).any()]


def _summands(figures: Figures, total: int) -> list[int]:
    """Return the fewest columns, two or more, whose sum the column `total` is in every row; mostly there are none."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 -- rarely asked for

    asked, target = figures[:_MOST_CASES], figures[:_MOST_CASES, total]
    usable = (asked.sum(axis=0) > 0) & (np.arange(figures.shape[1]) != total)
    answer = milp(
        c=np.ones(figures.shape[1]), integrality=np.ones(figures.shape[1]), bounds=Bounds(0, usable.astype(float)),
        constraints=[
            LinearConstraint(asked, target - _NOISE, target + _NOISE),
            LinearConstraint(np.ones((1, figures.shape[1])), 2, np.inf),
        ],
        options={"time_limit": _PATIENCE},
    )  # fmt: skip
    if answer.x is None:
        return []
    parts = [int(column) for column in np.flatnonzero(np.round(answer.x))]
    fits = np.abs(figures[:, parts].sum(axis=1) - figures[:, total]) <= _NOISE * np.maximum(1, figures[:, total])
    return parts if len(parts) > 1 and bool(fits.all()) else []


def _refusal(source: Source, column: str, told: Sequence[str]) -> ContractBroken:
    return ContractBroken(
        f"Source {source.id}: expected in column {column} parts to be added, found that {'; '.join(told)}: "
        f"{'it' if len(told) == 1 else 'they'} would count twice. Move it from `over` to `totals` in sources.toml.",
        code="FS-CONTRACT-19",
    ).at(f"Source {source.id}")
