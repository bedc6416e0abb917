"""How figures become one score: standardised by the units that are the measure, brought together, rescaled.

A `Scale` is learned once from the units that are the measure (the city of the same Stichtag, or of a base year) and
then applied to any figures: those published, the ends of an interval, a later year, or 1,000 draws of each. So a figure
and its draws cannot be computed by two formulas. The measure itself is held fixed while its units are drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from flows.index.factor import factor_weights
from flows.profile.index_definition import IndexDefinition

Numbers = NDArray[np.floating]
STEEPNESS = 23.0
"""Of the exponential of ranks: a tenth of the units has half of the points (Scottish and Welsh indices)."""
_CELLS = 4096
_NOISE = 12
"""Decimals of a score beyond which lies what another order of adding up changes: equal sums stay equal."""


@dataclass(frozen=True)
class Spread:
    """The figures of one component, or the scores, of the units that are the measure."""

    ordered: Numbers
    mean: float
    sd: float
    """With the number of units as divisor: they are the whole city, not a sample."""

    @classmethod
    def of(cls, figures: Numbers) -> Spread:
        """Return the spread of those `figures` that are known."""
        known = np.sort(figures[~np.isnan(figures)])
        return cls(known, float(known.mean()) if len(known) else np.nan, float(known.std()) if len(known) else np.nan)

    @property
    def constant(self) -> bool:
        """Whether there is nothing by which units differ."""
        return len(self.ordered) < 2 or bool(self.ordered[0] == self.ordered[-1])


def standardised(how: str, figures: Numbers, by: Spread) -> Numbers:
    """Return `figures` (more is more need) made comparable, by the spread of the units that are the measure."""
    if how == "z":
        return np.asarray((figures - by.mean) / by.sd)
    if how == "min_max":
        return np.asarray((figures - by.ordered[0]) / (by.ordered[-1] - by.ordered[0]))
    if how == "quotient":  # figures of which little is need are negative: then the mean is over the figure
        return np.asarray(figures / by.mean if by.mean > 0 else by.mean / figures)
    if how == "plain":
        return figures
    return _by_rank(how, figures, by) if figures.dtype == np.float64 else _by_rank_of_draws(how, figures, by)


def _by_rank_of_draws(how: str, figures: Numbers, by: Spread) -> Numbers:
    """Return what `_by_rank` does for draws, which are many: each takes the answer for the middle of its grid cell."""
    lowest, cell = by.ordered[0], (by.ordered[-1] - by.ordered[0]) / _CELLS
    middles = lowest + cell * (np.arange(-1, _CELLS + 1) + 0.5)  # one more on each side, for what lies beyond
    answers = _by_rank(how, middles, by).astype(figures.dtype)
    first, per_cell = figures.dtype.type(lowest - cell), figures.dtype.type(1 / cell)
    return np.take(answers, ((figures - first) * per_cell).astype(np.int32), mode="clip")


def _by_rank(how: str, figures: Numbers, by: Spread) -> Numbers:
    count = len(by.ordered)
    below = np.searchsorted(by.ordered, figures, side="left").astype(float)
    if how == "percentile_rank":
        ranked = below / (count - 1)
    else:  # rank from below, 1 to count, the mean one of equals
        rank = np.clip((below + np.searchsorted(by.ordered, figures, side="right") + 1) / 2, 0.5, count)
        if how == "normal_score":
            ranked = ndtri(rank / (count + 1))
        else:
            ranked = -STEEPNESS * np.log1p(-rank / count * -np.expm1(-100 / STEEPNESS))
    return np.where(np.isnan(figures), np.nan, ranked)


@dataclass(frozen=True)
class Scale:
    """What turns figures into scores: one spread for each component, weights, and the spread of the scores."""

    definition: IndexDefinition
    spreads: tuple[Spread, ...]
    weights: NDArray[np.float64]
    """As they are multiplied; of a mean they add up to 1."""
    unscaled: Spread
    scores: Spread
    """Of the units that are the measure: their classes are cut by it."""

    @classmethod
    def of(cls, definition: IndexDefinition, figures: Numbers) -> Scale:
        """Return the scale by `figures` (units x components, more is more need) of the units that are the measure.

        Their figures are NaN where they are not known; every component has some, and they differ.
        """
        spreads = tuple(Spread.of(column) for column in figures.T)
        return cls.of_parts(definition, spreads, _parts(definition, figures, spreads))

    @classmethod
    def of_parts(cls, definition: IndexDefinition, spreads: tuple[Spread, ...], parts: Numbers) -> Scale:
        """Return the scale by the standardised figures (units x components) of the units that are the measure."""
        weights = _weights(definition, parts)
        unscaled = Spread.of(_together(definition, parts, weights))
        same = definition.rescale == "none"
        scores = unscaled if same else Spread.of(_rescaled(definition, unscaled.ordered, unscaled))
        return cls(definition, spreads, weights, unscaled, scores)

    def parts(self, figures: Numbers) -> Numbers:
        """Return the standardised figures of each component (last axis), not yet weighted."""
        return _parts(self.definition, figures, self.spreads)

    def score(self, figures: Numbers) -> Numbers:
        """Return the score of `figures` (... x components); NaN where one is."""
        return self.score_of_parts(self.parts(figures))

    def score_of_parts(self, parts: Numbers) -> Numbers:
        """Return the score that standardised figures (... x components) make."""
        return _rescaled(self.definition, _together(self.definition, parts, self.weights), self.unscaled)

    @cached_property
    def per_part(self) -> NDArray[np.float64] | None:
        """What one more of each standardised figure adds to a score; None where that depends on the others."""
        if self.definition.aggregate == "product" or self.definition.rescale not in ("none", "z"):
            return None
        return self.weights / (self.unscaled.sd if self.definition.rescale == "z" else 1)

    @cached_property
    def per_figure(self) -> Numbers | None:
        """What one more of each figure adds to a score; None where that depends on the figure."""
        return self.score(np.eye(len(self.weights))) - self.score(np.zeros(len(self.weights))) if self.linear else None

    @property
    def linear(self) -> bool:
        """Whether a score is a weighted sum of figures and a constant."""
        stated = self.definition
        return (
            stated.standardise in ("z", "min_max", "plain") and stated.decimals is None
            and stated.rescale in ("none", "z") and stated.aggregate != "product"
        )  # fmt: skip

    @property
    def limits(self) -> NDArray[np.float64]:
        """The scores at which classes begin, but the lowest."""
        return limits(self.definition.classes.by, self.definition.classes.limits, self.scores)


def _parts(definition: IndexDefinition, figures: Numbers, spreads: Sequence[Spread]) -> Numbers:
    how, decimals = definition.standardise, definition.decimals
    columns = np.stack([standardised(how, figures[..., place], by) for place, by in enumerate(spreads)])
    rounded = columns if decimals is None else np.round(columns, decimals)
    return np.moveaxis(rounded, 0, -1)  # each component lies in one piece of memory, which draws need


def limits(by: str, stated: Sequence[float], scores: Spread) -> NDArray[np.float64]:
    """Return the scores at which classes begin, from limits as a definition states them."""
    if by == "sd":
        return scores.mean + np.asarray(stated) * scores.sd
    if by == "share":  # the first unit that is not among this share of the lowest
        count = len(scores.ordered)
        places = np.minimum(np.ceil(np.round(np.asarray(stated) * count, _NOISE)).astype(int), count - 1)
        return np.asarray(scores.ordered[places])
    if by == "quantile":
        return np.asarray(np.quantile(scores.ordered, stated, method="normal_unbiased"))  # type 9
    return np.asarray(stated, dtype=float)


def class_of(scores: Numbers, begins: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the class of each score, from 1 (least need); 0 where there is no score. On a limit is the upper class."""
    return np.where(np.isnan(scores), 0, 1 + np.searchsorted(begins, scores, side="right"))


def _weights(definition: IndexDefinition, columns: Numbers) -> NDArray[np.float64]:
    if definition.aggregate == "factor":
        return factor_weights(np.nan_to_num(columns))  # the mean, 0, where a figure is missing
    weights = np.array([each.weight for each in definition.component], dtype=float)
    return weights if definition.aggregate == "sum" else weights / weights.sum()


def _together(definition: IndexDefinition, parts: Numbers, weights: NDArray[np.float64]) -> Numbers:
    if definition.aggregate == "product":
        return np.asarray(np.prod(parts**weights, axis=-1))
    total = np.zeros(parts.shape[:-1], dtype=parts.dtype)
    for place, weight in enumerate(weights):
        total += parts.dtype.type(weight) * parts[..., place]
    return np.round(total, _NOISE) if total.dtype == np.float64 else total


def _rescaled(definition: IndexDefinition, scores: Numbers, by: Spread) -> Numbers:
    return scores if definition.rescale == "none" else standardised(definition.rescale, scores, by)
