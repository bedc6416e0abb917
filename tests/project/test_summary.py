"""What a person reads at the end of a refresh."""

from __future__ import annotations

import datetime as dt

import pytest

from flows.app.summary import print_summary
from flows.pull.deliveries import Delivery
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


def test_what_is_not_delivered_is_one_line_however_much_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    def lacking(*sources: str) -> list[Delivery]:
        return [
            Delivery(source=one, title_de=one.title(), title_en="", year=2025, state="awaited",
                     until=dt.date(2026, 3, 1), required=True, ask="Amt A")
            for one in sources
        ]  # fmt: skip

    said = {"city": "k", "run": "r", "published": False, "release": None, "path": None, "content_hash": None,
            "reason": "Nothing new."}  # fmt: skip
    print_summary(Outcome(**said, lacking=lacking("sgb2")))
    print_summary(Outcome(**said, lacking=lacking("sgb2", "wohnungen")))

    assert capsys.readouterr().out.splitlines() == [
        "Nothing new.", "Not delivered yet: Sgb2 2025: awaited until 01.03.2026; ask Amt A",
        "Nothing new.", "Not delivered yet: 2 deliveries of 2025 (fortschreibung sources k)",
    ]  # fmt: skip
