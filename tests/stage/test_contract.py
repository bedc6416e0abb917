"""Tables against their contract: what is set aside, with which place, and that no row is ever lost."""

import datetime as dt
import tomllib
from unicodedata import normalize

import duckdb
import pytest

from flows.base.db import sql

FILE = "einwohner_2022.csv"
TWO = 'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"], wohnflaeche_qm = ["QM"] }, ignore = ["ALT"] }'


def test_a_bad_cell_sets_its_row_aside_with_file_line_column_value_and_rule(stage_city, source) -> None:
    text = "BBS;EW;QM\n01100001;12;400,5\n01100002;viele;300\n01100003;7;groß\n01100004;1;40\n"
    staged = stage_city(source("einwohner", TWO.replace(', ignore = ["ALT"]', "")), {FILE: text})
    assert staged.rows("FROM stage.quarantaene ORDER BY zeile") == [
        ("einwohner", FILE, 3, "EW", "viele", "a number as sources.toml writes them, or a known missing-value sign"),
        ("einwohner", FILE, 4, "QM", "groß", "a number as sources.toml writes them, or a known missing-value sign"),
    ]
    assert sorted(staged.residents) == ["01100001", "01100004"]
    assert staged.files == [(FILE, 4, 2, 2, 0)]


def test_newlines_in_a_quoted_cell_do_not_shift_the_lines_after_it(stage_city, source) -> None:
    text = 'BBS;ALT;EW;QM\n01100001;"zwei\nZeilen";12;1\n01100002;"drei\r\nZeilen\n";5;1\n01100003;;x;1\n'
    staged = stage_city(source("einwohner", TWO), {FILE: text})
    assert staged.quarantine == [(FILE, 7, "EW", "x")]


def test_a_row_with_a_newline_is_told_by_the_line_where_it_begins(stage_city, source) -> None:
    text = 'BBS;ALT;EW;QM\n01100001;"zwei\nZeilen";x;1\n01100002;;5;1\n'
    assert stage_city(source("einwohner", TWO), {FILE: text}).quarantine == [(FILE, 2, "EW", "x")]


def test_a_row_that_breaks_two_rules_is_one_row_in_quarantine(stage_city, source) -> None:
    staged = stage_city(source("einwohner", TWO), {FILE: "BBS;ALT;EW;QM\nx;;y;z\n01100001;;y;z\n01100002;;1;1\n"})
    assert staged.quarantine == [(FILE, 2, "BBS", "x"), (FILE, 3, "EW", "y")]
    assert staged.files == [(FILE, 3, 1, 2, 0)]


@pytest.mark.parametrize(
    ("cell", "rule"), [("-1", "a count of at least 0"), ("-0,5", "a count of at least 0"), ("1,5", "a whole number")]
)
def test_a_count_is_whole_and_not_negative(stage_city, source, cell: str, rule: str) -> None:
    staged = stage_city(source("einwohner"), {FILE: f"BBS;EW\n01100001;{cell}\n01100002;7\n"})
    assert staged.quarantine == [(FILE, 2, "EW", cell)]
    assert staged.rules == [rule]


def test_a_measure_may_be_fractional_and_a_count_may_be_written_with_a_zero_behind_the_comma(
    stage_city, source
) -> None:
    staged = stage_city(source("einwohner", TWO), {FILE: "BBS;ALT;EW;QM\n01100001;;12,00;400,5\n"})
    assert staged.counts == {("01100001", "einwohner"): 12, ("01100001", "wohnflaeche_qm"): 400.5}


def test_the_second_row_of_a_key_goes_to_quarantine_and_nobody_knows_which_is_right(stage_city, source) -> None:
    staged = stage_city(source("einwohner"), {FILE: "BBS;EW\n01100001;12\n01100002;7\n01100001;13\n"})
    assert staged.rows("SELECT basis_id, wert, status FROM stage.zaehlung ORDER BY 1") == [
        ("01100001", None, "unbekannt"), ("01100002", 7, "ok"),
    ]  # fmt: skip
    assert staged.quarantine == [(FILE, 4, "BBS", "01100001")]
    assert staged.rules == ["one row for each base unit and Stichtag"]


