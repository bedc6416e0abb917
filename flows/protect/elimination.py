"""What follows from published sums, by exact elimination: which sums are combinations of others.

The method is that of GaussSuppression (Langsrud, Secondary Cell Suppression by Gaussian Elimination, 2024): a figure
may be published unless a protected sum would become a combination of published ones. Arithmetic is modulo the prime
2^31 - 1, so it is exact and the same on every machine; a sum could look dependent which is not only where a determinant
of these small systems is a multiple of the prime.
"""

from __future__ import annotations

from collections.abc import Iterable

PRIME = 2_147_483_647
Row = dict[int, int]
"""A sum: column -> factor, without zeros."""


class Known:
    """The sums that a reader knows, and the protected sums that do not follow from them.

    The known sums are kept in reduced echelon form: each has a column of its own, its pivot, which none of the others
    has. The protected sums are kept reduced by them; one that is reduced to nothing follows.
    """

    def __init__(self, protected: Iterable[Row] = ()) -> None:
        self.protected = [{column: factor % PRIME for column, factor in row.items()} for row in protected]
        self.rows: dict[int, Row] = {}
        """Pivot -> known sum, in which it has the factor 1."""
        self._used: dict[int, set[int]] = {}  # column that is no pivot -> the pivots of the known sums that have it
        self._hiding: dict[int, set[int]] = {}  # column -> the protected sums that have it
        for at, row in enumerate(self.protected):
            for column in row:
                self._hiding.setdefault(column, set()).add(at)

    def reduced(self, row: Row) -> Row:
        """Return what is new in a sum: the row less its known part; empty if it follows."""
        new = {column: factor % PRIME for column, factor in row.items()}
        for pivot in [column for column in row if column in self.rows]:
            _subtract(new, new[pivot], self.rows[pivot])
        return new

    def tells(self, new: Row) -> bool:
        """Say whether a protected sum that is still hidden would follow with the reduced sum `new`."""
        column = next(iter(new))
        for at in self._hiding.get(column, ()):
            one = self.protected[at]
            if one.keys() == new.keys():
                factor = one[column] * pow(new[column], -1, PRIME) % PRIME
                if all(one[each] == value * factor % PRIME for each, value in new.items()):
                    return True
        return False

    def add(self, new: Row) -> None:
        """Let the reduced sum `new` be known."""
        pivot = min(new, key=lambda column: (len(self._used.get(column, ())), column))
        inverse = pow(new[pivot], -1, PRIME)
        one = {column: factor * inverse % PRIME for column, factor in new.items()}
        for other in self._used.pop(pivot, set()):
            row = self.rows[other]
            before = row.keys() - {other}
            _subtract(row, row[pivot], one)
            self._note(self._used, other, before - {pivot}, row.keys() - {other})
        for at in self._hiding.pop(pivot, set()):
            row = self.protected[at]
            before = set(row)
            _subtract(row, row[pivot], one)
            self._note(self._hiding, at, before - {pivot}, row.keys())
        self.rows[pivot] = one
        self._note(self._used, pivot, set(), one.keys() - {pivot})

    @staticmethod
    def _note(index: dict[int, set[int]], which: int, before: Iterable[int], now: Iterable[int]) -> None:
        before, now = set(before), set(now)
        for column in before - now:
            index[column].discard(which)
        for column in now - before:
            index.setdefault(column, set()).add(which)


def _subtract(row: Row, factor: int, other: Row) -> None:
    for column, value in other.items():
        left = (row.get(column, 0) - factor * value) % PRIME
        if left:
            row[column] = left
        else:
            row.pop(column, None)
