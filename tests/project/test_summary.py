"""What a person reads at the end of a refresh."""

from __future__ import annotations

import pytest

from flows.app.summary import print_summary
from flows.run import NO_SOURCE, Outcome


def test_what_waits_for_a_source_of_the_profile_is_told_and_what_has_none_is_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    waiting = {NO_SOURCE: ["haushalte"], "Wohnungen": ["wohnungen", "leerstand"]}

    print_summary(Outcome(
        city="kleinstadt", run="r", published=False, release=None, path=None, content_hash=None, reason="Nothing new.",
        waiting=waiting,
    ))  # fmt: skip

    assert capsys.readouterr().out == "Nothing new.\nWaiting for Wohnungen: 2 Indikatoren (wohnungen, leerstand)\n"