def test_a_key_is_one_across_files_and_with_its_zeros(stage_city, source) -> None:
    contract = 'matrix = { unit = "BBS", unit_digits = 8, merkmale = { einwohner = ["EW"] } }'
    given = source("einwohner", contract, stichtag='{ source = "column", column = "JAHR", format = "%Y" }')
    files = {FILE: "BBS;JAHR;EW\n01100001;2022;12\n", "einwohner_2023.csv": "BBS;JAHR;EW\n1100001;2022;13\n"}
    staged = stage_city(given, files)
    assert staged.quarantine == [("einwohner_2023.csv", 2, "BBS", "1100001")]
    assert staged.files == [(FILE, 1, 1, 0, 0), ("einwohner_2023.csv", 1, 0, 1, 0)]


def test_rows_in_are_rows_taken_over_set_aside_and_dropped(stage_city, source) -> None:
    contract = (
        'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"] }, '
        'drop = [{ column = "BBS", equals = ["Summe", "Rest"], rule = "total row" }] }'
    )
    text = "BBS;EW\n01100001;12\n01100001;12\nabc;1\n01100002;x\nRest;0\nSumme;24\n01100003;4\n"
    staged = stage_city(source("einwohner", contract), {FILE: text, "einwohner_2023.csv": "BBS;EW\n01100001;1\n"})
    assert staged.files == [(FILE, 7, 2, 3, 2), ("einwohner_2023.csv", 1, 1, 0, 0)]


def test_rows_later_than_asked_for_are_left_out(stage_city, source) -> None:
    files = {FILE: "BBS;EW\n01100001;12\n", "einwohner_2023.csv": "BBS;EW\n01100001;13\n"}
    assert stage_city(source("einwohner"), files, until=dt.date(2022, 12, 31)).stichtage == ["2022-12-31"]


# --- Columns ---


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("BBS;EINW", "'EINWOHNER' is missing (renamed to 'EINW'?); 'EINW' is new"),
        ("BBS;EINWOHNER;NEU", "'NEU' is new"),
        ("BBS", "'EINWOHNER' is missing"),
        ("Block;EINWOHNER", "'BBS' is missing; 'Block' is new"),
        ("bbs;EINWOHNER", "'BBS' is missing; 'bbs' is new"),
    ],
)
def test_a_column_that_is_new_missing_or_renamed_is_told(refusal, source, header: str, told: str) -> None:
    contract = 'matrix = { unit = "BBS", merkmale = { einwohner = ["EINWOHNER"] } }'
    row = ";".join("01100001" for _ in header.split(";"))
    message = refusal(source("einwohner", contract), {FILE: f"{header}\n{row}\n"})
    assert message.startswith(f"Source einwohner, file {FILE}: the columns are not those of the contract")
    assert told in message
    assert "Adapt the contract" in message


def test_columns_that_nobody_named_come_as_a_line_to_paste(refusal, source) -> None:
    message = refusal(source("einwohner", TWO), {FILE: 'ALT;QM;EW;BBS;NEU;"so ""neu"""\nx;1;12;01100001;1;1\n'})
    (line,) = [line for line in message.splitlines() if line.startswith("  ")]
    assert tomllib.loads(line) == {"ignore": ["ALT", "NEU", 'so "neu"']}


def test_a_column_that_is_not_wanted_is_ignored(stage_city, source) -> None:
    staged = stage_city(source("einwohner", TWO), {FILE: "ALT;QM;EW;BBS\nx;1;12;01100001\n"})
    assert staged.residents == {"01100001": 12}


def test_a_run_of_columns_is_needed_whole(refusal, source) -> None:
    contract = 'matrix = { unit = "BBS", merkmale = { einwohner_0_2 = ["A000..A002"] } }'
    message = refusal(source("einwohner", contract), {FILE: "BBS;A000;A002\n01100001;1;2\n"})
    assert "'A001' is missing" in message


