"""How far an estimated count may be from the truth: bounds that cannot be broken, and a calibrated 90 % interval.

The error of a shared unit has two parts. Its people fall to the one side or the other like tossed coins, which grows
with the root of their number; and the share itself is wrong, which grows with the number. How large each is was
measured on redraws whose truth is known (docs/boundary-changes.md), by method.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from flows.base.errors import ConfigError
from flows.space.links import Floats, Links, shares_within, sums_of
from flows.space.umsteigeschluessel import Method, Schluessel

CONFIDENCE = 0.9
FEWEST_TRIALS = 40


@dataclass(frozen=True)
class Spread:
    """How wrong a method is: half the width of its 90 % interval is factor * sqrt(coins + relative * shares)."""

    factor: float
    relative: float

    def half_width(self, coins: Floats, shares: Floats) -> Floats:
        """Return half the width of the interval for these two parts of the error."""
        width: Floats = self.factor * np.sqrt(coins + self.relative * shares)
        return width


SPREADS: Mapping[Method, Spread] = {
    Method.EXACT: Spread(0.0, 0.0),
    Method.OVERLAP: Spread(3.7, 0.0),
    Method.BUILDING_WEIGHTED: Spread(1.4, 0.0056),
    Method.POPULATION_WEIGHTED: Spread(30.0, 0.0),
    Method.AREA_WEIGHTED: Spread(39.0, 0.001),
}
"""Where a city cannot calibrate itself (hold_out): measured as docs/boundary-changes.md tells."""

BORROWED = Spread(13.2, 0.0)
"""In place of POPULATION_WEIGHTED for a key that was lent (Schluessel.lent): the fit of another Merkmal."""


@dataclass(frozen=True)
class Interval:
    """A count on a new unit with its 90 % interval inside its hard bounds."""

    estimate: float
    lower: float
    upper: float
    at_least: float
    """The counts of the old units that lie wholly inside."""
    at_most: float
    """These and all of the units that lie partly inside."""


def hard_bounds(key: Schluessel, counts: Mapping[str, float]) -> tuple[Floats, Floats]:
    """Return for each new unit the least and the most that `counts` of the old units allow."""
    links = key.links
    whole = (links.partners_of_old() == 1)[links.old_of]
    mass = links.counts_of_old(counts)[links.old_of]
    return links.sum_by_new(np.where(whole, mass, 0.0)), links.sum_by_new(mass)


def error_parts(key: Schluessel, counts: Mapping[str, float]) -> tuple[Floats, Floats]:
    """Return for each pair the two parts of the error of what goes along it: coins and (squared) shares."""
    mass = key.links.counts_of_old(counts)[key.links.old_of]
    coins = mass * key.weights * (1 - key.weights)
    return coins, coins**2


def intervals(
    key: Schluessel, counts: Mapping[str, float], spreads: Mapping[Method, Spread], *, years: float = 1.0
) -> dict[str, Interval]:
    """Return the interval of each new unit's count.

    Args:
        key: The key that `counts` go through.
        counts: Of the old units.
        spreads: How wrong each method is, such as SPREADS.
        years: For fitted units the time between the two counts, or between the fit and `counts` if that is longer.
    """
    links = key.links
    estimate = links.sum_by_new(key.spread(counts))
    at_least, at_most = hard_bounds(key, counts)
    coins, shares = error_parts(key, counts)
    squared = np.zeros(len(links), dtype=np.float64)
    method = np.array(key.methods, dtype=np.int64)[links.old_of]
    for kind, spread in spreads.items():
        aged = ageing(years) if kind is Method.OVERLAP else 1.0
        squared = np.where(method == kind, (aged * spread.half_width(coins, shares)) ** 2, squared)
    half = np.sqrt(links.sum_by_new(squared))
    lower, upper = np.maximum(estimate - half, at_least), np.minimum(estimate + half, at_most)
    columns = (estimate, np.minimum(lower, estimate), np.maximum(upper, estimate), at_least, at_most)
    return {
        unit: Interval(*values)
        for unit, *values in zip(links.new, *(column.tolist() for column in columns), strict=True)
    }


def ageing(years: float) -> float:
    """Return how much wider the interval of a fitted count is after `years`, compared with one year."""
    return float(np.sqrt(max(years, 0.5)))


@dataclass(frozen=True)
class Trials:
    """Estimates whose truth is known: errors, and the two parts that should explain them."""

    error: Floats
    coins: Floats
    shares: Floats

    @staticmethod
    def joined(parts: Sequence[Trials]) -> Trials:
        """Return all trials as one."""
        return Trials(
            np.concatenate([one.error for one in parts]),
            np.concatenate([one.coins for one in parts]),
            np.concatenate([one.shares for one in parts]),
        )


def trials(key: Schluessel, counts: Mapping[str, float], truth: Mapping[str, float], *, years: float = 1.0) -> Trials:
    """Return the errors of the estimated counts against `truth`, each brought to an age of one year."""
    links = key.links
    coins, shares = (links.sum_by_new(part) for part in error_parts(key, counts))
    estimated = coins > 0
    error = (links.sum_by_new(key.spread(counts)) - links.counts_of_new(truth)) / ageing(years)
    return Trials(error[estimated], coins[estimated], shares[estimated])


def hold_out(links: Links, counts: Mapping[dt.date, Mapping[str, float]]) -> Trials:
    """Return trials of the fit from the counts of the new units alone: a city calibrates itself, Merkmal by Merkmal.

    A connected component of units is known at every date, old counts or not: the sum of its new units. Each date is
    withheld in turn, estimated from the component's total and the proportions of each other date, and compared.
    """
    _, island = links.components()
    size = int(island.max(initial=-1)) + 1
    known = {date: links.counts_of_new(values) for date, values in counts.items()}
    found = []
    for withheld, truth in known.items():
        total = sums_of(island, truth, size)[island]
        for near, proportion in known.items():
            if near == withheld:
                continue
            share = shares_within(island, proportion, size)
            coins = total * share * (1 - share)
            split = coins > 0
            error = (total * share - truth) / ageing(abs((withheld - near).days) / 365.25)
            found.append(Trials(error[split], coins[split], coins[split] ** 2))
    return Trials.joined(found)


def calibrated(known: Trials) -> Spread:
    """Return the spread that describes the trials best, wide enough for nine in ten of them.

    The proportion of the two parts is the likeliest one if errors fall off exponentially; the factor then is the
    smallest that covers 90 %.

    Raises:
        ConfigError: there are too few trials to tell.
    """
    if len(known.error) < FEWEST_TRIALS:
        raise ConfigError(
            f"An interval is calibrated on at least {FEWEST_TRIALS} estimates with known truth, found "
            f"{len(known.error)}. Use the default spread of the method."
        )
    candidates = (0.0, *np.geomspace(1e-7, 1.0, 29).tolist())
    relative = max(candidates, key=lambda candidate: _likelihood(known, candidate))
    scale = np.sqrt(known.coins + relative * known.shares)
    return Spread(float(np.quantile(abs(known.error) / scale, CONFIDENCE)), relative)


def _likelihood(known: Trials, relative: float) -> float:
    scale = np.sqrt(known.coins + relative * known.shares)
    mean = float(np.mean(abs(known.error) / scale))
    return np.inf if mean == 0 else -float(np.mean(np.log(scale)) + np.log(mean))


def coverage(known: Trials, spread: Spread) -> float:
    """Return the share of trials whose truth lies inside the interval."""
    return float(np.mean(abs(known.error) <= spread.half_width(known.coins, known.shares) + 1e-9))
