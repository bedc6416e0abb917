"""The Umsteigeschlüssel: of each unit's count, which share goes to which unit of the other Zuschnitt.

A key is checked when it is made, can be turned round, chained over several redraws, and applied to counts.
Applying it loses nobody: what cannot be placed is returned by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from flows.base.errors import ConfigError
from flows.space.links import Floats, Links, links_between, shares_within


class Method(IntEnum):
    """How the shares of a unit were found, from the surest to the least sure."""

    EXACT = 0
    """Nothing was estimated: the unit went whole, or its base units were counted."""
    OVERLAP = 1
    """Fitted to counts on both Zuschnitte."""
    BUILDING_WEIGHTED = 2
    """By addresses, dwellings or floor space."""
    POPULATION_WEIGHTED = 3
    """By residents of another source or date: a grid, or the density of the new units."""
    AREA_WEIGHTED = 4
    """By area alone."""

    @property
    def word(self) -> str:
        """The method's name in the published tables."""
        return self.name.lower()


TOLERANCE = 1e-9
"""How far the shares of a unit may be from 1 in all, and a sum from what went in, relatively."""


@dataclass(frozen=True)
class Schluessel:
    """A key: `weights` of each pair in `links`, and the method of each old unit.

    Raises:
        ConfigError: a weight is negative or no number, a pair occurs twice, or the weights of a unit do not sum to 1.
    """

    links: Links
    weights: Floats
    methods: tuple[Method, ...]

    def __post_init__(self) -> None:
        bad = [self.links.pairs()[place] for place in np.flatnonzero(~(self.weights >= 0))]
        if bad:
            raise ConfigError(f"An Umsteigeschlüssel needs shares of 0 or more, found others for {_some(bad)}.")
        pairs = self.links.pairs()
        if len(set(pairs)) < len(pairs):
            twice = sorted({pair for pair in pairs if pairs.count(pair) > 1})
            raise ConfigError(f"An Umsteigeschlüssel names each pair of units once, found twice: {_some(twice)}.")
        sums = self.links.sum_by_old(self.weights)
        off = [self.links.old[place] for place in np.flatnonzero(abs(sums - 1) > TOLERANCE)]
        off = [unit for unit in off if unit not in self.without_partner]
        if off:
            raise ConfigError(
                f"The shares of a unit must sum to 1, found otherwise for {_some(off)}. Complete the key, or leave out "
                "the units that have no partner: they are reported as such."
            )

    @property
    def without_partner(self) -> tuple[str, ...]:
        """The old units that the key leads nowhere."""
        return tuple(self.links.old[place] for place in np.flatnonzero(self.links.partners_of_old() == 0))

    def rows(self) -> list[tuple[str, str, float, str]]:
        """Return old unit, new unit, share and method of each pair."""
        words = [self.methods[place].word for place in self.links.old_of.tolist()]
        return [(i, j, w, m) for (i, j), w, m in zip(self.links.pairs(), self.weights.tolist(), words, strict=True)]

    def spread(self, counts: Mapping[str, float]) -> Floats:
        """Return what of `counts` goes along each pair."""
        return self.links.counts_of_old(counts)[self.links.old_of] * self.weights

    def apply(self, counts: Mapping[str, float]) -> Rebased:
        """Return `counts` of the old units on the new ones."""
        known = set(self.links.old) - set(self.without_partner)
        unmatched = {unit: count for unit, count in counts.items() if unit not in known}
        return Rebased(
            values=dict(zip(self.links.new, self.links.sum_by_new(self.spread(counts)).tolist(), strict=True)),
            unmatched=unmatched,
        )

    def apply_whole(self, counts: Mapping[str, int]) -> Rebased:
        """Return `counts` on the new units as whole numbers, rounded by largest remainder.

        Each component of the key keeps its total exactly, and a unit that gets nobody stays empty.
        """
        fractional = self.apply(counts)
        values = self.links.counts_of_new(fractional.values)
        _, island = self.links.components()
        rounded = whole_numbers(values, [np.flatnonzero(island == number) for number in np.unique(island)])
        return Rebased(dict(zip(self.links.new, rounded.tolist(), strict=True)), fractional.unmatched)

    def turned(self, counts: Mapping[str, float], method: Method = Method.POPULATION_WEIGHTED) -> Schluessel:
        """Return the key from the new units to the old ones, for `counts` of the old units.

        A new unit made of one old one goes back exactly. One made of several is shared by what each gave it, which is
        as good as `counts` are for the date: hence `method`. Where nobody lives, the shares themselves decide.
        """
        mass = self.spread(counts)
        empty = self.links.sum_by_new(mass)[self.links.new_of] <= 0
        links = self.links.turned()
        weights = shares_within(links.old_of, np.where(empty, self.weights, mass), len(links.old))
        reached = links.sum_by_old(weights)[links.old_of] > 0
        given = np.bincount(links.old_of[weights > 0], minlength=len(links.old))
        worst = np.zeros(len(links.old), dtype=np.int64)
        np.maximum.at(worst, links.old_of, np.array(self.methods, dtype=np.int64)[links.new_of])
        methods = tuple(
            Method.EXACT if parts <= 1 else Method(max(method, own))
            for parts, own in zip(given.tolist(), worst.tolist(), strict=True)
        )
        return Schluessel(links.where(reached), weights[reached], methods)

    def lent(self) -> Schluessel:
        """Return the key for a Merkmal without a fit of its own: what was fitted are then shares of other people."""
        methods = (Method.POPULATION_WEIGHTED if method is Method.OVERLAP else method for method in self.methods)
        return Schluessel(self.links, self.weights, tuple(methods))

    def then(self, following: Schluessel) -> Schluessel:
        """Return the key over both redraws: this one and then `following`.

        A unit's method is the least sure on its way. A unit that `following` does not know loses its partner.
        """
        method_of = dict(zip(following.links.old, following.methods, strict=True))
        onward: dict[str, list[tuple[str, float]]] = {}
        for middle, new, share, _ in following.rows():
            onward.setdefault(middle, []).append((new, share))
        total: dict[tuple[str, str], float] = {}
        worst = dict(zip(self.links.old, self.methods, strict=True))
        lost = set()
        for old, middle, share, _ in self.rows():
            if middle not in onward:
                lost |= {old} if share > 0 else set()
                continue
            for new, further in onward[middle]:
                total[old, new] = total.get((old, new), 0.0) + share * further
            worst[old] = max(worst[old], method_of[middle]) if share > 0 else worst[old]
        kept = {pair: share for pair, share in total.items() if pair[0] not in lost}
        return key_of(kept, worst, old=self.links.old, new=following.links.new)