def test_one_column_can_be_part_of_many_merkmale(stage_city, source) -> None:
    contract = (
        'matrix = { unit = "BBS", merkmale = { einwohner_0_2 = ["A000..A002"], einwohner_0_5 = ["A000..A003"], '
        'einwohner_3_5 = ["A003"] } }'
    )
    staged = stage_city(source("einwohner", contract), {FILE: "BBS;A000;A001;A002;A003\n01100001;1;2;3;4\n"})
    assert staged.counts == {
        ("01100001", "einwohner_0_2"): 6, ("01100001", "einwohner_0_5"): 10, ("01100001", "einwohner_3_5"): 4,
    }  # fmt: skip


# --- Official totals ---


def test_official_totals_are_of_the_whole_city(stage_city, source) -> None:
    given = source(
        "amtlich", 'official = { merkmale = { einwohner = "Insgesamt" }, ignore = ["Land"] }', file="'amtlich.csv'",
        stichtag='{ source = "column", column = "Stichtag", format = "%d.%m.%Y" }',
        dialect='{ thousands = ".", preamble = 1, footer = "____" }',
    )  # fmt: skip
    text = (
        "Amt\nStichtag;Insgesamt;Land\n31.12.2021;198.765;x\n31.12.2022;198.900;\n31.12.2022;5;\n"
        "31.12.2023;viele;\n____\nQuelle\n"
    )
    staged = stage_city(given, {"amtlich.csv": text})
    assert staged.rows("SELECT stichtag::VARCHAR, merkmal, raumebene, raum_id, wert FROM stage.amtlich ORDER BY 1") == [
        ("2021-12-31", "einwohner", "stadt", "05998", 198765), ("2022-12-31", "einwohner", "stadt", "05998", None),
    ]  # fmt: skip
    assert staged.quarantine == [
        ("amtlich.csv", 5, "Stichtag", "31.12.2022"), ("amtlich.csv", 6, "Insgesamt", "viele"),
    ]  # fmt: skip


# --- Corrections ---

SUM_TWICE = """
[[correction]]
source = "einwohner"
file = 'einwohner_2022\\.csv'
where = { BBS = "01100001", EW = 120 }
action = "replace"
column = "EW"
value = "12"
rows = 1
reason = "one zero too many"
reported = "2023-02-01, Amt 12"
"""


