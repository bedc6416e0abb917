"""Tables whose columns are figure x Stichtag: one header row names the figure, another the year or date."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from flows.base.errors import ConfigError
from tests.stage.deliveries import FILE

YEARS = '{ source = "header", format = "%Y", day = "12-31" }'
CONTRACT = (
    'matrix = {{ unit = "BBS", merkmale = {{ einwohner = ["Einwohner"], haushalte = ["Haushalte"] }}, '
    'ignore = ["NAME"{}] }}'
)
MERGED = "{ header_rows = 2, merged_headers = true }"
TEXT = "BBS;NAME;Einwohner;;Haushalte;\n;;2021;2022;2021;2022\n01100001;a;11;12;5;6\n01100002;b;6;7;3;4\n"
FIGURES = "SELECT year(stichtag), basis_id, merkmal, wert FROM stage.zaehlung ORDER BY ALL"
READ = [
    (2021, "01100001", "einwohner", 11), (2021, "01100001", "haushalte", 5), (2021, "01100002", "einwohner", 6),
    (2021, "01100002", "haushalte", 3), (2022, "01100001", "einwohner", 12), (2022, "01100001", "haushalte", 6),
    (2022, "01100002", "einwohner", 7), (2022, "01100002", "haushalte", 4),
]  # fmt: skip


@pytest.fixture
def table(source):
    """A source whose columns are two figures at several Stichtage."""

    def given(ignored: str = "", dialect: str = MERGED, stichtag: str = YEARS) -> str:
        return source("einwohner", CONTRACT.format(ignored), dialect=dialect, stichtag=stichtag)

    return given


def test_the_figure_stands_above_the_years(stage_city, table) -> None:
    staged = stage_city(table(), {FILE: TEXT})

    assert staged.rows(FIGURES) == READ
    assert staged.files == [(FILE, 4, 4, 0, 0)]


def test_the_years_stand_above_the_figure(stage_city, table) -> None:
    head = "BBS;NAME;2021;;2022;\n;;Einwohner;Haushalte;Einwohner;Haushalte\n"
    staged = stage_city(table(), {FILE: head + "01100001;a;11;5;12;6\n01100002;b;6;3;7;4\n"})

    assert staged.rows(FIGURES) == READ


def test_a_figure_may_have_two_header_rows_of_its_own(stage_city, source) -> None:
    text = "BBS;Einwohner;;;\n;m;;w;\n;2021;2022;2021;2022\n01100001;1;2;10;20\n"
    contract = 'matrix = { unit = "BBS", merkmale = { einwohner = ["Einwohner / m", "Einwohner / w"] } }'
    dialect = "{ header_rows = 3, merged_headers = true }"
    staged = stage_city(source("einwohner", contract, dialect=dialect, stichtag=YEARS), {FILE: text})

    assert staged.rows("SELECT year(stichtag), wert FROM stage.zaehlung ORDER BY 1") == [(2021, 11), (2022, 22)]


def test_merged_cells_of_a_workbook_run_on_by_themselves(stage_city, table) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Tabelle")
        sheet.merge_range("A1:A2", "BBS")
        sheet.merge_range("B1:B2", "NAME")
        sheet.merge_range("C1:D1", "Einwohner")
        sheet.merge_range("E1:F1", "Haushalte")
        sheet.write_row("C2", [2021, 2022, 2021, 2022])
        sheet.write_row("A3", ["01100001", "a", 11, 12, 5, 6])
        sheet.write_row("A4", ["01100002", "b", 6, 7, 3, 4])
    staged = stage_city(table(dialect='{ format = "xlsx", header_rows = 2 }'), {FILE: out.getvalue()})

    assert staged.rows(FIGURES) == READ


def test_dates_say_the_stichtag_as_years_do(stage_city, table) -> None:
    rule = '{ source = "header", format = "%d.%m.%Y" }'
    text = TEXT.replace("2021", "31.12.2021").replace("2022", "31.12.2022")

    assert stage_city(table(stichtag=rule), {FILE: text}).rows(FIGURES) == READ


def test_a_figure_that_nobody_wants_is_ignored_at_all_its_stichtage(stage_city, source, table) -> None:
    contract = 'matrix = { unit = "BBS", merkmale = { haushalte = ["Haushalte"] }, ignore = ["NAME", "Einwohner"] }'
    staged = stage_city(source("einwohner", contract, dialect=MERGED, stichtag=YEARS), {FILE: TEXT})

    assert staged.rows(FIGURES) == [row for row in READ if row[2] == "haushalte"]


def test_a_figure_that_is_new_is_told(refusal, table) -> None:
    text = TEXT.replace("Haushalte;\n;;2021;2022;2021;2022", "Haushalte;;Wohnungen\n;;2021;2022;2021;2022;2021")
    message = refusal(table(), {FILE: text.replace("5;6\n", "5;6;1\n").replace("3;4\n", "3;4;1\n")})

    assert "'Wohnungen' is new" in message
    assert 'ignore = ["NAME", ' in message


def test_a_figure_that_a_stichtag_lacks_is_told(refusal, table) -> None:
    text = "BBS;NAME;Einwohner;;Haushalte\n;;2021;2022;2022\n01100001;a;11;12;6\n"
    message = refusal(table(), {FILE: text})

    assert f"File {FILE}, line 2: expected the figure 'Haushalte' at each Stichtag" in message
    assert "found no column of it at 2021-12-31" in message


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("2021;2022;2021;2022", "2021;2021;2021;2022", "found 'Einwohner / 2021' more than once"),
        ("Einwohner;;", "2020;;", "expected one Stichtag in the header rows of a column, found '2020 / 2021'"),
        (";Einwohner;;Haushalte;", ";;;Haushalte;", "found 'NAME' more than once"),
    ],
)
def test_header_rows_that_do_not_say_figure_and_stichtag(refusal, table, old: str, new: str, told: str) -> None:
    assert told in refusal(table(), {FILE: TEXT.replace(old, new, 1)})


def test_a_header_row_that_does_not_run_on_leaves_columns_without_a_figure(refusal, table) -> None:
    message = refusal(table(dialect="{ header_rows = 2 }"), {FILE: TEXT})

    assert "found '2022' more than once" in message
    assert "run on to the right? Write `merged_headers = true`" in message


def test_a_column_that_says_only_its_stichtag_has_none_of_several_figures(refusal, table) -> None:
    message = refusal(table(dialect="{ header_rows = 2 }"), {FILE: TEXT.replace("2021;2022\n", "2021;2023\n")})

    assert "expected in a header row which figure the column '2022' has, found only its Stichtag" in message


def test_a_column_without_a_figure_is_not_the_one_figure_where_others_name_theirs(refusal, source) -> None:
    contract = 'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"] }, ignore = ["HH"] }'
    text = "BBS;EW;;HH;\n;2019;2020;2021;2022\n01100001;1;2;3;4\n"
    given = source("einwohner", contract, dialect="{ header_rows = 2 }", stichtag=YEARS)

    assert "which figure the column '2020' has" in refusal(given, {FILE: text})


def test_several_figures_need_a_header_row_of_their_own(small_city, table) -> None:
    with pytest.raises(ConfigError, match="or several figures that another header row names"):
        small_city.with_sources(table(dialect="{ header_rows = 1 }"))


def test_a_row_is_judged_at_each_stichtag_by_itself(stage_city, table) -> None:
    staged = stage_city(table(), {FILE: TEXT.replace("6;7;3;4", "6;7;3;x")})

    assert staged.rows("SELECT spalte, wert FROM stage.quarantaene") == [("Haushalte", "x")]
    assert staged.rows("SELECT stichtag::VARCHAR, basis_id FROM stage.ungewiss") == [("2022-12-31", "01100002")] * 2
    assert staged.files == [(FILE, 4, 3, 1, 0)]


def test_a_correction_names_the_column_as_the_file_does(stage_city, table, small_city) -> None:
    small_city.write(
        "corrections.toml",
        '[[correction]]\nsource = "einwohner"\nwhere = { BBS = "01100001" }\nexpect = { "Einwohner / 2022" = "120" }\n'
        'action = "replace"\ncolumn = "Einwohner / 2022"\nvalue = "12"\nrows = 1\nreason = "x"\nreported = "y"\n',
    )
    staged = stage_city(table(), {FILE: TEXT.replace("11;12", "11;120")})

    assert staged.rows(FIGURES) == READ
