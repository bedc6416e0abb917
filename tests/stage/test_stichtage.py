"""The Stichtag of a file or a row: every part of a name is read, a year is no day, no machine's clock counts."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from flows.base.db import open_work
from flows.base.errors import ContractBroken
from flows.stage.table_settings import stichtag_in_name

FILE = "einwohner_2022.csv"
TABLE = "BBS;EW\n01100001;12\n"
NAMED = '{{ source = "name"{} }}'
YEAR = r"ew_(?P<year>\d{4})"


@pytest.mark.parametrize(
    ("pattern", "day", "name", "stichtag"),
    [
        (YEAR, "", "ew_2022", "2022-12-31"),
        (YEAR, "12-31", "ew_2022", "2022-12-31"),
        (YEAR, "01-01", "ew_2022", "2022-01-01"),
        (YEAR, "first", "ew_2022", "2022-01-01"),
        (YEAR + r"-(?P<half>0[12])", "", "ew_2022-01", "2022-06-30"),
        (YEAR + r"-(?P<half>0[12])", "", "ew_2022-02", "2022-12-31"),
        (YEAR + r"-(?P<half>0[12])", "first", "ew_2022-02", "2022-07-01"),
        (YEAR + r"_Q(?P<quarter>\d)", "", "ew_2022_Q1", "2022-03-31"),
        (YEAR + r"_Q(?P<quarter>\d)", "last", "ew_2022_Q2", "2022-06-30"),
        (YEAR + r"_(?P<quarter>[IV]+)", "", "ew_2022_III", "2022-09-30"),
        (YEAR + r"_Q(?P<quarter>\d)", "first", "ew_2022_Q4", "2022-10-01"),
        (YEAR + r"(?P<month>\d{2})", "", "ew_202402", "2024-02-29"),
        (YEAR + r"(?P<month>\d{2})", "", "ew_202412", "2024-12-31"),
        (YEAR + r"(?P<month>\d{2})", "first", "ew_202402", "2024-02-01"),
        (YEAR + r"(?P<month>\d{2})(?P<day>\d{2})", "", "ew_20220515", "2022-05-15"),
        (YEAR + r"_(?P<end_year>\d{2})", "10-15", "ew_2023_24", "2023-10-15"),
        (YEAR + r"_(?P<end_year>\d{4})", "03-01", "ew_2023_2024", "2024-03-01"),
    ],
)  # fmt: skip
def test_a_stichtag_in_the_name(stage_city, source, pattern: str, day: str, name: str, stichtag: str) -> None:
    rule = NAMED.format(f', day = "{day}"' if day else "")
    assert stage_city(source("einwohner", file=f"'{pattern}'", stichtag=rule), {name: TABLE}).stichtage == [stichtag]


@pytest.mark.parametrize(
    ("pattern", "day", "told"),
    [
        (YEAR + r"_Q(?P<quartal>\d)", "", "the group 'quartal'"),
        (YEAR + r"_Q(?P<quartal>\d)", "", "(did you mean 'quarter'?)"),
        (YEAR + r"_(?P<mont>\d)", "", "(did you mean 'month'?)"),
        (YEAR + r"_(?P<edition>\d)", "", "known are year, end_year, half, quarter, month, day. A group without a name"),
        (r"ew_(?P<half>\d)", "", "needs the group `year` beside them in `file` (found the groups half)"),
        (YEAR + r"_(?P<half>\d)(?P<quarter>\d)", "", "takes one of half, quarter from the name, not several"),
        (YEAR + r"_(?P<day>\d)", "", "needs the group `month` beside `day`"),
        (YEAR + r"_(?P<month>\d)(?P<day>\d)", "first", "finds the day in the name; leave out `day`"),
        (YEAR + r"_(?P<end_year>\d)", "", "needs `day` for a school year, a date such as '10-15'"),
        (YEAR + r"_(?P<quarter>\d)", "12-31", "needs `day` = 'first' or 'last' for a quarter"),
        (YEAR, "02-29", "`day` = '02-29' is no day that every year has"),
    ],
)  # fmt: skip
def test_a_name_that_would_not_be_read_whole_is_refused(refusal, source, pattern: str, day: str, told: str) -> None:
    rule = NAMED.format(f', day = "{day}"' if day else "")
    assert told in refusal(source("einwohner", file=f"'{pattern}'", stichtag=rule), {"ew_2022": TABLE})


def test_a_pattern_of_a_variant_has_no_part_that_nobody_reads(refusal, source) -> None:
    variant = """[[source.einwohner.variant]]
