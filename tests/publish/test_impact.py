"""The report of a redraw compares units on the last Stichtag before it that has figures of units."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest

from flows.compare.impact import _stichtag
from flows.pages.impact_page import FILLS
from flows.profile.vocabulary import vocabulary


@pytest.mark.parametrize(
    ("figures", "compared"),
    [
        ([("2024-12-31", "exact"), ("2025-12-31", "amtlich")], dt.date(2024, 12, 31)),
        ([("2025-12-31", "amtlich"), ("2026-12-31", "exact")], dt.date(2026, 12, 31)),
        ([("2025-12-31", "amtlich")], None),
    ],
    ids=["counted before", "counted after", "never counted"],
)
def test_a_stichtag_with_official_totals_alone_is_not_compared(
    figures: list[tuple[str, str]], compared: dt.date | None
) -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE wert_alle (stichtag DATE, methode VARCHAR)")
        con.executemany("INSERT INTO wert_alle VALUES (?, ?)", figures)
        assert _stichtag(con, "2026-01-01") == compared


@pytest.mark.parametrize("kind", [name for name, event in vocabulary().event.items() if not event.same])
def test_each_kind_of_redraw_has_a_colour_or_a_pattern_of_its_own(kind: str) -> None:
    same = [other for other, fill in FILLS.items() if fill.pattern == FILLS[kind].pattern and other != kind]

    assert same == [] or kind == "aufgeloest", "a dissolved unit is on no map of the new units"
