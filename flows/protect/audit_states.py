"""What releases say of one Stichtag, put together where they tell nothing different of a kind of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class State:
    """What is said of one Stichtag: counts by place and side; NaN where nothing is."""

    day: str
    versions: tuple[str, ...]
    groups: frozenset[int]
    value: Floats
    silent: NDArray[np.bool_]
    """Where a count is said to be suppressed, which means that it is not 0."""
    withheld: NDArray[np.bool_]
    """Where a row that would tell a count is suppressed, so that the count may be 0."""
    forbidden: NDArray[np.bool_]
    """Where a rule forbids a count, however large it is."""
    source: NDArray[np.int16]
    """The number of the version that tells the count first."""
    low: Floats
    """The least that a count can be that was rounded or overlaid; NaN where it was not."""
    high: Floats

    @property
    def ranged(self) -> NDArray[np.bool_]:
        """Where nothing but limits of a count is published."""
        return ~np.isnan(self.low) & np.isnan(self.value)


@dataclass
class OpenState:
    """A state to which releases are still added."""

    sure: NDArray[np.bool_]
    """Which places are sure to be made of their pieces; of the others nothing is taken."""
    told: Floats
    silent: NDArray[np.bool_]
    withheld: NDArray[np.bool_]
    forbidden: NDArray[np.bool_]
    source: NDArray[np.int16]
    low: Floats
    high: Floats
    releases: set[int]
    groups: dict[int, int]
    """Of each group of classes of which something is said, the newest release that says it."""

    @classmethod
    def of(cls, sure: NDArray[np.bool_], sides: int, release: int) -> OpenState:
        """Return a state of which nothing is said."""
        shape = (len(sure), sides)
        return cls(
            sure, np.full(shape, np.nan), np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool),
            np.zeros(shape, dtype=bool),
            np.full(shape, release, dtype=np.int16), np.full(shape, np.nan), np.full(shape, np.nan), {release}, {},
        )  # fmt: skip

    def fill(
        self, place: Numbers, side: Numbers, value: Floats, silent: NDArray[np.bool_], quiet: NDArray[np.bool_],
        forbidden: NDArray[np.bool_],
    ) -> None:  # fmt: skip
        """Note what a release says of counts."""
        self.told[place, side] = value
        self.silent[place, side] = silent & np.isnan(value)
        self.withheld[place, side] = quiet & np.isnan(value)
        self.forbidden[place, side] = forbidden
        for said in (self.silent, self.withheld, self.forbidden):
            said[~self.sure] = False
        self.told[~self.sure] = np.nan

    def bound(self, place: Numbers, side: Numbers, low: Floats, high: Floats) -> None:
        """Note between what counts lie that a release rounded or overlaid."""
        self.low[place, side], self.high[place, side] = low, high
        self.low[~self.sure], self.high[~self.sure] = np.nan, np.nan

    def agrees(self, said: OpenState, columns: NDArray[np.intp]) -> bool:
        """Say whether a release tells nothing different of these sides."""
        both = ~np.isnan(self.told[:, columns]) & ~np.isnan(said.told[:, columns])
        apart = np.fmax(self._least(columns), said._least(columns)) > np.fmin(self._most(columns), said._most(columns))
        return bool((self.told[:, columns][both] == said.told[:, columns][both]).all() and not apart.any())

    def agrees_with_all(self, said: OpenState, groups: Mapping[int, NDArray[np.intp]]) -> bool:
        """Say the same of all groups of classes of which both say something; `groups` are the sides of each."""
        return all(self.agrees(said, columns) for of, columns in groups.items() if of in self.groups)

    def _least(self, columns: NDArray[np.intp]) -> Floats:
        return np.fmax(self.told[:, columns], self.low[:, columns])

    def _most(self, columns: NDArray[np.intp]) -> Floats:
        return np.fmin(self.told[:, columns], self.high[:, columns])

    def take(self, said: OpenState, columns: NDArray[np.intp], group: int) -> None:
        """Add what a release says of these sides, which are of a group of classes."""
        new = np.isnan(self.told[:, columns]) & ~np.isnan(said.told[:, columns])
        self.told[:, columns] = np.where(new, said.told[:, columns], self.told[:, columns])
        self.source[:, columns] = np.where(new, said.source[:, columns], self.source[:, columns])
        self.low[:, columns] = np.fmax(self.low[:, columns], said.low[:, columns])
        self.high[:, columns] = np.fmin(self.high[:, columns], said.high[:, columns])
        self.silent[:, columns] |= said.silent[:, columns]
        self.withheld[:, columns] |= said.withheld[:, columns]
        self.forbidden[:, columns] |= said.forbidden[:, columns]
        self.releases |= said.releases
        self.groups[group] = max(said.releases)

    def state(self, day: str, versions: Sequence[str]) -> State:
        """Return the state, now that every release has been added."""
        return State(
            day, tuple(versions[one] for one in sorted(self.releases)), frozenset(self.groups), self.told, self.silent,
            self.withheld, self.forbidden, self.source, self.low, self.high,
        )  # fmt: skip
