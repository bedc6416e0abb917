"""The equations that releases are, and what follows from them exactly.

Unknown is how many people of each class live in each piece. Most of it is published outright, or follows from one
figure less others that are known already; that is taken away first. What is left falls into small systems, in which
exact elimination finds what else is determined, and which go to linear programming (`flows.protect.audit_bounds`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from flows.protect.audit_reading import Said
from flows.protect.audit_states import Floats, State
from flows.protect.classes import Vector

if TYPE_CHECKING:
    from scipy.sparse import csr_array

PRIME = 2_147_483_647
DENSE = 400
"""Sums of a connected system that are eliminated; what follows in a larger one is left to linear programming, unless
its figures contradict each other, so that a programme has no solution."""
Label = tuple[int, int]
"""Place and side; side -1 is a balance."""


@dataclass(frozen=True)
class Balance:
    """What the stocks of two years say of the flows between them in a place."""

    place: int
    stock: int
    """The side of the stock."""
    change: Vector
    value: float
    before: State
    """What is said of the year before."""


@dataclass
class System:
    """What is known of one state: counts of classes in pieces, and sums over those that are not."""

    said: Said
    state: State
    inside: NDArray[np.bool_]
    """Place by piece; pieces that no figure of this state tells apart are one."""
    known: Floats
    """Class by piece; NaN where it does not follow."""
    columns: list[tuple[int, int]] = field(default_factory=list)
    """Class and piece of each unknown."""
    place: NDArray[np.int64] = field(init=False)
    """The number of each unknown, by class and piece; -1 where the count is known, or nothing is said of its group."""
    rows: csr_array = field(init=False)
    """Published sums over the unknowns."""
    right: Floats = field(default_factory=lambda: np.zeros(0))
    labels: list[Label] = field(default_factory=list)
    balances: list[Balance] = field(default_factory=list)
    skipped: bool = False
    """Whether there is a connected system that was too large for elimination."""
    _parts: dict[tuple[int, int], tuple[list[int], float]] = field(init=False, default_factory=dict)
    _pieces: list[NDArray[np.intp]] = field(init=False)
    factors: Floats = field(init=False)
    """The same as numbers."""
    _open: NDArray[np.bool_] = field(init=False)
    """Place by class: whether there are unknowns."""
    _told: Floats = field(init=False)
    """Place by class: how many are known."""

    def __post_init__(self) -> None:
        self._pieces = [np.flatnonzero(row) for row in self.inside]
        self.factors = self.inside.astype(np.float64)

    def of_place(self, vector: Vector, place: int) -> tuple[dict[int, float], float]:
        """Return a sum of classes in a place as factors of unknowns, and the part of it that is known."""
        return self._sum(vector, [self._in_place(each, place) for each in vector])

    def of_piece(self, vector: Vector, piece: int) -> tuple[dict[int, float], float]:
        """Return the same for a piece."""
        return self._sum(vector, [
            ([number], 0.0) if (number := int(self.place[each, piece])) >= 0 else ([], float(self.known[each, piece]))
            for each in vector
        ])  # fmt: skip

    def by_piece(self, vector: Vector) -> tuple[NDArray[np.bool_], Floats]:
        """Say of each piece whether a sum of classes has an unknown there, and how much of it is known."""
        classes, counts = list(vector), np.array(list(vector.values()), dtype=np.float64)
        unknown = self.place[classes] >= 0
        return np.asarray(unknown.any(axis=0)), counts @ np.where(unknown, 0, self.known[classes])

    def by_place(self, vector: Vector) -> tuple[NDArray[np.bool_], Floats]:
        """Say the same of each place."""
        unknown, known = self.by_piece(vector)
        return np.asarray(self.inside[:, unknown].any(axis=1)), np.round(self.inside @ known, 6)

    @staticmethod
    def _sum(vector: Vector, parts: Sequence[tuple[list[int], float]]) -> tuple[dict[int, float], float]:
        factors: dict[int, float] = {}
        constant = 0.0
        for count, (numbers, known) in zip(vector.values(), parts, strict=True):
            constant += count * known
            if count:
                factors.update(dict.fromkeys(numbers, count))  # each class and piece is one unknown
        return factors, constant

    def _in_place(self, each: int, place: int) -> tuple[list[int], float]:
        """Return the unknowns of a class in a place, and how many of it are known there."""
        if not self._open[place, each]:
            return [], float(self._told[place, each])
        if (found := self._parts.get((each, place))) is None:
            numbers = self.place[each, self._pieces[place]]
            found = self._parts[each, place] = (numbers[numbers >= 0].tolist(), float(self._told[place, each]))
        return found

    def number(self) -> None:
        """Number the unknowns anew."""
        asked = np.isin(self.said.classes.group, list(self.state.groups))
        unknown = np.isnan(self.known) & asked[:, None]
        self.columns = [(each, piece) for each, piece in np.argwhere(unknown).tolist()]
        self.place = np.full(self.known.shape, -1)
        self.place[unknown] = np.arange(len(self.columns))
        self._parts.clear()
        self._open = self.factors @ unknown.T > 0
        self._told = np.round(self.factors @ np.where(unknown, 0, self.known).T, 6)


def system_of(said: Said, state: State, before: State | None, *, large: bool = False) -> System:
    """Return what follows exactly from a state; `before` is one of the year before, for the balances.

    Connected systems of more than `DENSE` sums are eliminated only if `large`.
    """
    telling = np.any(~np.isnan(state.value) | state.silent | state.withheld | state.ranged, axis=1)
    inside = np.unique(said.inside & telling.reshape(-1, 1), axis=1)
    system = System(said, state, inside, np.full((len(said.classes.names), inside.shape[1]), np.nan))
    matrix = np.zeros((len(said.sides), len(said.classes.names)))
    for side, name in enumerate(said.sides):
        for each, count in said.classes.side(name).items():
            matrix[side, each] = count
    system.balances = _balances(said, state, before)
    for _ in range(3):
        _peel(system, matrix)
        system.number()
        _assemble(system, matrix)
        if not _eliminate(system, large=large):
            return system
    system.number()
    _assemble(system, matrix)
    return system


def _peel(system: System, matrix: Floats) -> None:
    """Find the classes of each place whose figures tell them, and of its pieces where all but one are known."""
    said, told = system.said, ~np.isnan(system.state.value)
    totals = np.full((len(said.places), matrix.shape[1]), np.nan)
    shapes, shape = np.unique(told, axis=0, return_inverse=True)
    for number, sides in enumerate(shapes):
        some = matrix[sides]
        if some.any():
            inverse = np.linalg.pinv(some)
            sure = np.flatnonzero(np.isclose(np.diagonal(inverse @ some), 1) & some.any(axis=0))
            at = np.flatnonzero(shape == number)
            totals[np.ix_(at, sure)] = np.round(system.state.value[np.ix_(at, sides)] @ inverse[sure].T, 6)
    inside = system.factors
    for each in range(matrix.shape[1]):
        rows = np.flatnonzero(~np.isnan(totals[:, each]))
        system.known[each, system.inside[rows[totals[rows, each] == 0]].any(axis=0)] = 0
        while rows.size:  # nobody is in any part of a place where nobody is; what is alone unknown is the rest
            unknown = np.isnan(system.known[each])
            alone = rows[(inside @ unknown)[rows] == 1]
            if not alone.size:
                break
            rest = totals[alone, each] - inside[alone] @ np.nan_to_num(system.known[each])
            piece = (system.inside[alone] & unknown).argmax(axis=1)
            system.known[each, piece] = np.round(rest, 6)


def _assemble(system: System, matrix: Floats) -> None:
    """Write the published sums over what is not known, each once."""
    said, state = system.said, system.state
    groups = np.array(said.classes.group)
    open_ = (system.factors @ (system.place >= 0).T) @ (matrix.T != 0)
    rank = np.array([one.rank for one in said.places])
    rows: list[dict[int, float]] = []
    right: list[float] = []
    labels: list[Label] = []
    seen: set[tuple[tuple[int, float], ...]] = set()

    def take(label: Label, vector: Vector, at: int, total: float) -> None:
        row, less = system.of_place(vector, at)
        row = dict(sorted(row.items()))
        key = tuple(row.items())
        if row and key not in seen:
            seen.add(key)
            rows.append(row)
            right.append(round(total - less, 6))
            labels.append(label)

    vectors = [said.classes.side(name) for name in said.sides]
    where = np.argwhere(~np.isnan(state.value) & (open_ > 0))
    for at, side in where[np.lexsort((where[:, 1], rank[where[:, 0]]))].tolist():
        take((at, side), vectors[side], at, float(state.value[at, side]))
    for one in system.balances:
        if groups[next(iter(one.change))] in state.groups:
            take((one.place, -1), one.change, one.place, one.value)
    system.rows = sparse(rows, len(system.columns))
    system.right, system.labels = np.array(right), labels


def _eliminate(system: System, *, large: bool) -> bool:
    """Find unknowns that the sums determine together; say whether there were any."""
    found = False
    for rows, columns in blocks(system.rows):
        if len(rows) > DENSE and not large:
            system.skipped = True
            continue
        part = system.rows[rows][:, columns].toarray().astype(np.int64) % PRIME
        reduced, factors = _echelon(part)
        for row, factor in zip(reduced, factors, strict=True):
            there = np.flatnonzero(row)
            if there.size == 1:
                signed = np.where(factor > PRIME // 2, factor - PRIME, factor)
                value = _checked(signed, system.right[rows])
                if value is not None:
                    each, piece = system.columns[columns[there[0]]]
                    system.known[each, piece] = value
                    found = True
    return found


def _checked(factors: NDArray[np.int64], right: Floats) -> float | None:
    """Return the combination of right sides if the factors are whole and small, as they are where figures are added."""
    if np.abs(factors).max() > 10**6:
        return None
    return float(round(float(factors @ right), 6))


def _echelon(rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the reduced echelon form modulo the prime, and each of its rows as a combination of the given ones."""
    rows, factors, at = rows.copy(), np.eye(len(rows), dtype=np.int64), 0
    for column in range(rows.shape[1]):
        pivots = np.flatnonzero(rows[at:, column]) + at
        if not pivots.size:
            continue
        if pivots[0] != at:
            rows[[at, pivots[0]]], factors[[at, pivots[0]]] = rows[[pivots[0], at]], factors[[pivots[0], at]]
        inverse = pow(int(rows[at, column]), -1, PRIME)
        rows[at], factors[at] = rows[at] * inverse % PRIME, factors[at] * inverse % PRIME
        others = np.flatnonzero(rows[:, column])
        others = others[others != at]
        scale = rows[others, column][:, None]
        rows[others] = (rows[others] - scale * rows[at]) % PRIME
        factors[others] = (factors[others] - scale * factors[at]) % PRIME
        at += 1
        if at == len(rows):
            break
    return rows[:at], factors[:at]


