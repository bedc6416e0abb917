"""Releases of a town so small that a fifth of it must be suppressed, and what follows from all of them together.

Between them Stichtage come, files are corrected, the lines are redrawn and a threshold is raised: in CI in four
releases, at night in twelve.
"""

from __future__ import annotations

import random

import pytest

from flows.musterstadt.scale import Scale
from flows.protect.audit import audit
from tests.protect.made_town import Town
from tests.protect.outsider import attacked, suppressed_in

pytestmark = [pytest.mark.thorough, pytest.mark.slow]

IN_CI = Scale(baublockseiten=80, einwohner=700, stadtbezirke=2, stadtteile=4, sozialraeume=8)
AT_NIGHT = Scale(baublockseiten=160, einwohner=1_000, stadtbezirke=2, stadtteile=4, sozialraeume=10)
BEFORE = 3
"""The least count of benefits in the first seven releases; in the others it is raised."""


def four_releases(made: Town) -> int:
    """Make four releases; return how many there were before the threshold was raised."""
    made.release(made.before_redraw, 2019)
    made.corrected(2019)
    made.release(made.today, 2020)
    raised = len(made.files)
    made.release(made.stricter(), 2021)
    made.corrected(2020)
    made.release(made.stricter(), 2022)
    return raised


def twelve_releases(made: Town) -> int:
    """Make twelve releases; return how many there were before the threshold was raised."""
    for year in (2017, 2018):
        made.release(made.before_redraw, year)
    made.corrected(2018)
    for year in (2018, 2019):
        made.release(made.before_redraw, year)
    made.release(made.today, 2020)
    made.corrected(2019)
    for year in (2020, 2021):
        made.release(made.today, year)
    raised = len(made.files)
    for year in (2021, 2022):
        made.release(made.stricter(), year)
    made.corrected(2021)
    for year in (2023, 2024):
        made.release(made.stricter(), year)
    made.corrected(2024)
    made.release(made.stricter(), 2024)
    return raised


@pytest.fixture(
    scope="module",
    params=[(IN_CI, four_releases), pytest.param((AT_NIGHT, twelve_releases), marks=pytest.mark.nightly)],
    ids=["four", "twelve"],
)
def town(tmp_path_factory, request):
    scale, make = request.param
    made = Town(tmp_path_factory.mktemp("town"), scale)
    made.raised = make(made)
    return made


def test_much_of_a_small_town_is_suppressed_and_most_of_it_is_not(town):
    first, last = town.counted[0], town.counted[-1]

    assert 0.1 < first["suppressed"] / (first["published"] + first["suppressed"]) < 0.3
    assert 0.1 < last["suppressed"] / (last["published"] + last["suppressed"]) < 0.4


def test_nothing_follows_from_the_releases_before_the_threshold_was_raised(town):
    found = audit(town.files[: town.raised], town.today.codebook)

    assert found.asked > 1_000
    assert found.safe


def test_from_all_together_follows_only_what_was_out_when_the_threshold_was_raised(town):
    """It cannot be taken back: counts of 3 and 4, which were allowed then."""
    book, (_, stricter) = town.today.codebook, town.files[town.raised]
    out = {one.count: one for one in audit(town.files[: town.raised], book, rules=stricter).findings}
    found = audit(town.files, book)

    assert found.contradictory == ()
    assert [one for one in found.findings if one.high < BEFORE] == []
    assert [str(one) for one in found.findings if one.count not in out] == []
    assert [one for one in found.findings if (one.low, one.high) != (out[one.count].low, out[one.count].high)] == []


def test_an_attacker_who_knows_nothing_of_the_program_bounds_none_of_hundreds_of_counts(town):
    book = town.today.codebook
    parts = [(part, whole) for part, merkmal in book.merkmal.items() for whole in merkmal.part_of]
    files = [file for _, file in town.files]
    suppressed = sorted(suppressed_in(files))

    claims = attacked(files, parts, random.Random(12).sample(suppressed, 400))

    assert len(claims) > 300
    assert [claim for claim in claims if claim.low >= 1 and claim.high < BEFORE] == []
