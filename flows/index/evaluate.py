"""One index of one Raumebene at one Stichtag: score, class, how sure it is, and how it changed.

The one computation behind a release and behind `fortschreibung index --try`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from flows.index.chance import Chance, above_zero, chance_of
from flows.index.panel import Panel, not_comparable
from flows.index.scale import Numbers, Scale, class_of, limits
from flows.profile.index_definition import Dynamics, IndexDefinition

CERTAIN = 0.95
"""From this probability on, a change is called better or worse: one side of an interval of 90 %."""
Verdict = Literal["besser", "schlechter", "nicht_unterscheidbar"]


@dataclass(frozen=True)
class Scored:
    """The score and class of each unit; scores are NaN and classes 0 where there is none."""

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

    @classmethod
    def of(cls, scale: Scale, begins: NDArray[np.float64], panel: Panel) -> Scored:
        """Return the scores of the units of `panel`, in classes that begin at the scores `begins`."""
        placed = panel.placed[:, None]
        parts = scale.parts(np.where(placed, panel.figures, np.nan))
        score = scale.score_of_parts(parts)
        against = scale.weights < 0  # a factor may weigh a component negatively: the more of it, the lower the score
        least, most = np.where(against, panel.high, panel.low), np.where(against, panel.low, panel.high)
        ends = [np.where(np.isnan(score), scale.score(np.where(placed, end, np.nan)), score) for end in (least, most)]
        low, high = np.minimum(*ends), np.maximum(*ends)  # a quotient turns where figures have both signs
        return cls(scale, score, low, high, parts, class_of(low, begins), class_of(high, begins))

    @property
    def classes(self) -> NDArray[np.int64]:
        """The class of each unit; 0 where more than one is possible, or none."""
        return np.where(self.lowest == self.highest, self.lowest, 0)


@dataclass(frozen=True)
class Change:
    """The change of an index as an index of its own, and how probable it is that need rose beside the city's."""

    scored: Scored
    rose: NDArray[np.float64]

    @property
    def verdicts(self) -> list[Verdict | None]:
        """For each unit, whether its need fell or rose beside the city's; None where that has no answer."""
        return [
            None if not lowest else "schlechter" if rose >= CERTAIN else "besser" if rose <= 1 - CERTAIN
            else "nicht_unterscheidbar"
            for lowest, rose in zip(self.scored.lowest, self.rose, strict=True)
        ]  # fmt: skip


def evaluate(definition: IndexDefinition, panel: Panel, measure: Panel | None = None) -> tuple[Scored, Chance]:
    """Return the index of the units of `panel`, measured by themselves or by another panel (of the base year).

    That the measure measures has been seen to: `not_comparable` finds nothing wrong with it.
    """
    scale = Scale.of(definition, (panel if measure is None else measure).measure)
    return Scored.of(scale, scale.limits, panel), chance_of(scale, scale.limits, panel)


def evaluate_change(definition: IndexDefinition, dynamics: Dynamics, now: Panel, before: Panel) -> Change | None:
    """Return the change of an index since `before`; None where changes cannot be compared."""
    change = now.since(before, dynamics.stay)
    names = [each.indikator for each in definition.component]
    if not_comparable(definition.standardise, names, change, change):
        return None
    scale = Scale.of(definition, change.measure)
    begins = limits(dynamics.classes.by, dynamics.classes.limits, scale.scores)
    return Change(Scored.of(scale, begins, change), above_zero(scale, change))
