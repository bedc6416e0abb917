"""How sure a class and a rank are: the figures drawn again, as the counts behind them would come out another time.

Chance enters twice: the counts that are there are one outcome, and so are those of another time. A figure is therefore
normal around it with twice its variance; halves of the residents of a city say that this is right, and that once is
too sure (docs/need-index.md). A score that is a weighted sum is then normal, too, and the probability of its classes
needs no draws. Else figures are drawn, a suppressed one evenly from the interval that every reader knows; and ranks
always are. The draws are the same numbers on every machine and for every index and Stichtag: what is said is always
about one of each, so that nothing is gained by new ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from flows.index.panel import Panel
from flows.index.scale import Numbers, Scale

DRAWS = 1000
RANKED = 500
"""Of the draws, so many are ranked: sorting is what takes time."""
Z_90 = 1.6448536269514722
"""Standard errors in half of an interval of 90 %."""
SURE = 0.9
"""What the smallest set of classes holds, and the interval of a rank."""
ANOTHER_TIME = 2
"""Times the variance of a figure: the counts that are there are one outcome, those of another time another."""
_SEED = 2021
_SHARED = 1000
"""In place of a component, for the chance that all share."""
_LESS = 1e-9
_FEW_BITS = 11
"""That number so many units that 32 bits hold a score besides."""


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


@lru_cache(maxsize=64)
def _evens(component: int, room: int) -> NDArray[np.float32]:
    """Return `_normals` as numbers between 0 and 1, each as likely as any other."""
    return np.asarray(ndtr(_normals(component, room)))


def _normal_scores(scale: Scale, panel: Panel, times: int) -> tuple[Numbers, Numbers]:
    """Return the scores of the units of `panel` and their standard errors, if these scores are normal; else NaN.

    Where a score is a weighted sum of figures, it is: sums of normal numbers are normal.
    """
    known = np.asarray(~np.isnan(panel.figures).any(axis=1) & scale.linear)
    scores, spread = np.full((2, len(known)), np.nan)
    figures, error = panel.figures[known], panel.error[known] * np.sqrt(times)
    scores[known] = scale.score(figures)
    moved = np.stack([scale.score(figures + error * each) - scores[known] for each in np.eye(figures.shape[1])], axis=1)
    spread[known] = together(moved, scale.definition.overlap)
    return scores, spread


def together(moved: Numbers, overlap: float) -> Numbers:
    """Return the standard error of scores which a standard error of each component moves so far (units x components).

    `overlap` is the correlation of chance in one component with chance in another.
    """
    apart, alike = np.square(moved).sum(axis=1), np.square(moved.sum(axis=1))
    return np.asarray(np.sqrt((1 - overlap) * apart + overlap * alike))


def _above(scores: Numbers, spread: Numbers, limit: float) -> Numbers:
    """Return the probability that normal scores with these standard errors reach a limit."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 0, ndtr((scores - limit) / spread), scores >= limit)


def _room(units: int) -> int:
    """Return for how many units numbers are drawn: the same serve cities of about one size."""
    return 1 << max(units - 1, 1).bit_length()


def furthest(components: int, units: int) -> float:
    """Return how many standard errors from its figure a draw of so many units and components is at most."""
    return max(float(np.abs(_normals(each, _room(units))).max()) for each in range(components))


def drawn(panel: Panel, times: int, overlap: float = 0, among: NDArray[np.bool_] | None = None) -> NDArray[np.float32]:
    """Return the figures of the units of `panel`, all of them placed, drawn again (draws x units x components).

    Their variance is so many `times` that of the figure; chance in one component comes with chance in another by the
    correlation `overlap`. Where the units are some `among` others, they are drawn as they would be with all of them.
    """
    units, components = panel.figures.shape
    places, room = (slice(units), _room(units)) if among is None else (np.flatnonzero(among), _room(len(among)))
    known = ~np.isnan(panel.figures)
    at = np.where(known, panel.figures, panel.low).astype(np.float32)
    error = (np.sqrt(times) * np.where(known, panel.error, 0)).astype(np.float32)
    figures = np.empty((components, DRAWS, units), dtype=np.float32)
    for component in range(components):
        normals = _normals(component, room)[:, places]
        if overlap:
            shared = _normals(_SHARED, room)[:, places]
            normals = np.float32(np.sqrt(1 - overlap)) * normals + np.float32(np.sqrt(overlap)) * shared
        np.multiply(normals, error[:, component], out=figures[component])
        figures[component] += at[:, component]
        lacking = np.flatnonzero(~known[:, component])
        if len(lacking):
            width = (panel.high[lacking, component] - panel.low[lacking, component]).astype(np.float32)
            figures[component][:, lacking] += width * _evens(component, room)[:, places][:, lacking]
    return np.moveaxis(figures, 0, -1)  # each component lies in one piece of memory


