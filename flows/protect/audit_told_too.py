"""What would follow if a suppressed count were published too: asked of what hangs together with them, and nothing else.

An audit of a whole Stichtag costs a thousand times as much. What it left (the sums that are published, and what may not
be known) is asked again, block by block, with one published sum more for each count that would be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from flows.protect.audit_asked import Asked
from flows.protect.audit_bounds import bounds_any
from flows.protect.audit_constraints import Constraints, Forms
from flows.protect.audit_system import System, sparse

MOST_UNKNOWNS = 1_000
"""Where more hang together with a count, it is not asked: it stays suppressed."""


@dataclass(frozen=True)
class Count:
    """A count of a unit by the names that a release has for it, with its value."""

    zuschnitt: str
    level: str
    unit: str
    side: str
    value: float


class Examined:
    """One state of a Stichtag as an audit left it, and the counts to be published beside it."""

    def __init__(self, system: System, asked: Sequence[Asked], constraints: Constraints) -> None:
        """Take the published sums, what must not be known, and what holds between the unknowns."""
        self.system, self.asked = system, [one for one in asked if one.factors]
        said = system.said
        self._place = {(place.zuschnitt, place.level, place.id): at for at, place in enumerate(said.places)}
        self._side = {side: at for at, side in enumerate(said.sides)}
        self._constraints = constraints
        self._rows: list[dict[int, float]] = []
        self._right: list[float] = []
        self._told: set[tuple[int, int]] = set()

    @cached_property
    def _piece(self) -> NDArray[np.intp]:
        return np.array([piece for _, piece in self.system.columns], dtype=np.intp)

    @cached_property
    def _forms(self) -> Forms:
        return Forms.of(self.asked, self._constraints.size)

    def shows(self, count: Count) -> bool:
        """Say whether the audit takes this count for suppressed, so that it can say what follows from it."""
        at = self._at(count)
        return at is not None and bool(self.system.state.silent[at] | self.system.state.withheld[at])

    def opened_by(self, count: Count) -> bool:
        """Say whether anything that must not be known would follow from a count, or whether it is too much to ask."""
        at = self._at(count)
        if at is None:
            return True
        row, right = self._sum(at, count)
        if not row:
            return False
        told = self._told | {at}
        rows, rights = [*self._rows, row], [*self._right, right]
        columns = self._connected(rows, row)
        near = np.zeros(self._constraints.size, dtype=bool)
        near[columns] = True
        asked = [self.asked[number] for number in np.flatnonzero(self._forms.touch(near)).tolist()]
        asked = [one for one in asked if one.below >= 0 or one.of_piece or (one.where, one.side) not in told]
        columns = self._connected(rows, row, *(one.factors for one in asked))
        if len(columns) > MOST_UNKNOWNS:
            return True
        part, asked = self._part(rows, rights, columns), self._renumbered(asked, columns)
        return bounds_any(part, self.system, self._piece[columns], asked)

    def tell(self, count: Count) -> None:
        """Take a count for published from now on."""
        at = self._at(count)
        if at is not None:
            row, right = self._sum(at, count)
            self._told.add(at)
            if row:
                self._rows.append(row)
                self._right.append(right)

    def _at(self, count: Count) -> tuple[int, int] | None:
        place, side = self._place.get((count.zuschnitt, count.level, count.unit)), self._side.get(count.side)
        return None if place is None or side is None else (place, side)

    def _sum(self, at: tuple[int, int], count: Count) -> tuple[dict[int, float], float]:
        said = self.system.said
        row, known = self.system.of_place(said.classes.side(said.sides[at[1]]), at[0])
        return row, count.value - known

    def _connected(self, told: Sequence[Mapping[int, float]], *sums: Mapping[int, float]) -> NDArray[np.intp]:
        """Return the unknowns that hang together with those of some sums, by what is published and by counts `told`."""
        block, members = self._constraints.block, self._constraints.members
        found, new = set[int](), {column for one in sums for column in one}
        while new:
            blocks = {int(block[column]) for column in new} - {-1}
            found |= new | {column for each in blocks for column in members[each][1].tolist()}
            new = {column for row in told if not found.isdisjoint(row) for column in row} - found
        return np.array(sorted(found), dtype=np.intp)

    def _part(
        self, rows: Sequence[dict[int, float]], right: Sequence[float], columns: NDArray[np.intp]
    ) -> Constraints:  # fmt: skip
        """Return what holds between some unknowns."""
        from scipy.sparse import vstack  # noqa: PLC0415 -- costs a second of import

        whole = self._constraints
        _, equal, above = whole.within(np.unique(whole.block[columns]).tolist(), ())
        above, number = np.sort(above), {column: at for at, column in enumerate(columns.tolist())}
        inside = [(row, value) for row, value in zip(rows, right, strict=True) if row.keys() <= number.keys()]
        more = sparse([{number[at]: factor for at, factor in row.items()} for row, _ in inside], len(columns))
        return Constraints(
            vstack([whole.equal[equal][:, columns], more], format="csr"),
            np.concatenate([whole.right[equal], [value for _, value in inside]]),
            whole.above[above][:, columns], whole.least[above], int((above < whole.silent).sum()),
        )  # fmt: skip

    def _renumbered(self, asked: Iterable[Asked], columns: NDArray[np.intp]) -> list[Asked]:
        number = {column: at for at, column in enumerate(columns.tolist())}
        return [replace(one, factors={number[at]: factor for at, factor in one.factors.items()}) for one in asked]
