"""A unit's type is the nearest; how far the border is decides whether a small shift can change it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.index.panel import Panel
from flows.profile.typology import Typology
from flows.typology.assign import Assigned, Space, assigned
from tests.typology.conftest import typology


def types_of(definition: Typology, figures, low=None, high=None, error: float = 0.0) -> Assigned:
    known = np.array(figures, dtype=float)
    ends = [known.copy() if each is None else np.array(each, dtype=float) for each in (low, high)]
    panel = Panel(known, *ends, np.full(known.shape, error), np.ones(len(known), dtype=bool))
    return assigned(Space.of(definition), panel)


def test_the_nearest_type_and_the_second_with_their_distances() -> None:
    found = types_of(typology(0, 10, 14), [[3.0], [13.0]])

    assert found.own.tolist() == [0, 2]
    assert found.second.tolist() == [1, 1]
    assert found.distance == pytest.approx([3, 1])
    assert found.second_distance == pytest.approx([7, 3])
    assert found.border == pytest.approx([2, 1])  # to 5, and to 12


def test_a_distance_of_1_is_one_standard_deviation_in_every_trait() -> None:
    traits = [{"mean": 40, "spread": 10}, {"mean": 2, "spread": 0.5}]
    found = types_of(typology((40, 2), (90, 9), traits=traits), [[50, 2.5]])

    assert found.distance == pytest.approx([1])


def test_a_trait_counts_by_its_weight() -> None:
    heavy = typology((0, 0), (9, 9), traits=[{"weight": 3}, {}])
    assert types_of(heavy, [[1, 0]]).distance == pytest.approx([np.sqrt(3 / 4)])
    assert types_of(heavy, [[0, 1]]).distance == pytest.approx([np.sqrt(1 / 4)])


def test_figures_of_which_few_are_very_large_are_compared_by_their_logarithm() -> None:
    """Between 99 and 9999 lies 999 on that scale, not 5049."""
    logged = typology(99, 9999, traits=[{"transform": "log", "mean": 6, "spread": 2}])
    assert types_of(logged, [[998.0], [1000.0]]).own.tolist() == [0, 1]


def test_a_suppressed_figure_leaves_the_types_that_its_interval_permits() -> None:
    definition = typology(0, 10, 20)
    found = types_of(definition, [[np.nan], [np.nan], [np.nan]], low=[[0], [0], [0]], high=[[4], [7], [16]])

    assert found.own.tolist() == [0, -1, -1]
    assert found.possible.tolist() == [[True, False, False], [True, True, False], [True, True, True]]
    assert found.border[0] == pytest.approx(1)  # from 4 to 5: what is least in the interval
    assert np.isnan(found.distance).all()


def test_a_type_that_two_others_leave_nothing_of_is_not_possible() -> None:
    """Up to 10.75 each point is nearer to one of the first two, though neither alone is nearer everywhere."""
    definition = typology((9, 10), (11, 10), (10, 12.2), (10, 1))

    def possible(top: float) -> list[bool]:
        return types_of(definition, [[np.nan, np.nan]], low=[[9, 9]], high=[[11, top]]).possible[0].tolist()

    assert possible(10.75) == [True, True, False, False]
    assert possible(11) == [True, True, True, False]


def test_an_interval_that_nobody_knows_leaves_no_type() -> None:
    found = types_of(typology(0, 10), [[np.nan]], low=[[np.nan]], high=[[np.nan]])
    assert (found.own.tolist(), found.possible.any()) == ([-1], False)


def test_a_type_is_surer_the_farther_the_border_is() -> None:
    """On the border one half; with twice the variance of an error of 1, 2 away: the normal distribution at 1.41."""
    found = types_of(typology(0, 10), [[5.0], [3.0], [-20.0]], error=1.0)
    assert found.sure == pytest.approx([0.5, 0.921, 1.0], abs=0.03)


points = st.lists(st.tuples(*[st.floats(-50, 50, allow_nan=False)] * 2), min_size=4, max_size=12)


@settings(max_examples=60, deadline=None)
@given(points, points, st.floats(0, 2 * np.pi), st.floats(0.01, 2))
def test_a_shift_flips_only_units_whose_border_is_nearer_than_the_shift(middles, units, angle, length) -> None:
    """So with a limit of that length no clear unit changes its type: types do not jump because of arithmetic."""
    different = list(dict.fromkeys((abs(a), abs(b)) for a, b in middles))
    if len(different) < 2:
        return
    definition, figures = typology(*different), np.array(units)
    shift = length * np.array([np.cos(angle), np.sin(angle)]) * np.sqrt(2)  # each of two traits counts a half
    before, after = types_of(definition, figures), types_of(definition, figures + shift)

    flipped = before.own != after.own
    assert (before.border[flipped] <= length + 1e-9).all()


@settings(max_examples=40, deadline=None)
@given(points, points, st.floats(0.01, 100), st.permutations(range(2)))
def test_neither_the_scale_of_a_trait_nor_the_order_of_units_matters(middles, units, scale, order) -> None:
    different = list(dict.fromkeys((abs(a), abs(b)) for a, b in middles))
    if len(different) < 2:
        return
    figures = np.array(units)
    plain = types_of(typology(*different), figures)
    scaled = typology(*[(a * scale, b) for a, b in different], traits=[{"spread": scale}])
    found = types_of(scaled, (figures * [scale, 1])[::-1])

    assert found.distance[::-1] == pytest.approx(plain.distance, abs=1e-6)
    assert found.border[::-1] == pytest.approx(plain.border, abs=1e-6)