def test_a_registered_correction_of_a_table_is_applied_and_listed(stage_city, source, small_city) -> None:
    small_city.write("corrections.toml", SUM_TWICE)
    files = {FILE: "BBS;EW\n01100001;120\n01100002;x\n", "einwohner_2023.csv": "BBS;EW\n01100001;120\n"}
    staged = stage_city(source("einwohner"), files)
    assert staged.rows("SELECT stichtag::VARCHAR, wert FROM stage.zaehlung ORDER BY ALL") == [
        ("2022-12-31", 12), ("2022-12-31", None), ("2023-12-31", 120),
    ]  # fmt: skip
    assert staged.quarantine == [(FILE, 3, "EW", "x")]
    assert staged.rows("FROM stage.korrektur") == [
        (
            "einwohner", FILE, 1, "replace", "EW", "BBS = 01100001, EW = 120", "one zero too many",
            "2023-02-01, Amt 12", 1
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("action", "cell", "wert", "status"),
    [
        ('action = "scale"\ncolumn = "EW"\nfactor = 0.1', "120", 12, "ok"),
        ('action = "scale"\ncolumn = "EW"\nfactor = 1000', "120", 120_000, "ok"),
        ('action = "mark"\ncolumn = "EW"\nstatus = "unsicher"', "120", None, "unsicher"),
        ('action = "mark"\ncolumn = "EW"\nstatus = "unbekannt"', "120", None, "unbekannt"),
    ],
)
def test_a_figure_is_scaled_or_marked_on_record(
    stage_city, source, small_city, action: str, cell: str, wert: float | None, status: str
) -> None:
    head = '[[correction]]\nsource = "einwohner"\nwhere = { BBS = "01100001" }\nexpect = { EW = "120" }\n'
    small_city.write("corrections.toml", f'{head}{action}\nrows = 1\nreason = "r"\nreported = "nobody"\n')
    staged = stage_city(source("einwohner"), {FILE: f"BBS;EW\n01100001;{cell}\n01100002;7\n"})
    assert staged.residents == {"01100001": wert, "01100002": 7}
    assert staged.statuses == {"01100001": status, "01100002": "ok"}


def test_a_guard_that_no_longer_holds_stops_the_run(refusal, source, small_city) -> None:
    head = '[[correction]]\nsource = "einwohner"\nwhere = { BBS = "01100001" }\nexpect = { EW = "120" }\n'
    small_city.write(
        "corrections.toml",
        head + 'action = "scale"\ncolumn = "EW"\nfactor = 0.1\nrows = 1\nreason = "r"\nreported = "x"\n',
    )
    message = refusal(source("einwohner"), {FILE: "BBS;EW\n01100001;12\n"})
    assert "expected EW = 120 in the rows of einwohner_2022.csv with BBS = 01100001, found '12'" in message
    assert "Has the source been mended?" in message


def test_what_cannot_be_scaled_is_told(refusal, source, small_city) -> None:
    head = '[[correction]]\nsource = "einwohner"\nwhere = { BBS = "01100001" }\n'
    small_city.write(
        "corrections.toml",
        head + 'action = "scale"\ncolumn = "EW"\nfactor = 0.1\nrows = 1\nreason = "r"\nreported = "x"\n',
    )
    assert "expected a number in column EW" in refusal(source("einwohner"), {FILE: "BBS;EW\n01100001;viele\n"})


# --- Quarantine ---


def test_quarantine_is_kept_as_a_database_too(stage_city, source) -> None:
    staged = stage_city(source("einwohner", quarantine="1"), {FILE: "BBS;EW\n01100001;x\n01100002;7\n"})
    with duckdb.connect(str(staged.run / "quarantine.duckdb"), read_only=True) as con:
        assert con.execute("SELECT datei, zeile, spalte, wert FROM quarantaene").fetchall() == [(FILE, 2, "EW", "x")]


@pytest.mark.parametrize(("budget", "blocking", "warned"), [("0", 2, 0), ("1", 2, 0), ("2", 0, 1)])
def test_more_in_quarantine_than_the_source_may_have_stops(
    stage_city, source, budget: str, blocking: int, warned: int
) -> None:
    staged = stage_city(source("einwohner", quarantine=budget), {FILE: "BBS;EW\n01100001;x\n01100002;y\n01100003;1\n"})
    assert len(staged.rows(sql("check/quarantaene"))) == blocking
    assert len(staged.rows(sql("check/quarantaene_erlaubt"))) == warned


def test_rules_that_leave_rows_out_are_counted_by_name(stage_city, source, small_city) -> None:
    small_city.write("corrections.toml", SUM_TWICE.replace('"replace"', '"drop"'))
    contract = (
        'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"] }, only = { ART = ["ist"] }, ignore = ["ART"], '
        'drop = [{ column = "BBS", equals = ["Summe"], rule = "totals" }] }'
    )
    text = "BBS;EW;ART\n01100001;120;ist\n01100002;7;ist\n01100002;9;soll\nSumme;7;ist\n"
    staged = stage_city(source("einwohner", contract), {FILE: text})
    assert staged.residents == {"01100002": 7}
    assert staged.files == [(FILE, 4, 1, 0, 3)]
    assert staged.rows("SELECT regel, zeilen FROM stage.entfallen ORDER BY 1") == [
        ("correction", 1), ("other rows", 1), ("totals", 1),
    ]  # fmt: skip


def test_the_stichtage_of_a_file_are_known(stage_city, source) -> None:
    given = source("einwohner", stichtag='{ source = "column", column = "TAG", format = "%Y" }')
    staged = stage_city(given, {FILE: "BBS;EW;TAG\n01100001;1;2023\n01100001;2;2022\n01100002;x;2021\n"})
    assert staged.rows("SELECT stichtage FROM stage.datei") == [(["2022-12-31", "2023-12-31"],)]


def test_a_dropped_row_is_accounted_for(stage_city, source, small_city) -> None:
    small_city.write("corrections.toml", SUM_TWICE.replace('"replace"', '"drop"'))
    staged = stage_city(source("einwohner"), {FILE: "BBS;EW\n01100001;120\n01100002;7\n"})
    assert staged.residents == {"01100002": 7}
    assert staged.files == [(FILE, 2, 1, 0, 1)]


def test_a_correction_stops_the_run_once_the_source_is_mended(refusal, source, small_city) -> None:
    small_city.write("corrections.toml", SUM_TWICE)
    message = refusal(source("einwohner"), {FILE: "BBS;EW\n01100001;12\n"})
    assert "expected 1 row(s) with BBS = 01100001, EW = 120 in einwohner_2022.csv, found 0" in message
    assert "Has the source been mended? Then delete the entry (reason was: one zero too many)" in message


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("EW = 120", "EV = 120", "found EV, which it does not have"),
        ('column = "EW"', 'column = "EV"', "found EV, which it does not have"),
        ("einwohner_2022", "einwohner_1999", "expected a file named like einwohner_1999"),
    ],
)
def test_a_correction_that_cannot_match_stops_the_run(refusal, source, small_city, old, new, told) -> None:
    small_city.write("corrections.toml", SUM_TWICE.replace(old, new))
    assert told in refusal(source("einwohner"), {FILE: "BBS;EW\n01100001;120\n"})


