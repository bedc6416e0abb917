"""The Umsteigeschlüssel: of each unit's count, which share goes to which unit of the other Zuschnitt.

A key is checked when it is made, and can be chained over several redraws. Counts are taken through it by SQL
(sql/transform/schaetzung_teil.sql and what reads it).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from flows.base.errors import ConfigError
from flows.space.links import Floats, Links, links_between


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
"""How far the shares of a unit may be from 1 in all."""


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
        links = self.links
        if not np.all(self.weights >= 0):
            bad = [links.pairs()[place] for place in np.flatnonzero(~(self.weights >= 0))]
            raise ConfigError(f"An Umsteigeschlüssel needs shares of 0 or more, found others for {_some(bad)}.")
        if len(np.unique(links.old_of * len(links.new) + links.new_of)) < len(links):
            pairs = links.pairs()
            twice = sorted({pair for pair in pairs if pairs.count(pair) > 1})
            raise ConfigError(f"An Umsteigeschlüssel names each pair of units once, found twice: {_some(twice)}.")
        sums_to_1 = abs(links.sum_by_old(self.weights) - 1) <= TOLERANCE
        off = [links.old[place] for place in np.flatnonzero(~sums_to_1 & (links.partners_of_old() > 0))]
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

    def spread(self, counts: Floats) -> Floats:
        """Return what of `counts`, given in the order of the old units, goes along each pair."""
        along: Floats = counts[self.links.old_of] * self.weights
        return along

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


def _some(named: Iterable[object]) -> str:
    listed = [" → ".join(item) if isinstance(item, tuple) else str(item) for item in named]
    return ", ".join(listed[:10]) + (f" and {len(listed) - 10} more" if len(listed) > 10 else "")
