"""A redraw whose truth is known by construction: with the blocks withheld, how far is each method from it?"""

from __future__ import annotations

import pytest

from flows.space.umsteigeschluessel import Method, key_from_flows
from flows.space.uncertainty import Trials, calibrated, coverage, trials
from tests.space.musterstadt import make_redraw
from tests.space.redraws import KnownRedraw, known_redraw, misplaced

METHODS = {
    Method.OVERLAP: "2020",
    Method.BUILDING_WEIGHTED: "wohnungen",
    Method.POPULATION_WEIGHTED: "2020",
    Method.AREA_WEIGHTED: "",
}
"""Each method with what it knows besides the old counts of 2019."""


@pytest.fixture(scope="module")
def redraw(tmp_path_factory) -> KnownRedraw:
    return make_redraw(tmp_path_factory.mktemp("musterstadt"))


def test_through_common_blocks_the_redraw_is_exact_to_the_last_person(redraw):
    flows: dict[tuple[str, str], float] = {}
    for old, new, people in zip(redraw.old.tolist(), redraw.new.tolist(), redraw.cells.counts["2019"], strict=True):
        flows[old, new] = flows.get((old, new), 0.0) + people
    key = key_from_flows(flows)
    counts = {unit: int(count) for unit, count in redraw.on_old("2019").items()}

    assert key.apply_whole(counts).values == redraw.on_new("2019")
    assert set(key.methods) == {Method.EXACT}


def test_with_the_blocks_withheld_the_methods_rank_as_they_are_chosen(redraw):
    truth = redraw.on_new("2019")
    errors = [
        misplaced(redraw.key(method, "2019", known).apply(redraw.on_old("2019")).values, truth)
        for method, known in METHODS.items()
    ]

    assert errors == sorted(errors)
    assert errors[0] < 0.002


@pytest.mark.parametrize("method", METHODS)
def test_nine_in_ten_true_counts_lie_in_the_intervals_of_a_city_calibrated_on_itself(redraw, method):
    """Calibrated on eight random redraws of the same blocks, judged on eight others."""

    def tried(seed: int) -> Trials:
        drawn = known_redraw(redraw.cells, 72, seed)
        key = drawn.key(method, "2019", METHODS[method])
        return trials(key, drawn.on_old("2019"), drawn.on_new("2019"))

    spread = calibrated(Trials.joined([tried(seed) for seed in range(8)]))
    fresh = Trials.joined([tried(seed) for seed in range(8, 16)])

    assert len(fresh.error) > 300
    assert 0.85 <= coverage(fresh, spread) <= 0.95
