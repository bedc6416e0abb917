"""What holds between the counts that nobody publishes, and solutions of it: numbers that they could be.

After Fischetti and Salazar (Models and Algorithms for Optimizing Cell Suppression, 2000). One solution of whole numbers
in which a count reaches its threshold proves that it is safe, so that each solution is sought in which as many as
possible do; what is left is asked one by one (`flows.protect.audit_programme`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from flows.protect.audit_asked import Asked
from flows.protect.audit_solver import DUAL, Solver
from flows.protect.audit_states import Floats
from flows.protect.audit_system import System, blocks, sparse
from flows.protect.classes import less

if TYPE_CHECKING:
    from scipy.sparse import csr_array

BATCH = 1000
"""Unknowns of a programme, unless one connected system has more."""
CLOSE = 1e-6
"""What counts as whole, or as equal, in the numbers of a solver."""
MOST = 1e7
"""No count of a city is larger."""
Part = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]
"""Unknowns, and the rows of sums and of lower bounds that hold between them."""


@dataclass(frozen=True)
class Forms:
    """Counts that are asked about, as sums of unknowns."""

    matrix: csr_array
    """Count by unknown: factors."""
    known: Floats
    at_least: Floats
    safe_if_zero: NDArray[np.bool_]

    @classmethod
    def of(cls, asked: Sequence[Asked], size: int) -> Forms:
        """Return the counts over `size` unknowns."""
        return cls(
            sparse([one.factors for one in asked], size), np.array([one.known for one in asked]),
            np.array([float(one.at_least) for one in asked]), np.array([one.safe_if_zero for one in asked], dtype=bool),
        )  # fmt: skip

    def some(self, at: NDArray[np.intp]) -> Forms:
        """Return some of the counts."""
        return Forms(self.matrix[at], self.known[at], self.at_least[at], self.safe_if_zero[at])

    def touch(self, unknowns: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say which counts are sums of some of these unknowns."""
        touched: NDArray[np.bool_] = abs(self.matrix) @ unknowns.astype(np.float64) > 0
        return touched


