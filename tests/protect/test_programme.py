"""What a sum of unknown counts can be at most, by linear and by integer programming."""

from __future__ import annotations

import numpy as np
import pytest

from flows.protect.audit_constraints import Constraints
from flows.protect.audit_programme import Programme, WholeNumbers
from flows.protect.audit_system import sparse

A, B, C, D = range(4)


@pytest.fixture
def constraints() -> Constraints:
    """a + b = 5, b + c = 5 and a + c + d = 7, with d at least 0: a is at most 3.5, and 3 in whole numbers."""
    sums: list[dict[int, float]] = [{A: 1, B: 1}, {B: 1, C: 1}, {A: 1, C: 1, D: 1}]
    return Constraints(sparse(sums, 4), np.array([5.0, 5.0, 7.0]), sparse([{D: 1}], 4), np.array([0.0]), 0)


def test_a_programme_says_how_large_each_sum_can_be(constraints: Constraints) -> None:
    programme = Programme(constraints, *constraints.within([0], []))
    largest = {name: programme.largest(form) for name, form in (("a", {A: 1}), ("b", {B: 1}), ("-a", {A: -1}))}
    assert {name: found and found.value for name, found in largest.items()} == {"a": 3.5, "b": 5, "-a": 0}


def test_numbers_of_one_question_answer_another(constraints: Constraints) -> None:
    found = Programme(constraints, *constraints.within([0], [])).largest({B: 1})
    assert found is not None
    assert found.whole
    assert found.of({C: 1, D: 1}) == 7


def test_whole_numbers_reach_less_than_fractions(constraints: Constraints) -> None:
    found = Programme(constraints, *constraints.within([0], [])).largest({A: 1})
    assert found is not None
    assert not found.whole
    numbers = WholeNumbers(constraints, np.arange(4))
    assert numbers.with_at_least({A: 1}, 4) is None
    reached = numbers.with_at_least({A: 1}, 3)
    assert reached is not None
    assert reached.of({A: 1, B: 1}) == 5


def test_around_a_solution_the_other_unknowns_stay_as_they_are(constraints: Constraints) -> None:
    start = np.array([2.0, 3.0, 2.0, 3.0])
    assert WholeNumbers(constraints, np.array([A, D]), start).with_at_least({A: 1}, 3) is None, (
        "b stays 3, so a stays 2"
    )
    assert WholeNumbers(constraints, np.array([A, B, C, D]), start).with_at_least({A: 1}, 3) is not None


def test_what_cannot_be_true_has_no_largest_sum() -> None:
    sums: list[dict[int, float]] = [{A: 1, B: 1}, {A: 1}]
    none = Constraints(sparse(sums, 2), np.array([2.0, 3.0]), sparse([], 2), np.zeros(0), 0)
    assert Programme(none, *none.within([0], [])).largest({B: 1}) is None


def test_inside_a_region_only_what_is_said_of_it_alone_holds(constraints: Constraints) -> None:
    region = np.array([True, True, False, False])
    columns, equal, above = constraints.within([0], [], region)
    assert (sorted(columns.tolist()), equal.tolist(), above.tolist()) == ([A, B], [0], [])
