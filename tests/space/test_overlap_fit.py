"""The fit to counts of both Zuschnitte, and what it says when the counts do not go together."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.space.links import links_between
from flows.space.overlap_fit import Trouble, band_fits, overlap_fit


def fit(pairs: str, old: dict[str, float], new: dict[str, float], seed: list[float] | None = None):
    """Fit flows along pairs such as "AX AY BY"."""
    links = links_between([(pair[0], pair[1]) for pair in pairs.split()], old, new)
    start = np.array(seed or [1.0] * len(links))
    return overlap_fit(links, start, links.counts_of_old(old), links.counts_of_new(new))


def flows(result) -> dict[str, float]:
    return {i + j: people for (i, j), people in zip(result.links.pairs(), result.flow.tolist(), strict=True)}


def test_a_split_unit_is_shared_as_its_parts_are_counted():
    assert flows(fit("AX AY", {"A": 100}, {"X": 30, "Y": 90})) == pytest.approx({"AX": 25, "AY": 75})


def test_both_counts_hold_where_they_can():
    result = fit("AX AY BY", {"A": 60, "B": 40}, {"X": 50, "Y": 50})

    assert flows(result) == pytest.approx({"AX": 50, "AY": 10, "BY": 40})
    assert result.findings == ()
    assert result.deviation < 1e-6


def test_what_changed_elsewhere_in_the_city_between_the_dates_is_not_carried_over():
    """X and Y together have doubled, Z has not: A still goes by the proportion of X and Y, B wholly."""
    result = fit("AX AY BZ", {"A": 100, "B": 100}, {"X": 100, "Y": 100, "Z": 100})

    assert flows(result) == pytest.approx({"AX": 50, "AY": 50, "BZ": 100})


def test_an_uninhabited_new_unit_gets_nobody():
    assert flows(fit("AX AY", {"A": 100}, {"X": 0, "Y": 90}, seed=[1000.0, 1.0])) == pytest.approx({"AX": 0, "AY": 100})


def test_residents_whose_new_units_are_all_empty_are_reported():
    result = fit("AX BY", {"A": 9, "B": 40}, {"X": 0, "Y": 50})

    assert [(f.trouble, f.unit, f.residents) for f in result.findings] == [(Trouble.STRANDED, "A", 9)]
    assert result.fitted.tolist() == [False, True]


def test_a_new_unit_with_residents_that_come_from_nowhere_is_reported():
    result = fit("AX BY", {"A": 9, "B": 0}, {"X": 9, "Y": 50})

    assert [(f.trouble, f.unit) for f in result.findings] == [(Trouble.UNREACHED, "Y")]
    assert "no old unit with residents overlaps it" in str(result.findings[0])


def test_counts_that_contradict_each_other_are_reported_and_the_old_ones_stand():
    """All of B goes to Y, so Y cannot have fewer residents than B."""
    result = fit("AX AY BY", {"A": 50, "B": 50}, {"X": 80, "Y": 20})

    assert flows(result) == pytest.approx({"AX": 50, "AY": 0, "BY": 50}, abs=0.1)
    assert [(f.trouble, f.unit) for f in result.findings] == [(Trouble.INCONSISTENT, "X"), (Trouble.INCONSISTENT, "Y")]
    assert result.deviation == pytest.approx(30, abs=0.1)


def test_children_go_where_children_are_counted():
    links = links_between([("A", "X"), ("A", "Y")])
    fits = band_fits(
        links,
        np.ones(2),
        {"einwohner": np.array([100.0]), "kinder": np.array([20.0])},
        {"einwohner": np.array([50.0, 50.0]), "kinder": np.array([18.0, 2.0])},
        total="einwohner",
    )

    assert fits["einwohner"].flow == pytest.approx([50, 50])
    assert fits["kinder"].flow == pytest.approx([18, 2])


tables = st.integers(1, 5).flatmap(
    lambda rows: st.integers(1, 5).flatmap(
        lambda columns: st.lists(
            st.lists(st.one_of(st.just(0.0), st.floats(0.5, 500)), min_size=columns, max_size=columns),
            min_size=rows, max_size=rows,
        )
    )
)  # fmt: skip


@pytest.mark.slow
@given(truth=tables, tilt=st.integers(0, 10_000))
def test_consistent_counts_are_met_on_both_sides(truth, tilt):
    """Counts that come from one table, from a start with the same empty cells: a table with both sums exists."""
    people = np.array(truth)
    old, new = np.nonzero(people)
    links = links_between([(f"o{i}", f"n{j}") for i, j in zip(old, new, strict=True)])
    flow = people[old, new]
    seed = flow * np.random.default_rng(tilt).uniform(0.5, 2, len(flow))
    result = overlap_fit(links, seed, links.sum_by_old(flow), links.sum_by_new(flow), tolerance=1e-9)

    assert links.sum_by_old(result.flow) == pytest.approx(links.sum_by_old(flow), rel=1e-9)
    assert links.sum_by_new(result.flow) == pytest.approx(links.sum_by_new(flow), rel=1e-3, abs=0.05)
    assert result.findings == ()


@pytest.mark.real
def test_the_fit_is_the_one_of_r_loglin(real_folder):
    seed, expected = (_matrix(real_folder / f"oracles/ipf_raking/{n}.csv") for n in ("seed_4x4", "expected_ipf_4x4"))
    links = links_between([(str(i), str(j)) for i in range(4) for j in range(4)])
    rows, columns = np.array([150.0, 300, 400, 150]), np.array([200.0, 300, 400, 100])

    result = overlap_fit(links, seed.ravel(), rows, columns, tolerance=1e-17)

    assert abs(result.flow / expected.ravel() - 1).max() < 3e-14


def _matrix(path):
    with path.open() as file:
        return np.array([[float(value) for value in row] for row in csv.reader(file)])
