"""Intervals: hard bounds that cannot be broken, and widths that were measured."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.base.errors import ConfigError
from flows.space.links import links_between
from flows.space.umsteigeschluessel import Method, key_of
from flows.space.uncertainty import Spread, Trials, calibrated, hold_out
from tests.space.through import Case, Figure, key_from_flows

KEY = key_of(
    {("A", "X"): 1.0, ("B", "X"): 0.5, ("B", "Y"): 0.5},
    {"A": Method.EXACT, "B": Method.OVERLAP},
)


def test_the_hard_bounds_are_the_units_wholly_and_partly_inside(through):
    (found,) = through(Case(KEY, {"A": 100, "B": 40}))

    assert {unit: (figure.mindestens, figure.hoechstens) for unit, figure in found.items()} == {
        "X": (100, 140), "Y": (0, 40)
    }  # fmt: skip


def test_an_exact_count_has_no_width(through):
    (found,) = through(Case(key_of({("A", "X"): 1.0, ("B", "X"): 1.0}, Method.EXACT), {"A": 3, "B": 4}))

    assert found["X"][:3] == (7, 7, 7)


def test_half_of_forty_with_coin_tosses_alone(through):
    (found,) = through(Case(KEY, {"A": 100, "B": 40}, spreads={Method.OVERLAP: Spread(2.0, 0.0)}))

    assert (found["Y"].untergrenze, found["Y"].obergrenze) == pytest.approx((20 - 2 * 10**0.5, 20 + 2 * 10**0.5), 1e-3)


def test_a_wrong_share_widens_the_interval_by_its_square(through):
    (found,) = through(Case(KEY, {"A": 0, "B": 400}, spreads={Method.OVERLAP: Spread(1.0, 0.04)}))

    assert found["Y"].obergrenze == pytest.approx(200 + (100 + 0.04 * 100**2) ** 0.5, 1e-3)


def test_an_interval_ends_at_the_hard_bound(through):
    (found,) = through(Case(KEY, {"A": 100, "B": 40}, spreads={Method.OVERLAP: Spread(100.0, 0.0)}))

    assert (found["X"].untergrenze, found["X"].obergrenze) == (100, 140)
    assert (found["Y"].untergrenze, found["Y"].obergrenze) == (0, 40)


def test_the_farther_the_dates_the_wider_the_interval_of_a_fit(through):
    narrow, wide = through(*(Case(KEY, {"A": 1, "B": 900}, years=years) for years in (1, 4)))

    assert width(wide["Y"]) == pytest.approx(2 * width(narrow["Y"]), 1e-3)


def test_dates_nearer_than_half_a_year_are_no_surer_than_half_a_year(through):
    near, half = through(*(Case(KEY, {"A": 1, "B": 900}, years=years) for years in (0.1, 0.5)))

    assert width(near["Y"]) == pytest.approx(width(half["Y"]), 1e-2)


def test_what_is_not_fitted_does_not_age(through):
    key = key_of({("A", "X"): 0.5, ("A", "Y"): 0.5}, Method.AREA_WEIGHTED)
    near, far = through(*(Case(key, {"A": 90_000}, years=years) for years in (0.5, 9)))

    assert width(near["X"]) == width(far["X"])


def test_a_less_sure_method_is_wider(through):
    methods = (Method.OVERLAP, Method.POPULATION_WEIGHTED, Method.AREA_WEIGHTED)
    found = through(*(Case(key_of({("A", "X"): 0.5, ("A", "Y"): 0.5}, each), {"A": 20_000}) for each in methods))
    widths = [width(figures["X"]) for figures in found]

    assert widths == sorted(widths)
    assert widths[0] < widths[1] < widths[2]


def width(figure: Figure) -> float:
    return figure.obergrenze - figure.untergrenze


@settings(max_examples=10)
@given(
    drawn=st.lists(
        st.tuples(
            st.dictionaries(
                st.tuples(st.sampled_from("ABC"), st.sampled_from("XYZ")), st.integers(1, 900).map(float), min_size=1
            ),
            st.sampled_from([method for method in Method if method is not Method.EXACT]),
        ),
        min_size=1, max_size=10,
    )
)  # fmt: skip
def test_estimate_and_truth_lie_inside_the_hard_bounds(through, drawn):
    cases = [
        Case(
            key_from_flows(flows, method), {old: sum(n for (i, _), n in flows.items() if i == old) for old, _ in flows}
        )
        for flows, method in drawn
    ]

    for (flows, _), found in zip(drawn, through(*cases), strict=True):
        for unit, figure in found.items():
            truth = sum(n for (_, j), n in flows.items() if j == unit)
            assert figure.mindestens <= truth <= figure.hoechstens
            assert figure.untergrenze <= figure.wert <= figure.obergrenze
            assert figure.mindestens - 1 < figure.untergrenze
            assert figure.obergrenze < figure.hoechstens + 1


def drawn_errors(factor: float, relative: float, seed: int) -> Trials:
    rng = np.random.default_rng(seed)
    coins = rng.lognormal(6, 1.5, 4_000)
    return Trials(rng.laplace(0, factor * np.sqrt(coins + relative * coins**2)), coins)


def covered(known: Trials, spread: Spread) -> float:
    half = spread.factor * np.sqrt(known.coins + spread.relative * known.coins**2)
    return float(np.mean(abs(known.error) <= half))


@pytest.mark.parametrize("relative", [0.0, 0.001, 0.01])
def test_calibration_covers_nine_in_ten_of_new_errors_small_and_large(relative):
    spread = calibrated(drawn_errors(1.3, relative, seed=1))
    fresh = drawn_errors(1.3, relative, seed=2)

    assert covered(fresh, spread) == pytest.approx(0.9, abs=0.02)
    for part in (fresh.coins < np.quantile(fresh.coins, 0.25), fresh.coins > np.quantile(fresh.coins, 0.75)):
        some = Trials(fresh.error[part], fresh.coins[part])
        assert covered(some, spread) == pytest.approx(0.9, abs=0.04)


def test_a_handful_of_trials_calibrates_nothing():
    with pytest.raises(ConfigError, match="at least 40 estimates with known truth, found 3"):
        calibrated(Trials(np.ones(3), np.ones(3)))


def test_a_city_with_two_dates_on_the_new_units_can_try_the_fit_on_itself():
    links = links_between([("A", "X"), ("A", "Y"), ("B", "Z")])
    found = hold_out(links, {
        dt.date(2021, 1, 1): np.array([50.0, 50, 7]),
        dt.date(2022, 1, 1): np.array([60.0, 40, 9]),
    })  # fmt: skip

    assert sorted(found.error.round(3).tolist()) == pytest.approx([-10, -10, 10, 10], abs=0.01)
