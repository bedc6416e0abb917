"""How mixed a Sozialraum is: the variance of its base units in excess of chance, beside that of the whole city.

Of a share, base units of the same character differ by binomial chance alone: a block of 40 residents with a rate of
10 % has 0 to 8 recipients. What they differ by beyond that is estimated by moments (Kleinman 1973, J. Am. Stat. Assoc.
68; the same as DerSimonian and Laird 1986, Controlled Clinical Trials 7):

    tau2 = (Q - (m - 1) p (1 - p)) / (N - sum n_i^2 / N),    Q = sum n_i (p_i - p)^2

with m base units of n_i people, N in all, and their common rate p. The heterogeneity is tau2 over the tau2 of all base
units of the city: 0 where base units are alike, 1 where the unit is as mixed as the city. Traits are added by weight.
Its standard error leaves out one base unit after the other (jackknife: Efron and Stein 1981, Ann. Stat. 9). A rank
has a range since scores do (Marshall and Spiegelhalter 1998, Brit. Med. J. 316): ranks of draws within their errors.

People of one household or one building are alike: that makes rates of blocks differ by more than binomial chance, so
that a heterogeneity a little above 0 means nothing. Differences between units and the limits of the review do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from flows.redrawing.ground import Flags, Floats, Ground, Ints

LEVEL = 0.90
"""Of intervals and ranges of ranks."""
FEWEST = 3
"""Base units with people that a unit needs to be judged."""
_DRAWS, _SEED = 1_000, 20_160


@dataclass(frozen=True)
class Heterogeneity:
    """Of each unit (u) how mixed it is, by trait (k) and in all; NaN where it cannot be judged."""

    score: Floats
    lower: Floats
    upper: Floats
    rank_from: Ints
    """1 is the most mixed; 0 where there is no score."""
    rank_to: Ints
    by_trait: Floats
    """Shape (u, k): each trait's part of the score."""
    by_base_unit: Floats
    """Shape (n,): each base unit's part of the score of its unit."""


@dataclass(frozen=True)
class Noise:
    """What chance alone makes of a rate, as variance of one person; and how the city's base units differ beyond it."""

    per_person: Floats
    """Shape (k,): of traits whose numerator does not count some of the denominator; NaN for shares: p (1 - p)."""
    city: Floats
    """Shape (k,): the variance of the base units of the whole city in excess of chance."""

    def of(self, rate: Floats) -> Floats:
        """Return the variance of one person at this rate (any shape that ends with the traits)."""
        found: Floats = np.where(np.isnan(self.per_person), np.clip(rate * (1 - rate), 0, None), self.per_person)
        return found


def rates(ground: Ground) -> Floats:
    """Return the rate of each trait of each base unit; NaN where there is nobody whom it is about."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.where(ground.denominators > 0, ground.numerators / ground.denominators, np.nan)
        return found


def by_unit(values: Floats, ground: Ground) -> Floats:
    """Return the sums (u, k) of what base units have (n, k)."""
    added = np.zeros((len(ground.units), values.shape[1]))
    np.add.at(added, ground.today, values)
    return added


def unit_rates(ground: Ground) -> Floats:
    """Return the rate (u, k) of each unit; NaN where there is nobody."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = by_unit(ground.numerators, ground) / by_unit(ground.denominators, ground)
        return found


def noise(ground: Ground) -> Noise:
    """Return what chance makes of the rates of this city, trait by trait."""
    rate, own = rates(ground), unit_rates(ground)[ground.today]
    per_person = np.full(len(ground.traits), np.nan)
    for k, trait in enumerate(ground.traits):
        if not trait.counted:
            there = ground.denominators[:, k] > 0
            per_person[k] = _shrinking_part((rate[there, k] - own[there, k]) ** 2, ground.denominators[there, k])
    everything = _Sums.of(ground, np.zeros(len(ground), dtype=np.int64), 1)
    guess = Noise(per_person, np.ones(len(ground.traits)))
    city = np.where(everything.enough, everything.variance(guess), np.nan)[0]
    return Noise(per_person, np.where(city > 0, city, np.nan))


def _shrinking_part(squares: Floats, people: Floats) -> float:
    """Return the part of squared differences that shrinks as base units grow: the slope on 1 / people, at least 0."""
    if len(squares) < FEWEST:
        return 0.0
    inverse = 1 / people
    middle = np.average(inverse, weights=people)
    below = float(np.sum(people * (inverse - middle) ** 2))
    slope = float(np.sum(people * (inverse - middle) * squares)) / below if below > 0 else 0.0
    return max(0.0, slope)