def sparse(rows: Sequence[dict[int, float]], size: int) -> csr_array:
    """Return rows, given as factor by column, as a matrix with `size` columns."""
    from scipy.sparse import csr_array  # noqa: PLC0415 -- costs a second of import

    at = [number for number, row in enumerate(rows) for _ in row]
    columns = [column for row in rows for column in row]
    values = [float(value) for row in rows for value in row.values()]
    return csr_array((values, (at, columns)), shape=(len(rows), size))


def blocks(rows: csr_array) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Return the rows and columns of each connected system."""
    from scipy.sparse import csr_array  # noqa: PLC0415 -- costs a second of import
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    count, size = rows.shape
    if not count:
        return []
    there, at = rows.nonzero()
    graph = csr_array((np.ones(len(there)), (there, at + count)), shape=(count + size, count + size))
    _, label = connected_components(graph, directed=False)
    order = np.argsort(label, kind="stable")
    systems = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    return [(one[one < count], one[one >= count] - count) for one in systems if one[0] < count]


def _balances(said: Said, state: State, before: State | None) -> list[Balance]:
    """Return the balances of all places of which both stocks are published."""
    found = []
    for stock, change in said.classes.balances:
        if before is None or stock not in said.sides:
            continue
        side = said.sides.index(stock)
        grown = state.value[:, side] - before.value[:, side]
        found += [Balance(at, side, dict(change), float(grown[at]), before)
                  for at in np.flatnonzero(~np.isnan(grown)).tolist()]  # fmt: skip
    return found
