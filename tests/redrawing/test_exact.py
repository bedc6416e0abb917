"""Few base units are searched completely: every connected partition within bounds is counted once."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from flows.redrawing import exact
from flows.redrawing.exact import all_partitions
from flows.redrawing.ground import Ground
from flows.redrawing.search import pieces_of_units
from flows.redrawing.sums import Rules, sums_of
from tests.redrawing.grounds import squares

ANY = Rules()


@pytest.mark.parametrize(
    ("rows", "parts", "expected"),
    [
        (("AAA",), 2, 2),  # a row of three is cut at one of two places
        (("AA", "AA"), 2, 6),  # a ring of four is cut at two of four places
        (("AA", "AA"), 3, 4),
        (("AAAA",), 3, 3),
    ],
)
def test_partitions_of_small_maps_can_be_counted_by_hand(rows, parts, expected):
    ground = squares(*rows, shares=[[0.1 * (row + column + 1) for column in range(len(rows[0]))]
                                    for row in range(len(rows))])  # fmt: skip
    assert all_partitions(ground, sums_of(ground), parts, ANY).partitions == expected


@pytest.mark.thorough
@pytest.mark.parametrize("parts", [2, 3, 4])
def test_as_many_as_trying_every_labelling(parts):
    ground = squares("AAA", "AAA", "AAA", shares=[[0.1, 0.2, 0.5], [0.15, 0.3, 0.6], [0.1, 0.7, 0.8]])
    sums, rules = sums_of(ground), Rules(least=100, most=600)
    found = all_partitions(ground, sums, parts, rules)
    tried = [np.array((0, *labels)) for labels in product(range(parts), repeat=8)]
    good = [labels for labels in tried if _canonical(labels, parts) and _allowed(labels, ground, rules)]
    assert found.partitions == len(good)
    assert found.within_share == pytest.approx(min(sums.within_share(labels) for labels in good), abs=1e-12)


def _canonical(labels: np.ndarray, parts: int) -> bool:
    first = np.unique(labels, return_index=True)[1]
    return len(first) == parts and bool((np.diff(first) > 0).all())


def _allowed(labels: np.ndarray, ground: Ground, rules: Rules) -> bool:
    sizes = np.bincount(labels, ground.residents)
    return bool((pieces_of_units(ground.edges, labels) == 1).all() and sizes.min() >= rules.least
                and sizes.max() <= rules.most)  # fmt: skip


def test_bounds_that_nothing_keeps_leave_no_partition():
    ground = squares("AAA", shares=[[0.1, 0.2, 0.3]])
    found = all_partitions(ground, sums_of(ground), 2, Rules(least=150, most=150))
    assert (found.partitions, found.labels) == (0, None)


@pytest.mark.parametrize("goes_on", [True, False])
def test_too_many_ways_are_given_up_and_so_are_those_that_nobody_waits_for(monkeypatch, goes_on):
    monkeypatch.setattr(exact, "STEPS", 20 if goes_on else 1000)
    monkeypatch.setattr(exact, "_SHOWN_EVERY", 5)
    ground, seen = squares("AAAA", "AAAA", shares=[[0.1, 0.2, 0.3, 0.4]] * 2), []
    found = all_partitions(
        ground, sums_of(ground), 3, ANY, progress=lambda done, of: (seen.append((done, of)), goes_on)[1]
    )  # fmt: skip
    assert found is None
    assert seen == ([(5, 20), (10, 20), (15, 20)] if goes_on else [(5, 1000)])