file = 'einwohner_(?P<jahr>2022).csv'
"""
    assert "the group 'jahr'" in refusal(source("einwohner") + variant, {FILE: TABLE})


@pytest.mark.parametrize(
    ("part", "name", "found"),
    [
        (r"(?P<month>\d{2})", "ew_202413", "the month 13"),
        (r"_Q(?P<quarter>\d)", "ew_2024_Q5", "the quarter 5"),
        (r"_(?P<half>\d)", "ew_2024_0", "the half 0"),
    ],
)
def test_a_part_that_no_year_has_is_told(refusal, source, part: str, name: str, found: str) -> None:
    assert f"file name {name}, found {found}" in refusal(source("einwohner", file=f"'{YEAR}{part}'"), {name: TABLE})


def test_a_day_that_no_month_has_is_told(refusal, source) -> None:
    pattern = f"'{YEAR}(?P<month>..)(?P<day>..)'"
    message = refusal(source("einwohner", file=pattern), {"ew_20220230": TABLE})
    assert "expected a day in the file name ew_20220230, found day" in message


def test_a_name_without_a_year_is_told(refusal, source) -> None:
    message = refusal(source("einwohner", file="'bestand.csv'"), {"bestand.csv": TABLE})
    assert "expected a year in the file name bestand.csv" in message


def test_two_years_that_are_no_school_year_are_told(refusal, source) -> None:
    given = source("einwohner", file=rf"'{YEAR}_(?P<end_year>\d\d)'", stichtag=NAMED.format(', day = "10-15"'))
    assert "found the school year 2022 to 25" in refusal(given, {"ew_2022_25": TABLE})


@pytest.mark.parametrize("year", ["0000", "9999"])
def test_a_year_that_no_calendar_has_is_told(small_city, source, year: str) -> None:
    (given,) = small_city.with_sources(source("einwohner")).sources
    with pytest.raises(ContractBroken, match=rf"einwohner_{year}\.csv, found the year {int(year)}\."):
        stichtag_in_name(given, f"einwohner_{year}.csv")


# --- In a column ---


def in_column(source, written: str, day: str = "") -> str:
    more = f', day = "{day}"' if day else ""
    return source("einwohner", stichtag=f'{{ source = "column", column = "TAG", format = "{written}"{more} }}')


@pytest.mark.parametrize(
    ("written", "day", "cell", "stichtag"),
    [
        ("%Y", "12-31", "2022", "2022-12-31"), ("%Y", "01-01", "2022", "2022-01-01"),
        ("%m/%Y", "", "02/2024", "2024-02-29"), ("%m/%Y", "first", "02/2024", "2024-02-01"),
        ("%b %Y", "", "Dez 2022", "2022-12-31"), ("%b %Y", "", "Mrz. 2022", "2022-03-31"),
        ("%d. %B %Y", "", "1. März 2022", "2022-03-01"), ("%B %Y", "", "October 2022", "2022-10-31"),
        ("%B %Y", "", "Ma\u0308rz 2022", "2022-03-31"), ("%d.%m.%y", "", "31.12.22", "2022-12-31"),
    ],
)  # fmt: skip
def test_a_stichtag_in_a_column(stage_city, source, written: str, day: str, cell: str, stichtag: str) -> None:
    staged = stage_city(in_column(source, written, day), {FILE: f"BBS;TAG;EW\n01100001;{cell};12\n"})
    assert staged.stichtage == [stichtag]


@pytest.mark.parametrize("cell", ["Foo 2022", "2022", "Dez Jan 2022"])
def test_what_is_no_month_goes_to_quarantine(stage_city, source, cell: str) -> None:
    text = f"BBS;TAG;EW\n01100001;{cell};12\n01100002;Dez 2022;7\n"
    assert stage_city(in_column(source, "%b %Y"), {FILE: text}).quarantine == [(FILE, 2, "TAG", cell)]


@pytest.mark.parametrize(
    ("written", "day", "told"),
    [
        ("%x", "", "format: %x is not known"),
        ("%m", "", "format: it says no year"),
        ("%d.%Y", "", "format: a day (%d) needs its month"),
        ("%z %Y-%m-%d", "", "format: %z, the offset from UTC, must be the last part"),
        ("%d.%m.%Y", "12-31", "here the day itself is given"),
        ("%m.%Y", "12-31", "of a month say 'first' or 'last'"),
    ],
)  # fmt: skip
def test_a_format_that_would_not_be_read_whole_is_refused(refusal, source, written: str, day: str, told: str) -> None:
    assert told in refusal(in_column(source, written, day), {FILE: "BBS;TAG;EW\n01100001;2022;12\n"})


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ('{ source = "name" }', ["31 December is taken"]),
        ('{ source = "name", day = "12-31" }', []),
        ('{ source = "column", column = "J", format = "%Y" }', ["31 December is taken"]),
        ('{ source = "column", column = "J", format = "%m %Y" }', []),
    ],
)
def test_a_year_that_stands_for_a_day_is_told(small_city, source, given: str, told: list[str]) -> None:
    notices = small_city.with_sources(source("einwohner", stichtag=given)).notices
    assert [text in notice for text, notice in zip(told, notices, strict=True)] == [True] * len(told)


# --- Time zones ---


@pytest.fixture(params=["UTC", "America/New_York", "Europe/Berlin", "Pacific/Kiritimati"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Let the machine's clock stand in another zone."""
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    if before is None:
        monkeypatch.delenv("TZ")
    else:
        monkeypatch.setenv("TZ", before)
    time.tzset()


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize(
    "cell",
    ["2022-12-31T00:00:00+01:00", "2022-12-31T23:59:59-0500", "2022-12-31T00:00:00Z", "2022-12-31T12:00:00 +02"],
)
def test_the_local_date_of_the_text_counts_on_every_machine(stage_city, source, cell: str) -> None:
    given = in_column(source, "%Y-%m-%dT%H:%M:%S%z")
    assert stage_city(given, {FILE: f"BBS;TAG;EW\n01100001;{cell};12\n"}).stichtage == ["2022-12-31"]


