"""A sum distributed by heads and need: exact to the cent, within floor and cap, more need never less."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.base.errors import ConfigError
from flows.index.budget import Need, Terms, because, cents, distributed, ranges

UNITS = st.lists(st.tuples(st.integers(1, 4000), st.sampled_from([0, 1, 1.4, 2, 3])), min_size=1, max_size=30).filter(
    lambda units: any(weight for _, weight in units)
)


def columns(units) -> tuple[np.ndarray, np.ndarray]:
    heads, weights = np.array(units, dtype=float).T
    return heads, weights


@pytest.mark.slow
@given(units=UNITS, total=st.integers(1, 10**9), floor=st.floats(0, 1), cap=st.floats(1, 3))
def test_amounts_add_up_to_the_cent_and_keep_floor_and_cap(units, total, floor, cap) -> None:
    heads, weights = columns(units)
    weights = np.maximum(weights, 0.5)
    terms = Terms(total, int(floor * total / len(units)), int(cap * total / len(units)) + 1)

    found = distributed(heads * weights, terms)

    assert found.sum() == total
    assert found.min() >= terms.floor
    assert found.max() <= terms.cap


@given(units=UNITS, total=st.integers(1, 10**9), floor=st.floats(0, 0.9))
def test_more_need_never_gets_less_at_the_same_heads(units, total, floor) -> None:
    heads, weights = columns(units)
    found = distributed(heads * weights, Terms(total, int(floor * total / len(units))))

    for one in range(len(units)):
        for other in range(len(units)):
            if heads[one] == heads[other] and weights[one] > weights[other]:
                assert found[one] >= found[other]


def test_without_floor_and_cap_amounts_are_in_proportion_to_heads_and_weight() -> None:
    assert distributed(np.array([100.0, 2 * 100, 3 * 300]), Terms(120_000)).tolist() == [10_000, 20_000, 90_000]


def test_cents_that_are_left_over_go_to_the_largest_remainders() -> None:
    assert distributed(np.array([1.0, 1, 1]), Terms(100)).tolist() == [34, 33, 33]
    assert distributed(np.array([1.0, 2, 4]), Terms(10)).tolist() == [1, 3, 6]


def test_what_a_cap_takes_away_goes_to_the_others_and_what_a_floor_gives_comes_from_them() -> None:
    assert distributed(np.array([1.0, 1, 8]), Terms(1000, cap=500)).tolist() == [250, 250, 500]
    assert distributed(np.array([1.0, 3, 6]), Terms(1000, floor=200)).tolist() == [200, 267, 533]


def test_a_unit_of_which_the_class_is_not_sure_has_a_range_while_the_others_stay() -> None:
    heads, weight = np.array([100.0, 100.0]), np.array([1.0, 1.0])
    need = Need(heads, weight, low=np.array([100.0, 100.0]), high=np.array([300.0, 100.0]))

    low, high = ranges(need, Terms(1000))

    assert (low.tolist(), high.tolist()) == ([500, 500], [750, 500])


def test_a_unit_that_may_have_no_heads_gets_at_least_what_the_others_may_not_take() -> None:
    heads, weight = np.array([10.0, 10.0]), np.array([1.0, 1.0])
    need = Need(heads, weight, low=np.array([0.0, 10.0]), high=np.array([10.0, 10.0]))

    low, high = ranges(need, Terms(10_000, cap=6_000))

    assert (low.tolist(), high.tolist()) == ([4_000, 5_000], [5_000, 5_000])
    assert ranges(need, Terms(10_000))[0].tolist() == [0, 5_000]
    alone = Need(np.array([10.0, 10]), np.array([1.0, 0]), low=np.array([0.0, 0]), high=np.array([10.0, 0]))
    assert ranges(alone, Terms(10_000, floor=1_000))[0].tolist() == [9_000, 1_000]


@given(units=UNITS, total=st.integers(1, 10**6), floor=st.floats(0, 1), cap=st.floats(1, 3))
def test_the_range_of_a_unit_that_may_have_no_heads_begins_where_its_amount_goes_as_they_vanish(
    units, total, floor, cap
) -> None:
    heads, weights = columns(units)
    weights = np.maximum(weights, 0.5)
    terms = Terms(total, int(floor * total / len(units)), int(cap * total / len(units)) + 1)

    low, high = ranges(Need(heads, weights, np.zeros(len(heads)), heads * weights), terms)

    assert (low <= high).all()
    for at in range(len(heads)):
        vanishing = heads * weights
        vanishing[at] = 1e-9
        assert abs(distributed(vanishing, terms)[at] - low[at]) <= 1


@given(units=UNITS, later=UNITS, total=st.integers(1, 10**8))
def test_the_causes_of_a_change_add_up_to_it(units, later, total) -> None:
    count = min(len(units), len(later))
    (heads, weights), (new_heads, new_weights) = columns(units[:count]), columns(later[:count])
    weights, new_weights, terms = weights + 1, new_weights + 1, Terms(total)

    parts = because([(heads, weights), (new_heads, weights), (new_heads, new_weights)], terms)

    change = distributed(new_heads * new_weights, terms) - distributed(heads * weights, terms)
    assert (sum(parts) == change).all()
    assert all(part.sum() == 0 for part in parts)


@pytest.mark.parametrize(
    ("terms", "refused"),
    [
        (Terms(1000, floor=400), "--floor: expected at most 3.33 for 3 units, found 4.00, which takes 12.00"),
        (Terms(1000, cap=300), "--cap: expected at least 3.34 for 3 units, found 3.00"),
        (Terms(1000, floor=300, cap=200), "--cap: expected at least"),
    ],
)
def test_floor_and_cap_that_do_not_fit_the_sum_are_refused(terms: Terms, refused: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        terms.check(3)
    assert refused in str(refusal.value)


def test_a_sum_that_nobody_may_get_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"Expected units with heads and a weight for 7\.00"):
        distributed(np.array([0.0, 1.0]), Terms(1000, floor=100, cap=200))


@pytest.mark.parametrize(("written", "amount"), [("1000000", 10**8), ("0.10", 10), ("12,5", 1250)])
def test_an_amount_is_read_to_the_cent(written: str, amount: int) -> None:
    assert cents("--sum", written) == amount


@pytest.mark.parametrize("written", ["-5", "1.000", "viel", "1e6", ""])
def test_what_is_no_amount_is_refused(written: str) -> None:
    with pytest.raises(ConfigError, match="--sum: expected an amount in euros"):
        cents("--sum", written)
