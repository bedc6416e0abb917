"""The linear programme of a connected system, which is asked for one count after the other.

Each question starts where the last one ended (a warm start of HiGHS), which makes it some ten times cheaper than a
programme of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from flows.protect.audit_constraints import CLOSE, MOST, Constraints
from flows.protect.audit_solver import PRIMAL, Solver
from flows.protect.audit_states import Floats

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

IMPOSSIBLE = 2
"""What scipy's integer programme says where nothing fulfils the constraints; anything else but success is no answer."""
NODES = 1_000
"""Of an integer programme; where so many do not decide it, it has no answer."""


@dataclass(frozen=True)
class Extreme:
    """Numbers that some unknowns can be, with which a sum is as large as asked for."""

    value: float
    """How large the sum is, or at least how large."""
    columns: NDArray[np.intp]
    solution: Floats

    @property
    def whole(self) -> bool:
        """Whether the numbers are whole ones."""
        return bool((np.abs(self.solution - np.round(self.solution)) <= CLOSE).all())

    def of(self, form: Mapping[int, float]) -> float:
        """Return what another sum of some of these unknowns is with these numbers."""
        at = np.searchsorted(self.columns, list(form))
        return float(sum(factor * self.solution[each] for each, factor in zip(at, form.values(), strict=True)))


class Programme:
    """Some unknowns with what is said of them."""

    def __init__(
        self, constraints: Constraints, columns: NDArray[np.intp], equal: NDArray[np.intp], above: NDArray[np.intp]
    ) -> None:  # fmt: skip
        """Take the unknowns, and the rows of sums and of lower bounds that hold between them."""
        from scipy.sparse import vstack  # noqa: PLC0415 -- costs a second of import

        self.columns = np.sort(columns)
        self._at = {column: at for at, column in enumerate(self.columns.tolist())}
        rows = vstack([constraints.equal[equal][:, self.columns], constraints.above[above][:, self.columns]], "csc")
        right, least = constraints.right[equal], constraints.least[above]
        self._solver = Solver(
            rows, (np.concatenate([right, least]), np.concatenate([right, np.full(len(above), np.inf)])),
            (np.zeros(len(columns)), np.full(len(columns), MOST)), np.zeros(len(columns)), strategy=PRIMAL,
        )  # fmt: skip
        self._asked: list[int] = []

    def largest(self, form: Mapping[int, float]) -> Extreme | None:
        """Return how large a sum of the unknowns can be; None if no numbers fulfil what is said.

        Where the solver cannot say, it is as large as any count can be, with NaN for the numbers.

        Raises:
            KeyError: the sum is of other unknowns.
        """
        self._solver.weigh(dict.fromkeys(self._asked, 0.0))
        self._asked = [self._at[column] for column in form]
        self._solver.weigh({at: float(factor) for at, factor in zip(self._asked, form.values(), strict=True)})
        solution = self._solver.solution()
        if solution is None:
            return None
        return Extreme(MOST if np.isnan(solution).any() else self._solver.largest, self.columns, solution)


class WholeNumbers:
    """Some unknowns that must be whole numbers; `start`, if given, is what the others stay at."""

    def __init__(self, constraints: Constraints, columns: NDArray[np.intp], start: Floats | None = None) -> None:
        """Take the unknowns that may change."""
        from scipy.optimize import LinearConstraint  # noqa: PLC0415 -- imports for half a second

        self.columns, self._constraints = np.sort(columns), list[LinearConstraint]()
        self._at = {column: at for at, column in enumerate(self.columns.tolist())}
        self._fixed = fixed = np.zeros(constraints.size) if start is None else start.copy()
        fixed[self.columns] = 0
        used = np.flatnonzero(constraints.used)
        for matrix, low, high in (
            (constraints.equal, constraints.right, constraints.right),
            (constraints.above[used], constraints.least[used], np.full(len(used), np.inf)),
        ):
            rows = np.unique(matrix[:, self.columns].nonzero()[0])
            if rows.size:
                rest = matrix[rows] @ np.nan_to_num(fixed)
                part = matrix[rows][:, self.columns]
                self._constraints.append(LinearConstraint(part, low[rows] - rest, high[rows] - rest))

    def with_at_least(self, form: Mapping[int, float], least: float) -> Extreme | None:
        """Return whole numbers with which a sum is at least so much; None if there are none, or none were found."""
        solved = self._solved(form, least)
        return None if solved.x is None else Extreme(least, self.columns, np.round(solved.x))

    def impossible(self) -> bool:
        """Say whether it is shown that no whole numbers fulfil what is said."""
        return bool(self._solved({}, 0).status == IMPOSSIBLE)

    def _solved(self, form: Mapping[int, float], least: float) -> OptimizeResult:
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 -- imports for half a second
        from scipy.sparse import csr_array  # noqa: PLC0415

        inside = {column: factor for column, factor in form.items() if column in self._at}
        at = [self._at[column] for column in inside]
        row = csr_array((list(inside.values()), ([0] * len(at), at)), shape=(1, len(self.columns)))
        least -= sum(factor * self._fixed[column] for column, factor in form.items() if column not in inside)
        return milp(
            np.zeros(len(self.columns)), integrality=np.ones(len(self.columns)), bounds=Bounds(0, MOST),
            constraints=[*self._constraints, LinearConstraint(row, least, np.inf)], options={"node_limit": NODES},
        )  # fmt: skip