class Constraints:
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
        self._low = np.concatenate([right, least])
        self._high = np.concatenate([right, np.full(len(least), np.inf)])
        self._pattern = self.all.copy()
        self._pattern.data[:] = 1
        self._width = np.diff(self.all.indptr)
        self.members: list[tuple[NDArray[np.intp], NDArray[np.intp]]] = blocks(self.all)
        for number, (_, columns) in enumerate(self.members):
            self.block[columns] = number

    @classmethod
    def of(cls, system: System, silent: Sequence[Asked]) -> Constraints:
        """Return the constraints of a system: sums, counts that are not 0, parts that are at most their whole."""
        rows: list[dict[int, float]] = [one.factors for one in silent if one.factors]
        least: list[float] = [1 - one.known for one in silent if one.factors]
        of_silent = len(rows)
        said = system.said
        unknown = np.isnan(system.known)
        for part, whole in said.parts:
            vector = less(said.classes.side(said.sides[whole]), said.classes.side(said.sides[part]))
            if not all(said.classes.group[each] in system.state.groups for each in vector):
                continue
            for piece in np.flatnonzero(unknown[list(vector)].any(axis=0)).tolist():
                factors, known = system.of_piece(vector, piece)
                if factors:
                    rows.append(factors)
                    least.append(-known)
        for row, bound in _limits(system):
            rows.append(row)
            least.append(bound)
        return cls(system.rows, system.right, sparse(rows, len(system.columns)), np.array(least), of_silent)

    def reaching(self, forms: Forms, *, upward: bool) -> Floats:
        """Return counts that hold, with as many as possible of those asked at their threshold, or at 0."""
        from scipy.sparse import vstack  # noqa: PLC0415 -- costs a second of import

        found, batch = np.zeros(self.size), _Batch([], [], 0)
        for rows, columns in blocks(vstack([self.all, forms.matrix], format="csr")):
            batch = batch.grown(rows, columns)
            if batch.size >= BATCH:
                self._reach(batch, forms, found, upward=upward)
                batch = _Batch([], [], 0)
        if batch.size:
            self._reach(batch, forms, found, upward=upward)
        return found

    def _reach(self, batch: _Batch, forms: Forms, found: Floats, *, upward: bool) -> None:
        """Write the counts of some connected systems to `found`; where they contradict each other, each by itself."""
        solved = self._solved(batch, forms, upward=upward)
        if solved is not None:
            found[batch.all_columns] = solved
        elif len(batch.rows) > 1:
            for rows, columns in zip(batch.rows, batch.columns, strict=True):
                self._reach(_Batch([rows], [columns], len(columns)), forms, found, upward=upward)
        elif (parts := self._parts_in(batch)).size:
            self.used[parts] = False
            self._reach(batch, forms, found, upward=upward)
        else:
            self.broken[batch.all_columns] = True

    def _parts_in(self, batch: _Batch) -> NDArray[np.intp]:
        bounds = batch.rows[0] - len(self.right)
        bounds = bounds[(bounds >= self.silent) & (bounds < len(self.least))]
        return bounds[self.used[bounds]]

    def _solved(self, batch: _Batch, forms: Forms, *, upward: bool) -> Floats | None:
        """Return counts of the columns of some connected systems, as `reaching` does of all; None if there are none.

        Where the solver cannot say, they are NaN. Each count that is asked about is a row and a column more: how far it
        gets up, at most to its threshold, or how far it is pushed down.
        """
        from scipy.sparse import csc_array, vstack  # noqa: PLC0415 -- costs a second of import

        rows, columns = np.concatenate(batch.rows), batch.all_columns
        sums, parts = len(self.right), len(self.least)
        wanted, rows = rows[rows >= sums + parts] - sums - parts, rows[rows < sums + parts]
        rows = rows[np.concatenate([np.ones(sums, dtype=bool), self.used])[rows]]
        count, here = len(wanted), forms.some(wanted)
        form = here.matrix[:, columns]
        matrix = vstack([self.all[rows][:, columns], -form if upward else form], "csc")
        of_asked = (
            np.concatenate([matrix.data, np.ones(count)]),
            np.concatenate([matrix.indices, len(rows) + np.arange(count)]),
            np.concatenate([matrix.indptr, matrix.nnz + 1 + np.arange(count)]),
        )
        limit = here.known if upward else here.at_least - here.known
        found = Solver(
            csc_array(of_asked, shape=(len(rows) + count, len(columns) + count)),
            (np.concatenate([self._low[rows], np.full(count, -np.inf)]), np.concatenate([self._high[rows], limit])),
            (np.concatenate([np.zeros(len(columns)), np.full(count, -MOST)]),
             np.concatenate([np.full(len(columns), MOST), here.at_least])),
            np.concatenate([np.zeros(len(columns)), np.ones(count)]), strategy=DUAL,
        ).solution()  # fmt: skip
        return None if found is None else found[: len(columns)]

    def whole(self, solution: Floats) -> NDArray[np.bool_]:
        """Say of each unknown whether it, and all that sums connect with it, are whole numbers in a solution."""
        whole = np.abs(solution - np.round(solution)) <= CLOSE
        broken = np.zeros(len(self.members), dtype=bool)
        np.logical_or.at(broken, self.block[self.block >= 0], ~whole[self.block >= 0])
        whole[self.block >= 0] = ~broken[self.block[self.block >= 0]]
        return whole

    def shown(self, forms: Forms, solution: Floats, whole: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say of which counts a solution proves that they may be large enough (or 0): where it is whole numbers."""
        value = forms.known + forms.matrix @ np.round(solution)
        large = (value >= forms.at_least - CLOSE) | (forms.safe_if_zero & (value <= CLOSE))
        shown: NDArray[np.bool_] = large & ~forms.touch(~whole | self.broken)
        return shown

    def contradictory(self, one: Asked) -> bool:
        """Say whether what is published around a count cannot all be true."""
        return bool(self.broken[list(one.factors)].any())

    def systems_of(self, one: Asked) -> tuple[int, ...]:
        """Return the numbers of the connected systems that a count is asked over, and -1 if some of it is in none."""
        return tuple(sorted({int(self.block[at]) for at in one.factors}))

    def within(
        self, systems: Sequence[int], loose: Sequence[int], region: NDArray[np.bool_] | None = None
    ) -> Part:  # fmt: skip
        """Return the unknowns of connected systems, and `loose` ones, with the rows of sums and of lower bounds.

        With `region`, which says of each unknown whether it is inside: those inside, and what is said of them alone.
        """
        rows = np.concatenate([self.members[each][0] for each in systems if each >= 0] or [np.empty(0, dtype=np.intp)])
        columns = np.concatenate(
            [np.array(loose, dtype=np.intp), *(self.members[each][1] for each in systems if each >= 0)]
        )
        if region is not None:
            columns = columns[region[columns]]
            rows = rows[self._pattern[rows] @ region == self._width[rows]]
        sums = len(self.right)
        above = rows[rows >= sums] - sums
        return columns, rows[rows < sums], above[self.used[above]]


def _limits(system: System) -> Iterator[tuple[dict[int, float], float]]:
    """Yield the limits of counts that were rounded or overlaid, as sums of unknowns that are at least something."""
    said, state = system.said, system.state
    vectors = [said.classes.side(name) for name in said.sides]
    for place, side in np.argwhere(state.ranged).tolist():
        factors, known = system.of_place(vectors[side], place)
        if factors:
            yield factors, float(state.low[place, side]) - known
            yield {at: -factor for at, factor in factors.items()}, known - float(state.high[place, side])


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
