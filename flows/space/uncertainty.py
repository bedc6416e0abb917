"""How far an estimated count may be from the truth: how wrong each method is, calibrated so that 90 % lie inside.

The error of a shared unit has two parts. Its people fall to the one side or the other like tossed coins, which grows
with the root of their number; and the share itself is wrong, which grows with the number. How large each is was
measured on redraws whose truth is known (docs/boundary-changes.md), by method. The intervals themselves are computed
by SQL, from sql/schema/fehler.sql.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from flows.base.errors import ConfigError
from flows.space.links import Floats, Links, quotient, sums_of
from flows.space.umsteigeschluessel import Method

CONFIDENCE = 0.9
FEWEST_TRIALS = 40


@dataclass(frozen=True)
class Spread:
    """How wrong a method is: half the width of its 90 % interval is factor * sqrt(coins + relative * coins²)."""

    factor: float
    relative: float


SPREADS: Mapping[Method, Spread] = {
    Method.EXACT: Spread(0.0, 0.0),
    Method.OVERLAP: Spread(3.7, 0.0),
    Method.BUILDING_WEIGHTED: Spread(1.4, 0.0056),
    Method.POPULATION_WEIGHTED: Spread(30.0, 0.0),
    Method.AREA_WEIGHTED: Spread(39.0, 0.001),
}
"""Where a city cannot calibrate itself (hold_out): measured as docs/boundary-changes.md describes."""

BORROWED = Spread(13.2, 0.0)
"""In place of POPULATION_WEIGHTED for a key that was lent (Schluessel.lent): the fit of another Merkmal."""


def ageing(years: float) -> float:
    """Return how much wider the interval of a fitted count is after `years`, compared with one year."""
    return float(np.sqrt(max(years, 0.5)))


@dataclass(frozen=True)
class Trials:
    """Estimates whose truth is known: their errors, and the variance that coins would have."""

    error: Floats
    coins: Floats


def hold_out(links: Links, counts: Mapping[dt.date, Floats]) -> Trials:
    """Return trials of the fit from the counts of the new units alone: a city calibrates itself, Merkmal by Merkmal.

    A connected component of units is known at every date, old counts or not: the sum of its new units. Each date is
    withheld in turn, estimated from the component's total and the proportions of each other date, and compared.
    """
    _, island = links.components()
    dates = list(counts)
    known = np.array([counts[date] for date in dates])
    total = np.array([sums_of(island, each, int(island.max(initial=-1)) + 1)[island] for each in known])
    share = quotient(known, total)
    age = np.array([[ageing(abs((one - other).days) / 365.25) for other in dates] for one in dates])
    coins = total[:, None] * share * (1 - share)
    error = (total[:, None] * share - known[:, None]) / age[:, :, None]
    tried = (coins > 0) & ~np.eye(len(dates), dtype=np.bool_)[:, :, None]
    return Trials(error[tried], coins[tried])


def calibrated(known: Trials) -> Spread:
    """Return the spread that describes the trials best, wide enough for nine in ten of them.

    The proportion of the two parts is the likeliest one if errors fall off exponentially; the factor then is the
    smallest that covers 90 %.

    Raises:
        ConfigError: there are too few trials.
    """
    if len(known.error) < FEWEST_TRIALS:
        raise ConfigError(
            f"An interval is calibrated on at least {FEWEST_TRIALS} estimates with known truth, found "
            f"{len(known.error)}. Use the default spread of the method."
        )
    candidates = np.array([0.0, *np.geomspace(1e-7, 1.0, 29).tolist()])
    scale = np.sqrt(known.coins + candidates[:, None] * known.coins**2)
    mean = np.mean(abs(known.error) / scale, axis=1)
    with np.errstate(divide="ignore"):  # no error at all: every candidate is as likely, the first is taken
        likelihood = -(np.mean(np.log(scale), axis=1) + np.log(mean))
    best = int(np.argmax(likelihood))
    return Spread(float(np.quantile(abs(known.error) / scale[best], CONFIDENCE)), float(candidates[best]))
