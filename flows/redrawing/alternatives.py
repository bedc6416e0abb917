"""Other cuts of the same units that are as good as the one proposed: what differs, and where all of them agree.

A search from another beginning, or on half of the residents, finds another cut. It is as good if it is not surely
worse: the difference of what both gain, less the price of those who move, varies over halves of the residents by as
much as chance in all of them makes it vary, and its upper end (one-sided 95 %) is not below 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from flows.redrawing.ground import Flags, Floats, Ints
from flows.redrawing.sums import Rules, Sums, gain_of
from flows.redrawing.tree_cuts import out_of_bounds

SHOWN = 3
OTHER = 0.1
"""Cuts that differ in less than this share of those who move are one."""
_NOT_WORSE = 1.645


@dataclass(frozen=True)
class Alternative:
    """A cut of the units of a proposal that is as good."""

    labels: Ints
    """Of the base units of the proposal's units, in the order of `Cut.inside`."""
    moved: float
    gain: float
    """On all residents, as `Gain.seen` of the proposal."""
    better: float
    """By how much it is worth more than the proposal, price included; below 0, less."""
    low: float
    high: float
    """The 90 % interval of that."""


@dataclass(frozen=True)
class Cut:
    """What is proposed for some units, and by what cuts of them are judged."""

    inside: Ints
    """The base units of the units."""
    today: Ints
    proposed: Ints
    """Their units today and as proposed."""
    sums: Sums
    halves: Sequence[Sums]
    rules: Rules

    def gain(self, labels: Ints, sums: Sums | None = None) -> float:
        """Return how much more a cut has between units than today's, on all residents or a half of them."""
        return gain_of(self.sums if sums is None else sums, self.inside, self.today, labels)

    def moved(self, labels: Ints) -> float:
        """Return how many residents change their unit."""
        return float(self.sums.residents[self.inside][labels != self.today].sum())

    def as_good(self, candidates: Iterable[Ints]) -> tuple[Alternative, ...]:
        """Return up to three cuts among the candidates that are as good and differ from each other, best first."""
        least = OTHER * max(self.moved(self.proposed), 1.0)
        found: list[Alternative] = []
        for each in sorted(self._judged(candidates), key=lambda one: -one.better):
            known = [self.proposed, *(one.labels for one in found)]
            if all(self._apart(each.labels, other) >= least for other in known):
                found.append(each)
        return tuple(found[:SHOWN])

    def agreed(self, others: Sequence[Alternative]) -> Flags:
        """Return which base units all of the cuts put into the same unit."""
        same = np.ones(len(self.inside), dtype=np.bool_)
        for each in others:
            same &= each.labels == self.proposed
        return same

    def _judged(self, candidates: Iterable[Ints]) -> Iterable[Alternative]:
        own = self.gain(self.proposed), self.moved(self.proposed)
        of_halves = [self.gain(self.proposed, half) for half in self.halves]
        for labels in {each.tobytes(): each for each in candidates}.values():
            moved, gain = self.moved(labels), self.gain(labels)
            price = self.rules.price / self.sums.city * (moved - own[1])
            better = gain - own[0] - price
            varies = np.array([self.gain(labels, half) for half in self.halves]) - np.array(of_halves)
            away = _NOT_WORSE * float(varies.std())
            worth = gain > self.rules.price / self.sums.city * moved
            if worth and moved and better + away >= 0 and self._in_bounds(labels):
                yield Alternative(labels, moved, gain, better, better - away, better + away)

    def _apart(self, one: Ints, other: Ints) -> float:
        return float(self.sums.residents[self.inside][one != other].sum())

    def _in_bounds(self, labels: Ints) -> bool:
        """Say whether no more residents are too many or too few than with what is proposed."""
        return self._outside(labels) <= self._outside(self.proposed) + 1e-9

    def _outside(self, labels: Ints) -> float:
        sizes: Floats = np.bincount(labels, self.sums.residents[self.inside]).astype(np.float64)
        return float(out_of_bounds(sizes[np.unique(labels)], self.rules).sum())
