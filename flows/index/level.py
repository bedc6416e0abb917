"""The figures that indices are made of, for all units of a Raumebene at all Stichtage, as arrays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import duckdb
import numpy as np
from numpy.typing import NDArray

from flows.base.db import set_variables
from flows.index.panel import Panel
from flows.index.scale import Numbers
from flows.profile.indices import Index

RESIDENTS = "einwohner"
_NOT_THERE = "fehlt"


@dataclass(frozen=True)
class Level:
    """The figures of the units of one Raumebene on one Zuschnitt: Stichtage x units x Indikatoren."""

    zuschnitt: str
    raumebene: str
    days: tuple[dt.date, ...]
    units: tuple[str, ...]
    columns: Mapping[str, int]
    figures: Numbers
    low: Numbers
    high: Numbers
    error: Numbers
    status: NDArray[np.object_]

    def panel(self, index: Index, day: int) -> Panel:
        """Return the figures of the components of an index at a Stichtag, turned so that more is more need."""
        at = [self.columns[each] for each in index.components]
        turn = np.array([-1.0 if direction == "niedrig" else 1.0 for direction in index.directions])
        figures, one, other = (each[day][:, at] * turn for each in (self.figures, self.low, self.high))
        counts = np.array([not reason for reason in self.left_out(index, day)])
        return Panel(figures, np.minimum(one, other), np.maximum(one, other), self.error[day][:, at], counts)

    def left_out(self, index: Index, day: int) -> list[str | None]:
        """Return for each unit why an index leaves it out at a Stichtag; None where it does not."""
        named = {each.id: each.reason for each in index.definition.left_out if each.raumebene == self.raumebene}
        few = self.with_too_few(index.definition.min_residents, day)
        return [named.get(unit) or reason for unit, reason in zip(self.units, few, strict=True)]

    def with_too_few(self, fewest: int, day: int) -> list[str | None]:
        """Return for each unit that it has fewer residents at a Stichtag, or none are published; None where not."""
        if not fewest:
            return [None] * len(self.units)
        if RESIDENTS not in self.columns:
            return [f"{RESIDENTS} ({_NOT_THERE})"] * len(self.units)
        at = self.columns[RESIDENTS]
        return [
            f"{RESIDENTS} ({status})" if np.isnan(count) else None if count >= fewest else f"{RESIDENTS} < {fewest}"
            for count, status in zip(self.figures[day][:, at], self.status[day][:, at], strict=True)
        ]

    @cached_property
    def by_day(self) -> dict[dt.date, int]:
        """The place of each Stichtag."""
        return {day: place for place, day in enumerate(self.days)}


def levels_of(con: duckdb.DuckDBPyConnection) -> Iterator[Level]:
    """Yield the figures of each Zuschnitt and Raumebene from the table index_zahl."""
    columns = dict(con.execute("SELECT DISTINCT indikator_id, stelle FROM index_zahl ORDER BY ALL").fetchall())
    groups = con.execute(
        "FROM index_zahl SELECT zuschnitt, raumebene, list(DISTINCT stichtag ORDER BY stichtag), "
        "list(DISTINCT raum_id ORDER BY raum_id) GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    for zuschnitt, raumebene, days, units in groups:
        set_variables(con, index_zuschnitt=zuschnitt, index_ebene=raumebene)
        con.execute(
            "CREATE OR REPLACE TEMP VIEW index_hier AS FROM index_zahl "
            "WHERE zuschnitt = getvariable('index_zuschnitt') AND raumebene = getvariable('index_ebene')"
        )
        found = con.execute("SELECT tag, einheit, stelle, status, zahl, unten, oben, fehler FROM index_hier")
        tag, einheit, stelle, status, *numbers = (np.ma.asarray(column) for column in found.fetchnumpy().values())
        at = (tag.data, einheit.data, stelle.data)
        shape = (len(days), len(units), len(columns))
        words = np.full(shape, _NOT_THERE, dtype=object)
        words[at] = status.data
        filled = [np.full(shape, np.nan) for _ in numbers]
        for target, column in zip(filled, numbers, strict=True):
            target[at] = column.filled(np.nan)
        figures, low, high, error = filled
        yield Level(
            zuschnitt, raumebene, tuple(days), tuple(units), columns, figures, low, high, np.nan_to_num(error), words,
        )  # fmt: skip
