"""Why a score and a class changed: the parts add up, and each has the name of what happened."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.index.causes import Measured, margin, split
from flows.index.scale import Scale
from tests.index.conftest import definition
from tests.parameters import first_of

WAYS = [
    {"standardise": "z"}, {"standardise": "z", "aggregate": "sum", "rescale": "z"}, {"standardise": "min_max"},
    {"standardise": "plain"}, {"standardise": "percentile_rank"}, {"standardise": "exponential_rank"},
    {"standardise": "quotient", "aggregate": "product"}, {"standardise": "z", "aggregate": "factor"},
]  # fmt: skip


def measured(stated, *rows, by=None, error=0.0) -> Measured:
    figures = np.array(rows, dtype=float)
    scale = Scale.of(stated, figures if by is None else np.array(by, dtype=float))
    return Measured(scale, figures, np.full(figures.shape, error))


FIGURES = st.lists(st.tuples(*[st.integers(1, 90)] * 3), min_size=4, max_size=7, unique_by=lambda row: row[0]).filter(
    lambda rows: (
        all(len(set(column)) > 1 for column in zip(*rows, strict=True))
        and np.linalg.matrix_rank(np.corrcoef(np.array(rows).T)) == 3
    )
)


@pytest.mark.slow
@pytest.mark.parametrize("way", first_of(WAYS))
@given(before=FIGURES, after=FIGURES)
def test_the_parts_of_every_component_add_up_to_the_change_of_score_and_class(way, before, after) -> None:
    stated = definition("a", "b", "c", limits=(-0.5, 0.5), **way)
    units = min(len(before), len(after))
    first = measured(stated, *before[:units], by=before)
    second = measured(stated, *after[:units], by=after)

    found = split(first, second)

    assert (found.own_by + found.city_by).sum(axis=1) == pytest.approx(second.score - first.score, abs=1e-8)
    assert found.own + found.city == pytest.approx(second.score - first.score, abs=1e-8)
    assert (found.own_class + found.city_class == second.classes - first.classes).all()


def test_a_unit_that_stands_still_while_the_city_moves_has_no_part_of_its_own() -> None:
    stated = definition("a")
    found = split(measured(stated, [10], [20], [30]), measured(stated, [10], [40], [70]))

    assert found.own[0] == 0
    assert found.city[0] == pytest.approx(0)
    assert (found.own[1] > 0, found.city[1] < 0) == (True, True)


def test_a_unit_that_moves_in_a_city_that_is_measured_by_its_base_year_moves_alone() -> None:
    stated, base = definition("a", "b"), [[10, 1], [20, 2], [30, 3]]
    found = split(measured(stated, [10, 1], [20, 2], by=base), measured(stated, [30, 1], [20, 2], by=base))

    assert found.city.tolist() == [0, 0]
    assert found.own_by[0] == pytest.approx([20 / np.std([10, 20, 30]) / 2, 0])


def test_by_ranks_a_unit_falls_back_where_others_pass_it() -> None:
    stated = definition("a", standardise="percentile_rank", limits=(0.4, 0.9))
    found = split(measured(stated, [10], [20], [30]), measured(stated, [40], [20], [30]))

    assert (found.own[1], found.city[1]) == (0, -0.5)
    assert (found.own_class[1], found.city_class[1]) == (0, -1)


def test_what_chance_alone_makes_is_the_interval_of_90_percent_of_the_difference_of_two_counts() -> None:
    stated, base = definition("a", standardise="plain"), [[10], [20]]
    before, after = (measured(stated, [10], by=base, error=error) for error in (3.0, 4.0))

    assert margin(before, after, stay=0) == pytest.approx([1.6448536 * 5])
    assert margin(before, after, stay=0.5) == pytest.approx([1.6448536 * np.sqrt(25 - 12)])
