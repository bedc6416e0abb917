"""The tightest interval of a count that follows from everything published, by linear and integer programming.

After Fischetti and Salazar (Models and Algorithms for Optimizing Cell Suppression, 2000): a suppressed count is as safe
as the interval that an attacker computes for it. Counts are whole and not negative, published sums hold, a suppressed
count is at least 1, a part is at most its whole. One integer solution in which a count reaches its threshold proves
that it is safe, so few programmes are solved: each asks for as many counts as possible at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from flows.protect.audit_states import Floats
from flows.protect.audit_system import System, blocks, sparse

if TYPE_CHECKING:
    from scipy.sparse import csr_array

ROUNDS = 7
BATCH = 1000
"""Unknowns of a programme, unless one connected system has more."""
MOST = 1e7
"""No count of a city is larger."""


@dataclass(frozen=True)
class Asked:
    """A count that must not be known: factors of unknowns, a known part, and the threshold."""

    kind: str
    """``place``, ``piece``, ``rest``; ``part``: above the line of a suppressed share, so that it may be 0; ``told``: a
    count that a release states outright."""
    where: int
    """The place, or the piece."""
    side: int
    below: int
    """The side that a rest is left of, else -1."""
    factors: dict[int, float]
    known: float
    at_least: int

    @property
    def nonzero(self) -> bool:
        """Whether it is said not to be 0."""
        return self.kind == "place"


@dataclass(frozen=True)
class Interval:
    """What follows about a count."""

    asked: Asked
    low: int
    high: int


def asked_of(system: System) -> list[Asked]:
    """Return every count that must not be known: suppressed ones, those of pieces, and what shares leave over."""
    said, state = system.said, system.state
    vectors = [said.classes.side(name) for name in said.sides]
    live = [side for side, vector in enumerate(vectors) if said.classes.group[next(iter(vector))] in state.groups]
    unknown = np.isnan(system.known)
    single = np.eye(system.inside.shape[1], dtype=bool)
    whole = {row.tobytes() for row in system.inside}
    apart = [piece for piece in range(len(single)) if single[piece].tobytes() not in whole]
    found = []
    for place, side in np.argwhere(state.silent & np.isnan(state.value)).tolist():
        factors, known = system.over_unknowns(vectors[side], system.inside[place])
        found.append(Asked("place", place, side, -1, factors, known, int(said.at_least[side])))
    for place, side in np.argwhere(state.withheld & ~state.silent & np.isnan(state.value)).tolist():
        factors, known = system.over_unknowns(vectors[side], system.inside[place])
        found.append(Asked("part", place, side, -1, factors, known, int(said.at_least[side])))
    small = (state.value > 0) & (state.value < said.at_least)
    found += [
        Asked("told", place, side, -1, {}, float(state.value[place, side]), int(said.at_least[side]))
        for place, side in np.argwhere(small).tolist()
    ]
    for side in live:
        for piece in apart:
            factors, known = system.over_unknowns(vectors[side], single[piece])
            found.append(Asked("piece", piece, side, -1, factors, known, int(said.at_least[side])))
    for above, below in said.shares:
        if above not in live or below not in live:
            continue
        rest = dict(vectors[below])
        for each, count in vectors[above].items():
            rest[each] = rest.get(each, 0) - count
        rest = {each: count for each, count in rest.items() if count}
        open_ = unknown[list(rest)].any(axis=0)
        for place in np.flatnonzero(system.inside[:, open_].any(axis=1)).tolist():
            factors, known = system.over_unknowns(rest, system.inside[place])
            found.append(Asked("rest", place, above, below, factors, known, int(said.at_least[above])))
        totals = system.inside[:, ~open_] @ np.nansum(
            [count * system.known[each, ~open_] for each, count in rest.items()], axis=0
        )
        clear = ~system.inside[:, open_].any(axis=1)
        for place in np.flatnonzero(clear & (totals > 0) & (totals < said.at_least[above])).tolist():
            found.append(Asked("rest", place, above, below, {}, float(totals[place]), int(said.at_least[above])))
    return found


def told(asked: Sequence[Asked]) -> list[Interval]:
    """Return those that follow exactly, and are too small."""
    return [Interval(one, round(one.known), round(one.known)) for one in asked
            if not one.factors and 0 < round(one.known, 6) < one.at_least]  # fmt: skip


@dataclass(frozen=True)
class Bounds:
    """What linear and integer programming found of the counts of a state."""

    too_close: list[Interval]
    """Those whose interval lies between 1 and their threshold."""
    contradictory: list[Asked]
    """Those about which published figures say things that cannot all be true; of these nothing is bounded."""


def bounded(system: System, asked: Sequence[Asked]) -> Bounds:
    """Return which counts the published figures bound too closely."""
    constraints = _Constraints.of(system, [one for one in asked if one.kind == "place"])
    left, found = [one for one in asked if one.factors], list[Interval]()
    for number in range(ROUNDS):
        if not left:
            break
        solution = constraints.reaching(left, upward=number != 1)
        whole = constraints.whole(solution)
        left = [one for one in left if not constraints.shown(one, solution, whole)]
    for one in left:
        if not constraints.contradictory(one):
            interval = constraints.interval(one)
            if interval and interval.low >= 1:
                found.append(interval)
    return Bounds(found, [one for one in asked if one.factors and constraints.contradictory(one)])


class _Constraints:
    """What holds between the unknowns, block by block: sums, and counts and rests that are at least something.

    Counted parts can exceed what they are parts of (benefits are paid to people who moved away): where the figures of a
    block contradict each other, that parts are at most their wholes is not used in it.
    """

    def __init__(self, equal: csr_array, right: Floats, above: csr_array, least: Floats, silent: int) -> None:
        """Take sums, and lower bounds, of which the first `silent` are of counts that are not 0."""
        from scipy.sparse import vstack  # noqa: PLC0415 -- costs a second of import

        self.equal, self.right, self.above, self.least = equal, right, above, least
        self.used = np.ones(len(least), dtype=bool)
        """Of each lower bound whether it is used."""
        self.silent = silent
        self.broken = np.zeros(equal.shape[1], dtype=bool)
        """Of each unknown whether what is published of it cannot be."""
        self.size = equal.shape[1]
        self.block = np.full(self.size, -1)
        self.all = vstack([equal, above], format="csr")
        self.members: list[tuple[NDArray[np.intp], NDArray[np.intp]]] = blocks(self.all)
        for number, (_, columns) in enumerate(self.members):
            self.block[columns] = number

    @classmethod
    def of(cls, system: System, silent: Sequence[Asked]) -> _Constraints:
        """Return the constraints of a system: sums, counts that are not 0, parts that are at most their whole."""
        rows: list[dict[int, float]] = [one.factors for one in silent if one.factors]
        least: list[float] = [1 - one.known for one in silent if one.factors]
        of_silent = len(rows)
        said, single = system.said, np.eye(system.inside.shape[1], dtype=bool)
        unknown = np.isnan(system.known)
        for part, whole in said.parts:
            vector = dict(said.classes.side(said.sides[whole]))
            for each, count in said.classes.side(said.sides[part]).items():
                vector[each] = vector.get(each, 0) - count
            if not all(said.classes.group[each] in system.state.groups for each in vector):
                continue
            for piece in np.flatnonzero(unknown[list(vector)].any(axis=0)).tolist():
                factors, known = system.over_unknowns(vector, single[piece])
                if factors:
                    rows.append(factors)
                    least.append(-known)
        return cls(system.rows, system.right, sparse(rows, len(system.columns)), np.array(least), of_silent)

    def reaching(self, asked: Sequence[Asked], *, upward: bool) -> Floats:
        """Return counts that hold, with as many as possible of those asked at their threshold, or at 0."""
        from scipy.sparse import vstack  # noqa: PLC0415 -- costs a second of import

        forms = sparse([one.factors for one in asked], self.size)
        found, batch = np.zeros(self.size), _Batch([], [], 0)
        for rows, columns in blocks(vstack([self.all, forms], format="csr")):
            batch = batch.grown(rows, columns)
            if batch.size >= BATCH:
                self._reach(batch, forms, asked, found, upward=upward)
                batch = _Batch([], [], 0)
        if batch.size:
            self._reach(batch, forms, asked, found, upward=upward)
        return found

    def _reach(self, batch: _Batch, forms: csr_array, asked: Sequence[Asked], found: Floats, *, upward: bool) -> None:
        """Write the counts of some connected systems to `found`; where they contradict each other, each by itself."""
        solved = self._solved(batch, forms, asked, upward=upward)
        if solved is not None:
            found[batch.all_columns] = solved
        elif len(batch.rows) > 1:
            for rows, columns in zip(batch.rows, batch.columns, strict=True):
                self._reach(_Batch([rows], [columns], len(columns)), forms, asked, found, upward=upward)
        elif (parts := self._parts_in(batch)).size:
            self.used[parts] = False
            self._reach(batch, forms, asked, found, upward=upward)
        else:
            self.broken[batch.all_columns] = True

    def _parts_in(self, batch: _Batch) -> NDArray[np.intp]:
        bounds = batch.rows[0] - len(self.right)
        bounds = bounds[(bounds >= self.silent) & (bounds < len(self.least))]
        return bounds[self.used[bounds]]

    def _solved(
        self, batch: _Batch, forms: csr_array, asked: Sequence[Asked], *, upward: bool
    ) -> Floats | None:  # fmt: skip
        """Return counts of the columns of some connected systems, as `reaching` does of all; None if there are none."""
        from scipy.optimize import linprog  # noqa: PLC0415 -- imports for half a second
        from scipy.sparse import csr_array, eye_array, hstack, vstack  # noqa: PLC0415

        rows, columns = np.concatenate(batch.rows), batch.all_columns
        sums, parts = len(self.right), len(self.least)
        equals, aboves = rows[rows < sums], rows[(rows >= sums) & (rows < sums + parts)] - sums
        aboves = aboves[self.used[aboves]]
        wanted = rows[rows >= sums + parts] - sums - parts
        count, here = len(wanted), [asked[at] for at in wanted.tolist()]
        form = forms[wanted][:, columns]
        cost = np.concatenate([np.zeros(len(columns)), np.full(count, -1.0)])
        if upward:  # how far each gets, at most to its threshold
            form, limit = -form, np.array([one.known for one in here])
        else:  # how far each is pushed down
            limit = np.array([one.at_least - one.known for one in here])
        bounds = [(-MOST, float(one.at_least)) for one in here]
        upper = vstack([
            hstack([-self.above[aboves][:, columns], csr_array((len(aboves), count))]),
            hstack([form, eye_array(count, format="csr")]),
        ])  # fmt: skip
        equal = hstack([self.equal[equals][:, columns], csr_array((len(equals), count))])
        solved = linprog(
            cost, A_ub=upper, b_ub=np.concatenate([-self.least[aboves], limit]),
            A_eq=equal if len(equals) else None, b_eq=self.right[equals] if len(equals) else None,
            bounds=[(0, MOST)] * len(columns) + bounds, method="highs-ds",
        )  # fmt: skip
        return np.asarray(solved.x[: len(columns)]) if solved.success else None

    def whole(self, solution: Floats) -> NDArray[np.bool_]:
        """Say of each unknown whether it, and all that sums connect with it, are whole numbers in a solution."""
        whole = np.abs(solution - np.round(solution)) <= 1e-6
        broken = np.zeros(len(self.members), dtype=bool)
        np.logical_or.at(broken, self.block[self.block >= 0], ~whole[self.block >= 0])
        whole[self.block >= 0] = ~broken[self.block[self.block >= 0]]
        return whole

    def shown(self, one: Asked, solution: Floats, whole: NDArray[np.bool_]) -> bool:
        """Say whether a solution proves that a count may be large enough (or 0): where it is whole numbers."""
        if self.contradictory(one) or not all(whole[at] for at in one.factors):
            return False
        value = one.known + sum(factor * round(solution[at]) for at, factor in one.factors.items())
        return value >= one.at_least or (not one.nonzero and value <= 0)

    def contradictory(self, one: Asked) -> bool:
        """Say whether what is published around a count cannot all be true."""
        return any(self.broken[at] for at in one.factors)

    def interval(self, one: Asked) -> Interval | None:
        """Return the smallest and the largest whole number that a count can be; None if it can reach its threshold."""
        columns = sorted({column for at in one.factors for column in (
            self.members[self.block[at]][1].tolist() if self.block[at] >= 0 else [at])})  # fmt: skip
        equal = np.unique(self.equal[:, columns].nonzero()[0])
        above = np.unique(self.above[:, columns].nonzero()[0])
        above = above[self.used[above]]
        form = np.array([one.factors.get(column, 0) for column in columns])
        high = self._largest(form, columns, equal, above)
        if high is None or round(one.known + high) >= one.at_least:
            return None
        low = -(self._largest(-form, columns, equal, above) or 0.0)
        return Interval(one, max(round(one.known + low), int(one.nonzero)), round(one.known + high))

    def _largest(
        self, form: Floats, columns: list[int], equal: NDArray[np.intp], above: NDArray[np.intp]
    ) -> float | None:  # fmt: skip
        """Return how large a sum of whole numbers can be; None, and note it, if there are no whole numbers."""
        from scipy.optimize import Bounds as Limits  # noqa: PLC0415
        from scipy.optimize import LinearConstraint, milp  # noqa: PLC0415

        constraints = [LinearConstraint(self.equal[equal][:, columns], self.right[equal], self.right[equal])] \
            if equal.size else []  # fmt: skip
        if above.size:
            constraints.append(LinearConstraint(self.above[above][:, columns], self.least[above], np.inf))
        solved = milp(-form, integrality=np.ones(len(columns)), bounds=Limits(0, MOST), constraints=constraints)
        if solved.x is None:
            self.broken[columns] = True
            return None
        return -float(solved.fun)


@dataclass(frozen=True)
class _Batch:
    """Some connected systems that are solved as one programme, since each call costs milliseconds."""

    rows: list[NDArray[np.intp]]
    columns: list[NDArray[np.intp]]
    size: int

    @property
    def all_columns(self) -> NDArray[np.intp]:
        """The columns of all of them."""
        return np.concatenate(self.columns)

    def grown(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> _Batch:
        """Return the batch with one system more."""
        return _Batch([*self.rows, rows], [*self.columns, columns], self.size + len(columns))