def chance_of(scale: Scale, begins: NDArray[np.float64], panel: Panel) -> Chance:
    """Return how sure class and rank of each unit of `panel` are; classes begin at the scores `begins`."""
    placed = panel.placed
    count = len(placed)
    probability = np.zeros((count, len(begins) + 1))
    best, worst = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    if placed.any():
        here = _only(panel, placed)
        scores, spread = _normal_scores(scale, here, ANOTHER_TIME)
        normal = ~np.isnan(scores)
        shares = np.stack([_above(scores, spread, begin) for begin in begins], axis=1)
        ranked = np.empty((RANKED, len(scores)), dtype=np.float32)
        moved = _normals(0, _room(int(normal.sum())))[:: DRAWS // RANKED, : normal.sum()]
        ranked[:, normal] = scores[normal].astype(np.float32) + spread[normal].astype(np.float32) * moved
        if not normal.all():
            others = scale.score(drawn(_only(here, ~normal), ANOTHER_TIME, scale.definition.overlap))
            shares[~normal] = np.stack([_share(others >= begin) for begin in begins], axis=1)
            ranked[:, ~normal] = others[:: DRAWS // RANKED]
        probability[placed] = _between(shares)
        best[placed], worst[placed] = _rank_interval(ranked)
    return Chance(probability, best, worst)


def above_zero(scale: Scale, panel: Panel) -> NDArray[np.float64]:
    """Return the probability that the score of each unit of `panel` is above 0, but for chance in its counts.

    `panel` is a change. How far units really change, the city itself says: its scores spread by that and by chance, so
    that what is beyond chance is the spread of real changes. Where little is, most changes that look large are chance,
    and a score is drawn to the city's mean accordingly.
    """
    above, placed = np.zeros(len(panel.placed)), panel.placed
    if placed.any():
        here = _only(panel, placed)
        scores, spread = _normal_scores(scale, here, 1)
        normal, known = ~np.isnan(scores), ~np.isnan(here.figures).any(axis=1)
        if not normal.all():
            others = scale.score(drawn(_only(here, ~normal), 1, scale.definition.overlap)).astype(float)
            scores[~normal], spread[~normal] = others.mean(axis=0), others.std(axis=0)
        real = float(np.var(scores[known]) - np.square(spread[known]).mean()) if known.any() else 0
        mean = float(scores[known].mean()) if known.any() else 0
        above[placed] = _really_above_zero(mean, max(real, 0), scores, spread)
    return above


def _really_above_zero(mean: float, real: float, scores: Numbers, spread: Numbers) -> Numbers:
    """Return the probability that what is behind scores with these standard errors is above 0.

    `mean` and `real` are the mean and the variance of what is behind them. Without variance no one differs from others.
    """
    known = np.divide(real, real + np.square(spread), out=np.ones_like(spread), where=spread > 0)
    found = _above(mean + known * (scores - mean), np.sqrt(known) * spread, 0)
    return np.asarray(np.where(known > 0, found, 0.5))


def _share(draws: NDArray[np.bool_]) -> Numbers:
    return np.asarray(draws.sum(axis=0, dtype=np.int32) / len(draws))


def _only(panel: Panel, units: NDArray[np.bool_]) -> Panel:
    return Panel(panel.figures[units], panel.low[units], panel.high[units], panel.error[units], panel.counts[units])


def _between(at_least: Numbers) -> NDArray[np.float64]:
    """Return the probability of each class (units x classes) from those to reach each limit."""
    bounds = np.hstack([np.ones((len(at_least), 1)), at_least, np.zeros((len(at_least), 1))])
    return bounds[:, :-1] - bounds[:, 1:]


def _rank_interval(scores: Numbers) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the least and the greatest rank of each unit in the middle `SURE` of the draws (draws x units)."""
    draws, units = scores.shape
    order = _falling(scores)
    ranks = np.empty((draws, units), dtype=np.int32)
    np.put_along_axis(ranks, order, np.arange(1, units + 1, dtype=np.int32)[None, :], axis=1)
    of_unit = np.ascontiguousarray(ranks.T)
    of_unit.sort(axis=1)
    first = round((1 - SURE) / 2 * (draws - 1))
    return of_unit[:, first].astype(np.int64), of_unit[:, draws - 1 - first].astype(np.int64)


def _falling(scores: Numbers) -> NDArray[np.int64]:
    """Return the places of the units in the order of their scores, the highest first, draw by draw.

    Whole numbers that hold a score and, in their last bits, the unit sort in a quarter of the time that `argsort`
    takes. A score has 20 bits or more for the range of all draws: what is closer counts as equal. That does not go
    where a draw has no score, as that of a figure below 0 in a product: it comes last.
    """
    bits = max(scores.shape[1] - 1, 1).bit_length()
    word, whole = (np.int32, 31) if bits <= _FEW_BITS else (np.int64, 62)
    highest, width = scores.max(), float(np.ptp(scores))
    if not np.isfinite(width):
        return np.asarray(np.argsort(-scores, axis=1, kind="stable"))
    step = scores.dtype.type((2 ** (whole - bits) - 2 ** (whole - bits - 20)) / width if width else 0)
    packed = ((highest - scores) * step).astype(word) << word(bits) | np.arange(scores.shape[1], dtype=word)
    packed.sort(axis=1)
    return np.asarray(packed & word((1 << bits) - 1), dtype=np.int64)


def likely_classes(probability: Numbers) -> NDArray[np.object_]:
    """Return for each unit the fewest classes that together hold `SURE` ("2 3"); of equally likely ones the lower."""
    order = np.argsort(-probability, axis=1, kind="stable")
    falling = np.take_along_axis(probability, order, axis=1)
    before = np.cumsum(falling, axis=1) - falling
    chosen = np.zeros(probability.shape, dtype=bool)
    np.put_along_axis(chosen, order, (before < SURE - _LESS) & (falling > 0), axis=1)
    sets, which = np.unique(chosen @ (1 << np.arange(probability.shape[1])), return_inverse=True)
    words = [" ".join(str(place + 1) for place in range(probability.shape[1]) if each >> place & 1) for each in sets]
    return np.array(words, dtype=object)[which]
