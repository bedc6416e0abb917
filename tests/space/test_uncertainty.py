"""Intervals: hard bounds that cannot be broken, and widths that were measured."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.base.errors import ConfigError
from flows.space.links import links_between
from flows.space.umsteigeschluessel import Method, key_from_flows, key_of
from flows.space.uncertainty import (
    SPREADS,
    Spread,
    Trials,
    calibrated,
    coverage,
    hard_bounds,
    hold_out,
    intervals,
)

KEY = key_of(
    {("A", "X"): 1.0, ("B", "X"): 0.5, ("B", "Y"): 0.5},
    {"A": Method.EXACT, "B": Method.OVERLAP},
)


def test_the_hard_bounds_are_the_units_wholly_and_partly_inside():
    lower, upper = hard_bounds(KEY, {"A": 100, "B": 40})

    assert dict(zip(KEY.links.new, zip(lower.tolist(), upper.tolist(), strict=True), strict=True)) == {
        "X": (100, 140), "Y": (0, 40)
    }  # fmt: skip


def test_an_exact_count_has_no_width():
    key = key_of({("A", "X"): 1.0, ("B", "X"): 1.0}, Method.EXACT)
    found = intervals(key, {"A": 3, "B": 4}, SPREADS)["X"]

    assert (found.lower, found.estimate, found.upper) == (7, 7, 7)


def test_half_of_forty_with_coin_tosses_alone():
    found = intervals(KEY, {"A": 100, "B": 40}, {Method.OVERLAP: Spread(2.0, 0.0)}, years=1)["Y"]

    assert (found.lower, found.upper) == pytest.approx((20 - 2 * 10**0.5, 20 + 2 * 10**0.5))


def test_an_interval_ends_at_the_hard_bound():
    found = intervals(KEY, {"A": 100, "B": 40}, {Method.OVERLAP: Spread(100.0, 0.0)})

    assert (found["X"].lower, found["X"].upper) == (100, 140)
    assert (found["Y"].lower, found["Y"].upper) == (0, 40)


def test_the_farther_the_dates_the_wider_the_interval_of_a_fit():
    narrow, wide = (intervals(KEY, {"A": 1, "B": 900}, SPREADS, years=years)["Y"] for years in (1, 4))

    assert wide.upper - wide.lower == pytest.approx(2 * (narrow.upper - narrow.lower))


def test_a_less_sure_method_is_wider():
    widths = []
    for method in (Method.OVERLAP, Method.POPULATION_WEIGHTED, Method.AREA_WEIGHTED):
        key = key_of({("A", "X"): 0.5, ("A", "Y"): 0.5}, method)
        found = intervals(key, {"A": 20_000}, SPREADS)["X"]
        widths.append(found.upper - found.lower)

    assert widths == sorted(widths)
    assert widths[0] < widths[1] < widths[2]


@given(
    flows=st.dictionaries(
        st.tuples(st.sampled_from("ABC"), st.sampled_from("XYZ")), st.integers(1, 900).map(float), min_size=1
    ),
    method=st.sampled_from([method for method in Method if method is not Method.EXACT]),
)
def test_estimate_and_truth_lie_inside_the_hard_bounds(flows, method):
    key = key_from_flows(flows, method)
    old = {unit: sum(n for (i, _), n in flows.items() if i == unit) for unit in key.links.old}

    for unit, found in intervals(key, old, SPREADS).items():
        truth = sum(n for (_, j), n in flows.items() if j == unit)
        assert found.at_least - 1e-6 <= found.lower <= found.estimate <= found.upper <= found.at_most + 1e-6
        assert found.at_least - 1e-6 <= truth <= found.at_most + 1e-6


def drawn_errors(factor: float, relative: float, seed: int) -> Trials:
    rng = np.random.default_rng(seed)
    coins = rng.lognormal(6, 1.5, 4_000)
    return Trials(rng.laplace(0, factor * np.sqrt(coins + relative * coins**2)), coins, coins**2)


@pytest.mark.parametrize("relative", [0.0, 0.001, 0.01])
def test_calibration_covers_nine_in_ten_of_new_errors_small_and_large(relative):
    spread = calibrated(drawn_errors(1.3, relative, seed=1))
    fresh = drawn_errors(1.3, relative, seed=2)

    assert coverage(fresh, spread) == pytest.approx(0.9, abs=0.02)
    for part in (fresh.coins < np.quantile(fresh.coins, 0.25), fresh.coins > np.quantile(fresh.coins, 0.75)):
        some = Trials(fresh.error[part], fresh.coins[part], fresh.shares[part])
        assert coverage(some, spread) == pytest.approx(0.9, abs=0.04)


def test_a_handful_of_trials_calibrates_nothing():
    with pytest.raises(ConfigError, match="at least 40 estimates with known truth, found 3"):
        calibrated(Trials(np.ones(3), np.ones(3), np.ones(3)))


def test_a_city_with_two_dates_on_the_new_units_can_try_the_fit_on_itself():
    links = links_between([("A", "X"), ("A", "Y"), ("B", "Z")])
    found = hold_out(links, {
        dt.date(2021, 1, 1): {"X": 50, "Y": 50, "Z": 7},
        dt.date(2022, 1, 1): {"X": 60, "Y": 40, "Z": 9},
    })  # fmt: skip

    assert sorted(found.error.round(3).tolist()) == pytest.approx([-10, -10, 10, 10], abs=0.01)
