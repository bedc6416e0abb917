"""How sure a class and a rank are: the figures drawn again, as the counts behind them would come out another time.

Chance enters twice: the counts that are there are one outcome, and so are those of another time. A figure is therefore
drawn from a normal distribution around it with twice its variance; halves of the residents of a city say that this is
right, and that once is too sure (docs/need-index.md). A suppressed figure is drawn evenly from the interval that every
reader knows. The draws are the same numbers on every machine and for every index and Stichtag: what is said is always
about one of each, so that nothing is gained by new ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from flows.index.panel import Panel
from flows.index.scale import Numbers, Scale

DRAWS = 1000
RANKED = 500
"""Of the draws, so many are ranked: sorting is what takes time."""
SURE = 0.9
"""What the smallest set of classes holds, and the interval of a rank."""
ANOTHER_TIME = 2
"""Times the variance of a figure: the counts that are there are one outcome, those of another time another."""
_SEED = 2021


@dataclass(frozen=True)
class Chance:
    """What the draws say of each unit; rows without a place are 0."""

    probability: NDArray[np.float64]
    """Of each class (units x classes)."""
    best_rank: NDArray[np.int64]
    """The ends of the interval of the rank; 1 is most need."""
    worst_rank: NDArray[np.int64]


@lru_cache(maxsize=64)
def _normals(component: int, room: int) -> NDArray[np.float32]:
    """Return standard normal numbers (draws x units) for a component, with room for so many units."""
    return np.random.default_rng((_SEED, component, room)).standard_normal((DRAWS, room), dtype=np.float32)


def _scores_drawn(scale: Scale, panel: Panel, times: int) -> NDArray[np.float32]:
    """Return the scores of the units of `panel`, all of them placed, drawn again (draws x units).

    Where a score is a weighted sum of figures, sums of normal numbers are normal: one number is drawn for the score.
    """
    known = np.asarray(~np.isnan(panel.figures).any(axis=1) & scale.linear)
    scores = np.empty((DRAWS, len(known)), dtype=np.float32)
    if not known.all():
        scores[:, ~known] = scale.score(drawn(_only(panel, ~known), times))
    figures, error = panel.figures[known], panel.error[known] * np.sqrt(times)
    score = scale.score(figures)
    moved = [scale.score(figures + error * each) - score for each in np.eye(figures.shape[1])]
    spread = np.sqrt(np.sum(np.square(moved), axis=0))
    scores[:, known] = (
        score.astype(np.float32) + spread.astype(np.float32) * _normals(0, _room(len(score)))[:, : len(score)]
    )
    return scores


def _room(units: int) -> int:
    """Return for how many units numbers are drawn: the same serve cities of about one size."""
    return 1 << max(units - 1, 1).bit_length()


def drawn(panel: Panel, times: int) -> NDArray[np.float32]:
    """Return the figures of the units of `panel`, all of them placed, drawn again (draws x units x components).

    Their variance is so many `times` that of the figure.
    """
    units, components = panel.figures.shape
    known = ~np.isnan(panel.figures)
    at = np.where(known, panel.figures, panel.low).astype(np.float32)
    error = (np.sqrt(times) * np.where(known, panel.error, 0)).astype(np.float32)
    figures = np.empty((components, DRAWS, units), dtype=np.float32)
    for component in range(components):
        normals = _normals(component, _room(units))[:, :units]
        np.multiply(normals, error[:, component], out=figures[component])
        figures[component] += at[:, component]
        lacking = np.flatnonzero(~known[:, component])
        width = (panel.high[lacking, component] - panel.low[lacking, component]).astype(np.float32)
        figures[component][:, lacking] += width * ndtr(normals[:, lacking])
    return np.moveaxis(figures, 0, -1)  # each component lies in one piece of memory


def chance_of(scale: Scale, begins: NDArray[np.float64], panel: Panel) -> Chance:
    """Return how sure class and rank of each unit of `panel` are; classes begin at the scores `begins`."""
    placed = panel.placed
    count = len(placed)
    probability = np.zeros((count, len(begins) + 1))
    best, worst = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    if placed.any():
        scores = _scores_drawn(scale, _only(panel, placed), ANOTHER_TIME)
        probability[placed] = _shares(scores, begins)
        best[placed], worst[placed] = _rank_interval(scores[:: DRAWS // RANKED])
    return Chance(probability, best, worst)


def above_zero(scale: Scale, panel: Panel) -> NDArray[np.float64]:
    """Return the probability that the score of each unit of `panel` is above 0, but for chance in its counts."""
    above, placed = np.zeros(len(panel.placed)), panel.placed
    if placed.any():
        above[placed] = (_scores_drawn(scale, _only(panel, placed), 1) > 0).mean(axis=0)
    return above


def _only(panel: Panel, units: NDArray[np.bool_]) -> Panel:
    return Panel(panel.figures[units], panel.low[units], panel.high[units], panel.error[units], panel.counts[units])


def _shares(scores: Numbers, begins: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of draws in each class (units x classes)."""
    at_least = [np.ones(scores.shape[1]), *((scores >= begin).mean(axis=0) for begin in begins)]
    return np.stack([*(lower - upper for lower, upper in pairwise(at_least)), at_least[-1]], 1)


def _rank_interval(scores: Numbers) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the least and the greatest rank of each unit in the middle `SURE` of the draws."""
    draws, units = scores.shape
    ranks = np.empty((units, draws), dtype=np.int32)
    ranks[np.argsort(-scores, axis=1), np.arange(draws)[:, None]] = np.arange(1, units + 1, dtype=np.int32)
    ranks.sort(axis=1)
    first = round((1 - SURE) / 2 * (draws - 1))
    return ranks[:, first].astype(np.int64), ranks[:, draws - 1 - first].astype(np.int64)


@lru_cache(maxsize=10_000)
def likely_classes(probability: tuple[float, ...]) -> tuple[int, ...]:
    """Return the fewest classes, from 1, that together hold `SURE`; of equally likely ones the lower first."""
    order = sorted(range(len(probability)), key=lambda place: (-probability[place], place))
    held, chosen = 0.0, list[int]()
    for place in order:
        if held >= SURE - 1e-9 or probability[place] <= 0:
            break
        held += probability[place]
        chosen.append(place + 1)
    return tuple(sorted(chosen))
