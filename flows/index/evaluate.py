"""One index of one Raumebene at one Stichtag: score, class, how sure it is, and how it changed.

The one computation behind a release and behind `fortschreibung index --try`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from flows.index.chance import Chance, chance_of
from flows.index.panel import Panel, without_measure
from flows.index.scale import Numbers, Scale, class_of, limits
from flows.profile.index_definition import Dynamics, IndexDefinition

CERTAIN = 0.95
"""From this probability on, a change is called better or worse: one side of an interval of 90 %."""
Verdict = Literal["besser", "schlechter", "nicht_unterscheidbar"]


@dataclass(frozen=True)
class Scored:
    """The index of each unit; scores are NaN and classes 0 where there is none."""

    scale: Scale
    score: Numbers
    low: Numbers
    high: Numbers
    """The scores of the ends of the interval; the score itself where every figure is known."""
    parts: Numbers
    """Standardised figures (units x components)."""
    lowest: NDArray[np.int64]
    highest: NDArray[np.int64]
    """The classes that are possible, from the lowest to the highest."""
    chance: Chance

    @property
    def classes(self) -> NDArray[np.int64]:
        """The class of each unit; 0 where more than one is possible, or none."""
        return np.where(self.lowest == self.highest, self.lowest, 0)


def evaluate(definition: IndexDefinition, panel: Panel, measure: Panel | None = None) -> Scored:
    """Return the index of the units of `panel`, measured by themselves or by another panel (of the base year).

    Components that are missing, or lie in an interval, have been seen to: `without_measure` finds nothing wrong.
    """
    scale = Scale.of(definition, (panel if measure is None else measure).measure)
    return _scored(scale, scale.limits, panel, ranked=True)


def _scored(scale: Scale, begins: NDArray[np.float64], panel: Panel, *, ranked: bool) -> Scored:
    placed = panel.placed[:, None]
    parts = scale.parts(np.where(placed, panel.figures, np.nan))
    score = scale.score_of_parts(parts)
    ends = [
        np.where(np.isnan(score), scale.score(np.where(placed, end, np.nan)), score) for end in (panel.low, panel.high)
    ]
    low, high = np.minimum(*ends), np.maximum(*ends)  # a factor may weigh a component negatively
    return Scored(
        scale, score, low, high, parts, class_of(low, begins), class_of(high, begins),
        chance_of(scale, begins, panel, ranked=ranked),
    )  # fmt: skip


def evaluate_change(definition: IndexDefinition, dynamics: Dynamics, now: Panel, before: Panel) -> Scored | None:
    """Return the change of an index since `before` as an index of its own; None where changes cannot be compared."""
    change = now.since(before, dynamics.stay)
    if without_measure(change, [each.indikator for each in definition.component]):
        return None
    scale = Scale.of(definition, change.measure)
    return _scored(scale, limits(dynamics.classes.by, dynamics.classes.limits, scale.scores), change, ranked=False)


def verdicts(change: Scored) -> list[Verdict | None]:
    """Return for each unit whether its need fell or rose beside the city's; None where that has no answer."""
    return [
        None if not lowest else "schlechter" if above >= CERTAIN else "besser" if above <= 1 - CERTAIN
        else "nicht_unterscheidbar"
        for lowest, above in zip(change.lowest, change.chance.above, strict=True)
    ]  # fmt: skip