@pytest.mark.usefixtures("zone")
def test_a_register_counts_by_the_local_date_too(stage_city, source) -> None:
    contract = (
        'register = { unit = "BBS", age = "A", sex = "S", nationality = "N", migration = "M", duration = "D", '
        'sexes = ["w"], female = ["w"], nationalities = ["D", "A"], foreign = ["A"], migrations = ["0", "1"], '
        'migrant = ["1"] }'
    )
    rule = '{ source = "column", column = "TAG", format = "%Y-%m-%dT%H:%M:%S%z" }'
    text = "BBS;TAG;A;S;N;M;D\n01100001;2022-12-31T00:00:00+01:00;30;w;D;0;1\n"
    assert stage_city(source("einwohner", contract, stichtag=rule), {FILE: text}).stichtage == ["2022-12-31"]


@pytest.mark.usefixtures("zone")
def test_a_working_database_knows_one_time_zone(tmp_path) -> None:
    with open_work(tmp_path / "work.duckdb") as con:
        assert con.execute(
            "SELECT current_setting('TimeZone'), (TIMESTAMPTZ '2022-12-31 23:30:00Z')::DATE::VARCHAR"
        ).fetchone() == ("UTC", "2022-12-31")


def test_a_time_without_an_offset_goes_to_quarantine_where_one_is_declared(stage_city, source) -> None:
    text = "BBS;TAG;EW\n01100001;2022-12-31T00:00:00;12\n01100002;2022-12-31T00:00:00Z;7\n"
    staged = stage_city(in_column(source, "%Y-%m-%dT%H:%M:%S%z"), {FILE: text})
    assert staged.quarantine == [(FILE, 2, "TAG", "2022-12-31T00:00:00")]


# --- What a file's name says of its rows ---


@pytest.mark.parametrize(
    ("more", "year"), [("", 2022), (", other_years = true", None)], ids=["one year", "a series of years"]
)
def test_the_year_in_a_name_is_that_of_all_rows_unless_said_otherwise(stage_city, source, more: str, year) -> None:
    rule = f'{{ source = "column", column = "TAG", format = "%d.%m.%Y"{more} }}'
    staged = stage_city(source("einwohner", stichtag=rule), {FILE: "BBS;TAG;EW\n01100001;31.12.2022;12\n"})
    assert staged.rows("SELECT namensjahr FROM stage.datei") == [(year,)]


def test_a_stichtag_from_the_name_needs_no_comparison(stage_city, source) -> None:
    assert stage_city(source("einwohner"), {FILE: TABLE}).rows("SELECT namensjahr FROM stage.datei") == [(None,)]