@dataclass(frozen=True)
class Rebased:
    """Counts on the new units, and those of old units that the key leads nowhere."""

    values: dict[str, float]
    unmatched: dict[str, float]

    @property
    def lost(self) -> float:
        """How much of the counts has no place on the new units."""
        return float(sum(self.unmatched.values()))


def key_of(
    shares: Mapping[tuple[str, str], float],
    methods: Method | Mapping[str, Method],
    old: Iterable[str] = (),
    new: Iterable[str] = (),
) -> Schluessel:
    """Return the key with these shares; `old` and `new` name units that may have no pair.

    Raises:
        ConfigError: the shares are no key.
    """
    links = links_between(shares, old, new)
    weights = np.array(list(shares.values()), dtype=np.float64)
    of_unit = dict.fromkeys(links.old, methods) if isinstance(methods, Method) else methods
    return Schluessel(links, weights, tuple(of_unit[unit] for unit in links.old))


def key_from_flows(flows: Mapping[tuple[str, str], float], method: Method = Method.EXACT) -> Schluessel:
    """Return the key that shares each old unit as `flows` between old and new units do.

    An old unit without any mass is shared equally: whatever is counted there one day must go somewhere.
    """
    links = links_between(flows)
    mass = np.array(list(flows.values()), dtype=np.float64)
    empty = links.sum_by_old(mass)[links.old_of] <= 0
    weights = shares_within(links.old_of, np.where(empty, 1.0, mass), len(links.old))
    return Schluessel(links, weights, tuple([method] * len(links.old)))


def whole_numbers(values: Floats, groups: Iterable[np.typing.NDArray[np.int64]]) -> np.typing.NDArray[np.int64]:
    """Return `values` as whole numbers, each group's total kept: the largest remainders are rounded up.

    Whole values stay, so do zeros. Of equal remainders the first is rounded up, so a rerun says the same.
    """
    clean = np.where(abs(values - np.round(values)) < 1e-7, np.round(values), values)
    result = np.floor(clean).astype(np.int64)
    for group in groups:
        missing = round(float(clean[group].sum())) - int(result[group].sum())
        if missing > 0:
            order = np.argsort(-(clean[group] - np.floor(clean[group])), kind="stable")
            result[group[order[:missing]]] += 1
    return result


def _some(named: Iterable[object]) -> str:
    listed = [" → ".join(item) if isinstance(item, tuple) else str(item) for item in named]
    return ", ".join(listed[:10]) + (f" and {len(listed) - 10} more" if len(listed) > 10 else "")
