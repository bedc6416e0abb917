"""Which old unit meets which new one: the sparse table that every key, fit and event is written on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Links:
    """Pairs of an old and a new unit, as positions in the lists of their ids; units without a pair are listed too."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    old_of: Ints
    """For each pair the place of its old unit in `old`."""
    new_of: Ints

    def __len__(self) -> int:
        return len(self.old_of)

    def pairs(self) -> list[tuple[str, str]]:
        """Return the pairs as ids."""
        return [(self.old[i], self.new[j]) for i, j in zip(self.old_of.tolist(), self.new_of.tolist(), strict=True)]

    def sum_by_old(self, values: Floats) -> Floats:
        """Return the sum over each old unit's pairs."""
        return sums_of(self.old_of, values, len(self.old))

    def sum_by_new(self, values: Floats) -> Floats:
        """Return the sum over each new unit's pairs."""
        return sums_of(self.new_of, values, len(self.new))

    def partners_of_old(self) -> Ints:
        """Return how many new units each old one meets."""
        return np.bincount(self.old_of, minlength=len(self.old))

    def partners_of_new(self) -> Ints:
        """Return how many old units each new one meets."""
        return np.bincount(self.new_of, minlength=len(self.new))

    def turned(self) -> Links:
        """Return the pairs seen from the new units."""
        return Links(self.new, self.old, self.new_of, self.old_of)

    def components(self) -> tuple[Ints, Ints]:
        """Return the number of the connected component of each old and of each new unit.

        Nobody can have moved from one component into another by the redraw: each is an island of its own.
        """
        return self._components

    @cached_property
    def _components(self) -> tuple[Ints, Ints]:
        return components_of(self.old_of, self.new_of, len(self.old), len(self.new))

    def counts_of_old(self, counts: Mapping[str, float]) -> Floats:
        """Return `counts` in the order of the old units; a unit that is not named counts 0."""
        return np.array([counts.get(unit, 0.0) for unit in self.old], dtype=np.float64)

    def counts_of_new(self, counts: Mapping[str, float]) -> Floats:
        """Return `counts` in the order of the new units; a unit that is not named counts 0."""
        return np.array([counts.get(unit, 0.0) for unit in self.new], dtype=np.float64)


def links_between(pairs: Iterable[tuple[str, str]], old: Iterable[str] = (), new: Iterable[str] = ()) -> Links:
    """Return the links of `pairs` in their order; `old` and `new` name further units, which may have no pair."""
    listed = list(pairs)
    old_ids = tuple(sorted({i for i, _ in listed} | set(old)))
    new_ids = tuple(sorted({j for _, j in listed} | set(new)))
    old_at = {unit: place for place, unit in enumerate(old_ids)}
    new_at = {unit: place for place, unit in enumerate(new_ids)}
    return Links(
        old_ids,
        new_ids,
        np.array([old_at[i] for i, _ in listed], dtype=np.int64),
        np.array([new_at[j] for _, j in listed], dtype=np.int64),
    )


def components_of(old_of: Ints, new_of: Ints, olds: int, news: int) -> tuple[Ints, Ints]:
    """Return the number of the connected component of each old and of each new unit that the pairs connect."""
    old, new = np.arange(olds), np.arange(olds, olds + news)
    while True:
        lowest = np.minimum(old[old_of], new[new_of])
        before = (old.copy(), new.copy())
        np.minimum.at(old, old_of, lowest)
        np.minimum.at(new, new_of, lowest)
        if np.array_equal(before[0], old) and np.array_equal(before[1], new):
            break
    _, number = np.unique(np.concatenate([old, new]), return_inverse=True)
    return number[:olds], number[olds:]


def sums_of(groups: Ints, values: Floats, number_of_groups: int) -> Floats:
    """Return the sum of the values of each group."""
    return np.bincount(groups, weights=values, minlength=number_of_groups).astype(np.float64)


def quotient(numerator: Floats, denominator: Floats) -> Floats:
    """Return numerator over denominator, and 0 where the denominator is not above 0."""
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)


def shares_within(groups: Ints, values: Floats, number_of_groups: int) -> Floats:
    """Return each value as a share of the sum of its group; in a group without mass all shares are 0."""
    return quotient(values, sums_of(groups, values, number_of_groups)[groups])
