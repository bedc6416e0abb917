"""An index of the units of one Raumebene at one Stichtag by one measure, or why there is none.

What a release says of an index (city_indices.py), why it changed (causes.py) and whether it hangs on choices
(robustness.py) start from here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from flows.base.years_before import years_before
from flows.index.chance import Chance
from flows.index.evaluate import Change, Scored, evaluate, evaluate_change
from flows.index.level import Level
from flows.index.panel import Panel, not_comparable
from flows.index.unit_rows import Words, unit_reasons
from flows.profile.indices import Index


class Reason(NamedTuple):
    """Why an index is not computed."""

    kind: str
    """``data`` where there are no figures, ``definition`` where they do not fit it."""
    words: str


@dataclass(frozen=True)
class Standing:
    """An index of a level at a Stichtag; `measure` is None where it measures nothing, as the city alone."""

    index: Index
    level: Level
    place: int
    """Of the Stichtag."""
    reference: str
    panel: Panel
    measure: Panel | None
    evaluated: tuple[Scored, Chance] | None

    @property
    def day(self) -> dt.date:
        """The Stichtag."""
        return self.level.days[self.place]

    @property
    def massstab(self) -> str:
        """The measure as tables name it."""
        return "basisjahr" if self.reference == "fixed" else "jahr"

    @property
    def key(self) -> dict[str, str]:
        """What all its units have in common, by column."""
        return {
            "zuschnitt": self.level.zuschnitt, "raumebene": self.level.raumebene, "stichtag": str(self.day),
            "index_id": self.index.id, "index_version": self.index.definition.version, "massstab": self.massstab,
        }  # fmt: skip

    @property
    def scored(self) -> Scored | None:
        """Scores and classes."""
        return self.evaluated[0] if self.evaluated else None

    @cached_property
    def left_out(self) -> list[str | None]:
        """Why each unit is left out; None where it is not."""
        return self.level.left_out(self.index, self.place)

    @cached_property
    def reasons(self) -> tuple[Words, Words]:
        """The status of each unit's index, and its reason."""
        at = [self.level.columns[each] for each in self.index.components]
        return unit_reasons(self.index.components, self.level.status[self.place][:, at], self.left_out, self.panel)

    @property
    def change(self) -> Change | None:
        """The change since the Stichtag that the definition compares with; None where there is none."""
        dynamics = self.index.definition.dynamics
        earlier = self.level.by_day.get(years_before(self.day, dynamics.years)) if dynamics else None
        if dynamics is None or earlier is None:
            return None
        return evaluate_change(
            self.index.definition, dynamics, self.panel, self.level.panel(self.index, earlier)
        )  # fmt: skip


def standings_of(index: Index, level: Level) -> Iterator[Standing | Reason]:
    """Yield an index of a level at each Stichtag by each measure, and why it cannot be computed."""
    definition = index.definition
    if absent := [name for name in index.components if name not in level.columns]:
        yield Reason("data", f"component: {', '.join(absent)} has no figures")
        return
    for place, day in enumerate(level.days):
        if definition.until is not None and day > definition.until:
            continue
        panel = level.panel(index, place)
        if unknown := panel.without_figures(index.components):
            yield Reason("data", f"component: {', '.join(unknown)} has no figures")
            continue
        for reference in definition.reference:
            measure = _measure(index, level, panel, reference)
            if isinstance(measure, Reason):
                yield measure
                yield Standing(index, level, place, reference, panel, None, None)
            else:
                yield Standing(
                    index, level, place, reference, panel, measure, evaluate(definition, panel, measure)
                )  # fmt: skip


def _measure(index: Index, level: Level, panel: Panel, reference: str) -> Panel | Reason:
    """Return the panel that the city is measured by, or why it measures nothing."""
    measure = panel
    if reference == "fixed":
        base = index.definition.base
        if base not in level.by_day:
            return Reason("definition", f"base: expected a Stichtag with figures, found none on {base}")
        measure = level.panel(index, level.by_day[base])
    if words := not_comparable(index.definition.standardise, index.components, measure, panel):
        return Reason("definition", f"component: {words}")
    return measure
