"""When no row came through the message says what became of them; what a screen does not show is named."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from flows.base.errors import ContractBroken
from flows.base.visible import visible
from flows.profile.load import load_profile
from flows.stage.nothing_staged import refuse_nothing

FILE = "einwohner_2022.csv"
LACKS = "SELECT fusszeile_fehlt FROM stage.datei"


def told(staged, small_city) -> str:
    with pytest.raises(ContractBroken) as refused:
        refuse_nothing(staged.con, load_profile("kleinstadt", small_city.folder), 1, Path("run"), None)
    return str(refused.value)


def test_rows_that_are_all_in_quarantine_are_told_with_the_first(stage_city, source, small_city) -> None:
    staged = stage_city(source("einwohner"), {FILE: "BBS;EW\n101 Altstadt;12\n102 Neustadt;7\n"})
    message = told(staged, small_city)
    assert "found 2 of 2 rows in quarantine and no other. The first: source einwohner, file einwohner" in message
    assert "line 2, column BBS: '101 Altstadt', expected the id of a base unit" in message
    assert "city.toml writes them (\\d{8})" in message
    assert "all rows are in run/quarantine.csv" in message


def test_a_day_in_another_format_is_told_with_the_format(stage_city, source, small_city) -> None:
    given = source("einwohner", stichtag='{ source = "column", column = "TAG", format = "%d.%m.%Y" }')
    staged = stage_city(given, {FILE: "BBS;TAG;EW\n01100001;2022-12-31;12\n"})
    assert "column TAG: '2022-12-31', expected a Stichtag in the format of sources.toml (%d.%m.%Y)" in told(
        staged, small_city
    )


def test_a_count_is_not_told(stage_city, source, small_city) -> None:
    staged = stage_city(source("einwohner"), {FILE: "BBS;EW\n01100001;2 Leute\n"})
    staged.con.execute("DELETE FROM stage.ungewiss")
    message = told(staged, small_city)
    assert "column EW, expected a number as sources.toml writes them" in message
    assert "Leute" not in message


def test_where_there_is_no_row_at_all_that_is_told(stage_city, source, small_city) -> None:
    staged = stage_city(source("einwohner"), {FILE: "BBS;EW\n01100001;12\n"}, until=dt.date(2021, 12, 31))
    assert "found no row up to today in 1 files. Is the Stichtag right" in told(staged, small_city)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("01100001", "'01100001'"), ("01100001\u200b", "'01100001<U+200B>'"), ("1\u00a0234", "'1<U+00A0>234'"),
        ("Bevo\u0308lkerung", "'Bevo<U+0308>lkerung'"), ("\x1a", "'<U+001A>'"), ("Süd 2", "'Süd 2'"),
        ("x" * 61, f"'{'x' * 60}'..."),
    ],
)  # fmt: skip
def test_what_cannot_be_seen_is_named(text: str, shown: str) -> None:
    assert visible(text) == shown


# --- A footer that never comes ---


@pytest.mark.parametrize(("last", "lacks"), [("____\nQuelle: Amt\n", False), ("", True)])
def test_a_file_without_the_declared_footer_is_noted(stage_city, source, last: str, lacks: bool) -> None:
    staged = stage_city(source("einwohner", dialect='{ footer = "____" }'), {FILE: f"BBS;EW\n01100001;12\n{last}"})
    assert staged.rows(LACKS) == [(lacks,)]


def test_where_no_footer_is_declared_none_is_missed(stage_city, source) -> None:
    assert stage_city(source("einwohner"), {FILE: "BBS;EW\n01100001;12\n"}).rows(LACKS) == [(False,)]


def test_a_footer_that_no_cell_can_begin_with_is_refused(refusal, source) -> None:
    message = refusal(source("einwohner", dialect='{ footer = "Mitte;" }'), {FILE: "BBS;EW\n01100001;12\n"})
    assert "`footer` is compared with the first cell of a line, which ends before ';'" in message
