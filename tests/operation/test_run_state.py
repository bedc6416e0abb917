"""What a run's state is called at Prefect: no list of runs is plain green."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.profile.load import load_profile
from flows.run import Outcome
from flows.run_state import state_name


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ({"published": True, "release": "2024.1"}, "Published"),
        ({"release": "2024.1"}, "Nothing new"),
        ({}, "Dry run"),
        ({"candidate": Path("candidates/ab12")}, "Awaiting approval"),
    ],
)
def test_the_name_says_what_became_of_a_run(outcome, expected):
    stated = {"city": "musterstadt", "run": "r", "published": False, "release": None, "path": None,
              "content_hash": None, "reason": "because"}  # fmt: skip
    assert state_name(Outcome(**(stated | outcome)), load_profile("musterstadt")) == expected
