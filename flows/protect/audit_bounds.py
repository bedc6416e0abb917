"""Which counts everything that is published bounds too closely, by linear and integer programming.

After Fischetti and Salazar (Models and Algorithms for Optimizing Cell Suppression, 2000): a suppressed count is as safe
as the interval that an attacker computes for it. Counts are whole and not negative, published sums hold, a suppressed
count is at least 1, a part is at most its whole. Most counts are shown to be safe together, by some solutions in which
as many as possible are large. Each of the others is asked by itself, of all that hangs together with it; or, for a
repair, of what is published around it, which is much faster and often enough. Only where fractions could be larger than
whole numbers, an integer programme decides; if it comes to no end, the count is taken to be bounded too closely.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from flows.protect.audit_asked import Asked, Interval
from flows.protect.audit_constraints import CLOSE, Constraints, Forms, Part
from flows.protect.audit_programme import Extreme, Programme, WholeNumbers
from flows.protect.audit_states import Floats
from flows.protect.audit_system import System

ROUNDS = 4
"""Solutions that are sought for many counts together."""
LOCAL = 200
"""In a connected system of more unknowns, a repair looks at what is published around a count first."""


@dataclass(frozen=True)
class Bounds:
    """What linear and integer programming found of the counts of a state."""

    too_close: list[Interval]
    """Those whose interval lies between 1 and their threshold."""
    contradictory: list[Asked]
    """Those about which published figures say things that cannot all be true; of these nothing is bounded."""
    complete: bool
    """Whether every count was looked at in all that hangs together with it."""
    constraints: Constraints
    """What holds between the unknowns."""


def bounded(system: System, asked: Sequence[Asked], *, around: bool = False) -> Bounds:
    """Return which counts the published figures bound too closely.

    With `around`, a large connected system is not looked at as a whole, so that some may be missing.
    """
    constraints = Constraints.of(system, [one for one in asked if one.kind == "place"])
    pieces = np.array([piece for _, piece in system.columns], dtype=np.intp)
    # what has no threshold is safe whatever it is; a sum of floor space need not be whole either
    open_ = [one for one in asked if one.factors and one.kind != "forbidden" and one.at_least > 0]
    left, solutions = _unsure(constraints, open_, ROUNDS)
    questions = _Questions(system, pieces, constraints, solutions, around=around)
    found = [*questions.answered(left), *questions.determined(asked)]
    broken = np.flatnonzero(Forms.of(open_, constraints.size).touch(constraints.broken))
    return Bounds(found, [open_[at] for at in broken.tolist()], questions.complete, constraints)


def bounds_any(
    constraints: Constraints, system: System, pieces: NDArray[np.intp], asked: Sequence[Asked]
) -> bool:  # fmt: skip
    """Say whether what holds between some unknowns, which are counts of these pieces, bounds any count too closely.

    It does as well where that cannot all be true.
    """
    open_ = [one for one in asked if one.kind != "forbidden" and one.at_least > 0]
    left, solutions = _unsure(constraints, open_, 1)
    questions = _Questions(system, pieces, constraints, solutions, around=False)
    found = next(chain(questions.answered(left), questions.determined(asked)), None)
    return found is not None or bool(constraints.broken.any())


def _unsure(
    constraints: Constraints, asked: Sequence[Asked], rounds: int
) -> tuple[list[Asked], list[Floats]]:  # fmt: skip
    """Return the counts that no solution for many together shows to be safe, and the solutions."""
    forms, left, solutions = Forms.of(asked, constraints.size), np.arange(len(asked)), list[Floats]()
    for number in range(rounds):
        if not len(left):
            break
        solution = constraints.reaching(forms.some(left), upward=number != 1)
        whole = constraints.whole(solution)
        left = left[~constraints.shown(forms.some(left), solution, whole)]
        solutions.append(np.where(whole, np.round(solution), np.nan))
    return [asked[at] for at in left.tolist()], solutions


class _Questions:
    """What is asked of one count after the other, with the programmes that have been made for those before."""

    def __init__(
        self, system: System, pieces: NDArray[np.intp], constraints: Constraints, solutions: Sequence[Floats], *,
        around: bool,
    ) -> None:  # fmt: skip
        """Take the piece of each unknown, and solutions that are known; NaN where they are not whole numbers."""
        self.constraints, self.solutions = constraints, solutions
        self.complete, self._only_around = True, around
        self._piece = pieces
        ranks = sorted({place.rank for place in system.said.places})
        self._around = [
            system.inside[[place.rank == rank for place in system.said.places]] for rank in ranks[1:3]
        ]  # fmt: skip
        self._programmes: dict[tuple[object, ...], Programme] = {}

    def answered(self, left: Sequence[Asked]) -> Iterator[Interval]:
        """Yield the intervals of those counts that are bounded too closely."""
        waiting = sorted(left, key=lambda one: (self.constraints.systems_of(one), one.where))
        shown: set[int] = set()
        for number, one in enumerate(waiting):
            if number in shown or self.constraints.contradictory(one):
                continue
            answer = self._answer(one)
            if isinstance(answer, Interval):
                yield answer
            elif answer is not None:  # numbers in which it is large enough: others may be, too
                inside = set(answer.columns.tolist())
                shown |= {
                    at for at, other in enumerate(waiting[number + 1 :], number + 1)
                    if other.factors.keys() <= inside and _large(other, answer.of(other.factors))
                }  # fmt: skip

    def _answer(self, one: Asked) -> Interval | Extreme | None:
        systems = self.constraints.systems_of(one)
        size = sum(len(self.constraints.members[each][1]) for each in systems if each >= 0)
        if not self._only_around or size <= LOCAL or -1 in systems:
            return self._whole(one)
        found = self._local(one, systems)
        self.complete &= found is not None
        return found

    def _local(self, one: Asked, systems: tuple[int, ...]) -> Interval | None:
        """Return the interval of a count if what is published around it is enough to bound it too closely."""
        pieces = np.unique(self._piece[list(one.factors)])
        for units in self._around:
            region = _region(units, pieces)
            programme = self._programme(
                (systems, region.tobytes()), partial(self.constraints.within, systems, (), region[self._piece])
            )
            answer = self._bounded(one, programme)
            if isinstance(answer, Interval):
                return answer
        return None

    def _whole(self, one: Asked) -> Interval | Extreme | None:
        """Return the interval of a count, or whole numbers in which it is large enough; None if nothing can be true."""
        systems = self.constraints.systems_of(one)
        loose = [at for at in one.factors if self.constraints.block[at] < 0]
        programme = self._programme((systems, *loose), partial(self.constraints.within, systems, loose))
        answer = self._bounded(one, programme)
        if answer is None:
            self.constraints.broken[programme.columns] = True
        if not isinstance(answer, Extreme) or answer.whole:
            return answer
        least, downward = one.at_least - one.known, {at: -factor for at, factor in one.factors.items()}
        start = next((each for each in self.solutions if not np.isnan(each[programme.columns]).any()), None)
        for numbers in self._near(one, programme.columns, start):
            if found := numbers.with_at_least(one.factors, least):
                return found
            if one.safe_if_zero and (found := numbers.with_at_least(downward, one.known)):
                return found
        if start is None and WholeNumbers(self.constraints, programme.columns).impossible():
            self.constraints.broken[programme.columns] = True
            return None
        return Interval(one, int(one.safe_if_zero or one.nonzero), one.at_least - 1)

    def _near(self, one: Asked, columns: NDArray[np.intp], start: Floats | None) -> Iterator[WholeNumbers]:
        """Yield the unknowns around a count, with the others as in a known solution, and at last all of them."""
        pieces = np.unique(self._piece[list(one.factors)])
        for units in self._around if start is not None else ():
            near = _region(units, pieces)[self._piece[columns]]
            yield WholeNumbers(self.constraints, columns[near], start)
        yield WholeNumbers(self.constraints, columns)

    def _programme(self, key: tuple[object, ...], within: Callable[[], Part]) -> Programme:
        if key not in self._programmes:
            self._programmes[key] = Programme(self.constraints, *within())
        return self._programmes[key]

    def _bounded(self, one: Asked, programme: Programme) -> Interval | Extreme | None:
        """Return the interval of a count if it is too close by what a programme holds, else numbers in which it is not.

        None if nothing fulfils what is said.
        """
        most = programme.largest(one.factors)
        if most is None or one.known + most.value >= one.at_least - CLOSE:
            return most
        least = programme.largest({at: -factor for at, factor in one.factors.items()})
        if least is None:
            return None
        low = max(ceil(one.known - least.value - CLOSE), int(one.nonzero))
        if low >= 1 or not one.safe_if_zero:
            return Interval(one, low, floor(one.known + most.value + CLOSE))
        return least

    def determined(self, asked: Sequence[Asked]) -> Iterator[Interval]:
        """Yield the counts, of those that nobody may know however large they are, that can have one value only."""
        for one in asked:
            if not one.factors or one.kind != "forbidden":
                continue
            systems = self.constraints.systems_of(one)
            loose = [at for at in one.factors if self.constraints.block[at] < 0]
            if loose or self.constraints.contradictory(one):
                continue  # of an unknown that nothing is said of everything can be true
            programme = self._programme((systems,), partial(self.constraints.within, systems, []))
            most = programme.largest(one.factors)
            least = programme.largest({at: -factor for at, factor in one.factors.items()})
            if most is not None and least is not None and most.value + least.value < 1 - CLOSE:
                yield Interval(one, round(one.known - least.value), round(one.known + most.value))


def _region(units: NDArray[np.bool_], pieces: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return which pieces are some of these, or lie with one of them in a unit (unit by piece)."""
    region = np.asarray(units[units[:, pieces].any(axis=1)].any(axis=0))
    region[pieces] = True
    return region


def _large(one: Asked, value: float) -> bool:
    """Say whether a count with this much of its unknown part is large enough, or 0."""
    return one.known + value >= one.at_least - CLOSE or (one.safe_if_zero and one.known + value <= CLOSE)
