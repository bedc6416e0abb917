"""A linear programme in HiGHS: what the questions about one count and about many together share.

scipy's ``linprog`` runs the same solver, but takes longer to check and copy these small programmes than to solve them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from flows.protect.audit_states import Floats

if TYPE_CHECKING:
    from scipy.sparse import csc_array

Limits = tuple[Floats, Floats]
"""The least and the most of each row or column; infinite where there is none."""
DUAL = 1
"""HiGHS's number of the simplex that is fast where a programme is solved once; it is presolved."""
PRIMAL = 4
"""That of the simplex that goes on from the last solution when another sum is asked for."""


class Solver:
    """A programme that maximises a weighted sum of its columns, and can be asked again with other weights."""

    def __init__(self, rows: csc_array, of_rows: Limits, of_columns: Limits, weights: Floats, *, strategy: int) -> None:
        """Take factors by row and column, between what rows and columns lie, and how much each column weighs."""
        import highspy  # noqa: PLC0415 -- imports for a tenth of a second

        self._highs = highspy._Highs()  # type: ignore[attr-defined]  # Highs prints a banner, whatever its options
        for option, value in (
            ("output_flag", False),
            ("presolve", "on" if strategy == DUAL else "off"),
            ("solver", "simplex"),
            ("simplex_strategy", strategy),
            ("threads", 1),
        ):
            self._highs.setOptionValue(option, value)
        program = highspy.HighsLp()
        program.num_row_, program.num_col_ = rows.shape
        program.col_cost_, program.sense_ = weights, highspy.ObjSense.kMaximize
        program.row_lower_, program.row_upper_ = of_rows
        program.col_lower_, program.col_upper_ = of_columns
        program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        program.a_matrix_.start_, program.a_matrix_.index_ = rows.indptr, rows.indices
        program.a_matrix_.value_ = rows.data.astype(np.float64)
        self._highs.passModel(program)
        self._solved, self._impossible = highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible

    def weigh(self, weights: Mapping[int, float]) -> None:
        """Let some columns weigh something else from now on."""
        for column, weight in weights.items():
            self._highs.changeColCost(column, weight)

    def solution(self) -> Floats | None:
        """Return the best numbers; None if none fulfil what is said, NaN where the solver cannot say."""
        status = self._run()
        if status not in (self._solved, self._impossible):
            self._highs.clearSolver()
            status = self._run()
        if status == self._impossible:
            return None
        if status != self._solved:
            return np.full(self._highs.getNumCol(), np.nan)
        return np.array(self._highs.getSolution().col_value)

    @property
    def largest(self) -> float:
        """How large the weighted sum is in the best numbers."""
        return float(self._highs.getInfo().objective_function_value)

    def _run(self) -> object:
        self._highs.run()
        return self._highs.getModelStatus()