@dataclass(frozen=True)
class _Sums:
    """What the moments are made of, by unit and trait; without one base unit it is the same less its own."""

    count: Floats
    people: Floats
    cases: Floats
    squares: Floats
    """Sum of cases^2 / people."""
    people_squared: Floats

    @classmethod
    def of(cls, ground: Ground, today: Ints, units: int) -> _Sums:
        own = cls.of_base_units(ground)
        added = []
        for values in (own.count, own.people, own.cases, own.squares, own.people_squared):
            total = np.zeros((units, values.shape[1]))
            np.add.at(total, today, values)
            added.append(total)
        return cls(*added)

    @classmethod
    def of_base_units(cls, ground: Ground) -> _Sums:
        x, n = ground.numerators, ground.denominators
        squares = np.divide(x * x, n, out=np.zeros_like(x), where=n > 0)
        return cls((n > 0).astype(np.float64), n, x, squares, n * n)

    def less(self, one: _Sums, today: Ints) -> _Sums:
        return _Sums(
            *(getattr(self, name)[today] - getattr(one, name) for name in self.__dataclass_fields__)  # by base unit
        )

    @property
    def enough(self) -> Flags:
        found: Flags = (self.count >= FEWEST) & (self.weight > 0)
        return found

    @property
    def weight(self) -> Floats:
        found: Floats = self.people - np.divide(
            self.people_squared, self.people, out=np.zeros_like(self.people), where=self.people > 0
        )
        return found

    @property
    def rate(self) -> Floats:
        return np.divide(self.cases, self.people, out=np.zeros_like(self.cases), where=self.people > 0)

    def variance(self, by_chance: Noise) -> Floats:
        """Return tau2, which may be below 0 by chance."""
        between = self.squares - self.cases * self.rate
        excess = between - (self.count - 1) * by_chance.of(self.rate)
        return np.divide(excess, self.weight, out=np.zeros_like(excess), where=self.weight > 1e-9)


def heterogeneity(ground: Ground, by_chance: Noise) -> Heterogeneity:
    """Return how mixed each unit is."""
    weights = np.array([trait.weight for trait in ground.traits])
    importance = np.where(np.isnan(by_chance.city), 0, weights / np.nan_to_num(by_chance.city, nan=1.0))
    sums, own = _Sums.of(ground, ground.today, len(ground.units)), _Sums.of_base_units(ground)
    judged = (sums.enough & (importance > 0)).any(axis=1)
    by_trait = np.where(sums.enough, sums.variance(by_chance), 0) * importance
    score = np.where(judged, by_trait.sum(axis=1), np.nan)
    without = sums.less(own, ground.today)
    left = (np.where(sums.enough[ground.today] & (without.weight > 1e-9), without.variance(by_chance), 0)
            * importance).sum(axis=1)  # fmt: skip
    counted = (own.count.sum(axis=1) > 0).astype(np.float64)
    error, m = _jackknife(left, counted, ground.today, len(ground.units))
    width = stdtrit(np.maximum(m - 1, 1), 0.5 + LEVEL / 2) * error
    first, last = rank_ranges(score, error)
    rate = sums.rate[ground.today]
    distance = np.where(own.people > 0, own.people * (own.rate - rate) ** 2, 0)
    share = np.divide(own.people, sums.people[ground.today], out=np.zeros_like(own.people), where=own.people > 0)
    excess = distance - np.where(own.people > 0, by_chance.of(rate) * (1 - share), 0)
    weight = np.where(sums.enough, sums.weight, np.inf)[ground.today]
    return Heterogeneity(
        score, score - width, score + width, first, last, by_trait, (excess / weight * importance).sum(axis=1)
    )


def _jackknife(left_out: Floats, counted: Floats, today: Ints, units: int) -> tuple[Floats, Floats]:
    """Return the standard error of each unit's score from the scores without one base unit each, and how many."""
    m = np.bincount(today, counted, units)
    mean = np.divide(np.bincount(today, counted * left_out, units), m, out=np.zeros(units), where=m > 0)
    spread = np.bincount(today, counted * (left_out - mean[today]) ** 2, units)
    error: Floats = np.sqrt(np.divide((m - 1) * spread, m, out=np.zeros(units), where=m > 0))
    return error, m.astype(np.float64)


def rank_ranges(score: Floats, error: Floats) -> tuple[Ints, Ints]:
    """Return from which to which rank each unit lies with 90 % probability; the highest score is rank 1."""
    first, last = np.zeros(len(score), dtype=np.int64), np.zeros(len(score), dtype=np.int64)
    there = np.flatnonzero(~np.isnan(score))
    if len(there):
        drawn = np.random.default_rng(_SEED).normal(score[there], error[there], (_DRAWS, len(there)))
        ranks = np.argsort(np.argsort(-drawn, axis=1), axis=1) + 1
        tail = (1 - LEVEL) / 2
        first[there] = np.quantile(ranks, tail, axis=0, method="lower").astype(np.int64)
        last[there] = np.quantile(ranks, 1 - tail, axis=0, method="higher").astype(np.int64)
    return first, last