def test_a_rule_that_leaves_rows_out_needs_its_column(refusal, source) -> None:
    drop = 'ignore = ["ART"], drop = [{ column = "ART", equals = ["Plan"], rule = "plans" }]'
    contract = f'matrix = {{ unit = "BBS", merkmale = {{ einwohner = ["EW"] }}, {drop} }}'
    assert "'ART' is missing" in refusal(source("einwohner", contract), {FILE: "BBS;EW\n01100001;1\n"})


@pytest.mark.parametrize("cell", ["1.5", "1.23.4", "1_000", "1e3", "+5", ".5", "12,", "\uff11\uff12"])
def test_what_is_no_number_of_the_dialect_is_not_scaled(refusal, source, small_city, cell: str) -> None:
    entry = 'where = { BBS = "01100001" }\naction = "scale"\ncolumn = "EW"\nfactor = 10\nrows = 1'
    small_city.write(
        "corrections.toml", f'[[correction]]\nsource = "einwohner"\n{entry}\nreason = "r"\nreported = "x"\n'
    )
    message = refusal(source("einwohner", dialect='{ thousands = "." }'), {FILE: f"BBS;EW\n01100001;{cell}\n"})
    assert f"expected a number in column EW of {FILE} to scale, found {cell!r}" in message


@pytest.mark.parametrize("text", ["nichts", "\u27e8nichts\u27e9", "\u27e8unbekannt\u27e9"])
def test_no_text_of_a_file_is_taken_for_the_mark_of_a_correction(stage_city, source, text: str) -> None:
    staged = stage_city(source("einwohner"), {FILE: f"BBS;EW\n01100001;{text}\n01100002;7\n"})
    assert staged.quarantine == [(FILE, 2, "EW", text)]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("declared", ["NFC", "NFD"])
def test_a_header_is_the_same_however_its_letters_are_composed(stage_city, source, form: str, declared: str) -> None:
    contract = f'matrix = {{ unit = "BBS", merkmale = {{ einwohner = ["{normalize(declared, "Bevölkerung")}"] }} }}'
    text = normalize(form, "BBS;Bevölkerung\n01100001;12\n")
    assert stage_city(source("einwohner", contract), {"einwohner_2022.csv": text}).residents == {"01100001": 12}


def test_a_column_without_a_name_comes_with_the_remedy(refusal, source) -> None:
    message = refusal(source("einwohner"), {"einwohner_2022.csv": "BBS;EW;\n01100001;12;\n"})
    assert "found a column without a name. Name it in `blank_headers` of the dialect" in message
