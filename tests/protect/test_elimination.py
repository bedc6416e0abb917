"""What follows from published sums: the elimination against exact fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.protect.elimination import Known, Row

SIZE = 6
rows = st.dictionaries(st.integers(0, SIZE - 1), st.sampled_from([-2, -1, 1, 2, 3]), min_size=1, max_size=4)


class Exact:
    """The sums that are known, as fractions in echelon form."""

    def __init__(self) -> None:
        self.known: list[list[Fraction]] = []

    def left(self, row: Row) -> list[Fraction]:
        """Return a sum less what follows."""
        left = [Fraction(row.get(column, 0)) for column in range(SIZE)]
        for known in self.known:
            pivot = next(at for at, value in enumerate(known) if value)
            factor = left[pivot] / known[pivot]
            left = [one - factor * other for one, other in zip(left, known, strict=True)]
        return left

    def follows(self, row: Row) -> bool:
        """Say whether a sum follows."""
        return not any(self.left(row))

    def with_row(self, row: Row) -> Exact:
        """Return the same with one sum more."""
        more = Exact()
        more.known = [*self.known, self.left(row)] if not self.follows(row) else self.known
        return more


@pytest.mark.slow
@given(protected=st.lists(rows, max_size=4), sums=st.lists(rows, max_size=10))
def test_a_sum_is_published_unless_a_protected_one_that_is_hidden_would_follow(
    protected: list[Row], sums: list[Row]
) -> None:
    known, exact = Known(protected, SIZE), Exact()
    for row in sums:
        more = exact.with_row(row)
        followed = [at for at, one in enumerate(protected) if more.follows(one) and not exact.follows(one)]
        assert known.telling(row) == followed
        assert known.published(row) is (not followed)
        exact = exact if followed else more
    assert known.hidden == [True] * len(protected)


@given(protected=st.lists(rows, max_size=4), sums=st.lists(rows, max_size=10))
def test_a_protected_sum_is_hidden_until_it_follows(protected: list[Row], sums: list[Row]) -> None:
    known, exact = Known(protected, SIZE), Exact()
    for row in sums:
        known.add(row)
        exact = exact.with_row(row)
        assert known.hidden == [not exact.follows(one) for one in protected]


def test_three_sums_tell_a_fourth_that_none_of_them_tells_alone() -> None:
    known = Known([{0: 1}], 3)
    assert known.published({0: 1, 1: 1})
    assert known.published({1: 1, 2: 1})
    assert not known.published({0: 1, 2: 1}), "a + b, b + c and a + c tell a"
    assert known.published({0: 1, 1: 2, 2: 1}), "it follows from the first two already"
