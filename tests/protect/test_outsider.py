"""The attacker of the tests finds what a pencil finds, so that it means something when it finds nothing."""

from __future__ import annotations

import pytest

from tests.protect.outsider import attacked, suppressed_in
from tests.protect.test_audit import Released


def claims(*files) -> list[tuple[str, int, int]]:
    return [(claim.count.unit, claim.low, claim.high) for claim in attacked(files, [], suppressed_in(files))]


@pytest.fixture
def release(tmp_path):
    """Write a release of four Sozialräume in two Stadtteile; its number names its folder."""

    def written(number: int, counts: dict[str, int | None], x: int | None, city: int | None):
        return Released(tmp_path / str(number)).of(counts, district={"X": x, "Y": 50}, city=city)

    return written


def test_one_suppressed_sibling_is_the_rest(release):
    assert claims(release(1, {"A": None, "B": 30, "C": 40, "D": 50}, 72, 122)) == [("A", 2, 2)]


def test_two_that_add_up_to_three_are_1_or_2(release):
    assert claims(release(1, {"A": None, "B": None, "C": 40, "D": 50}, 43, 93)) == [("A", 1, 2), ("B", 1, 2)]


def test_two_of_which_one_is_large_are_wide(release):
    assert claims(release(1, {"A": None, "B": None, "C": 40, "D": 50}, 72, 122)) == [("A", 1, 31), ("B", 1, 31)]


def test_what_one_release_suppresses_the_other_helps_to_compute(release):
    first = release(1, {"A": None, "B": None, "C": 40, "D": 50}, 72, 122)
    second = release(2, {"A": None, "B": 30, "C": None, "D": 50}, 72, 122)

    assert claims(first, second) == [("A", 2, 2)]
