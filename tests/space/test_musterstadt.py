"""A redraw whose truth is known by construction: with the blocks withheld, how far is each method from it?"""

from __future__ import annotations

import pytest

from flows.space.umsteigeschluessel import Method
from tests.space.musterstadt import make_redraw
from tests.space.redraws import KnownRedraw, known_redraw, misplaced
from tests.space.through import Case, counts, coverage, key_from_flows

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


def test_through_common_blocks_the_redraw_is_exact_to_the_last_person(redraw, through):
    flows: dict[tuple[str, str], float] = {}
    for old, new, people in zip(redraw.old.tolist(), redraw.new.tolist(), redraw.cells.counts["2019"], strict=True):
        flows[old, new] = flows.get((old, new), 0.0) + people

    (found,) = through(Case(key_from_flows(flows), redraw.on_old("2019")))

    assert counts(found) == redraw.on_new("2019")


def test_with_the_blocks_withheld_the_methods_rank_as_they_are_chosen(redraw, through):
    truth, old = redraw.on_new("2019"), redraw.on_old("2019")

    found = through(*(Case(redraw.key(method, "2019", known), old) for method, known in METHODS.items()))
    errors = [misplaced(counts(figures), truth) for figures in found]

    assert errors == sorted(errors)
    assert errors[0] < 0.002


@pytest.mark.parametrize(("method", "covers"), [(Method.OVERLAP, 0.85), (Method.BUILDING_WEIGHTED, 0.85)])
def test_the_default_intervals_cover_nine_in_ten_on_random_redraws_of_its_blocks(redraw, through, method, covers):
    """Sixteen random redraws. By density and by area the synthetic city is too even: see docs/boundary-changes.md."""
    drawn = [known_redraw(redraw.cells, 72, seed) for seed in range(16)]

    found = through(*(Case(each.key(method, "2019", METHODS[method]), each.on_old("2019")) for each in drawn))
    covered, judged = coverage(zip(found, (each.on_new("2019") for each in drawn), strict=True))

    assert judged > 600
    assert covered >= covers
