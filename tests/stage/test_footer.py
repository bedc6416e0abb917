"""Below a table stand notes. A row there would be lost unseen: the run stops and names it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.profile.dialect import Dialect
from flows.stage.read.notes import Notes, RowBelow, RowsAbove
from tests.stage.deliveries import RESIDENTS, TABLE
from tests.stage.test_packed import workbook

FILE = "einwohner_2022.csv"
FOOTER = '{ footer = "___" }'
TABLES = {
    "read by its lines": TABLE, "read by cell": TABLE.replace(";7", "; 7"),
    "quoted": TABLE.replace("01100002;7", '"01100002";" 7"'),
}  # fmt: skip
UNITS = 'assignment = { unit = "BBS", units = { sozialraum = "SR" } }'
NAMES = 'names = { level = "EBENE", id = "NR", name = "NAME", levels = { Teil = "stadtteil" } }'
XLSX = r"'ew_(?P<year>\d{4})\.xlsx'"


def in_space(source, contract: str, footer: str) -> str:
    dialect = f'{{ footer = "{footer}" }}'
    return source("raum", contract, file="'raum.csv'", zuschnitt="2020-01-01", stichtag="", dialect=dialect)


# --- What is refused ---


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_row_below_the_footer_is_told_with_its_line(refusal, source, table: str) -> None:
    message = refusal(source("einwohner", dialect=FOOTER), {FILE: f"{table}___\nQuelle: Register\n01100003;99\n"})
    assert message == (
        f"File {FILE}, line 6: expected only notes below the table, which the footer '___' ends, found what looks like "
        "a row: '01100003', '99'. Nothing was published. If it is one, make `footer` longer, so that only the notes "
        "begin with it (in sources.toml), or ask the supplier to put the notes last; if another table stands there, "
        "write `table_below = true` into the dialect."
    )


@pytest.mark.parametrize("row", ['"01100004";"99"', "01100004; 1.099", "01100004;-", "1100004;0,5"])
def test_however_a_row_is_written_it_is_one(refusal, source, row: str) -> None:
    dialect = '{ footer = "___", thousands = ".", missing = { "-" = "nichts" } }'
    assert "line 5: " in refusal(source("einwohner", dialect=dialect), {FILE: f"{TABLE}___\n{row}\n"})


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_an_id_that_begins_as_the_footer_does_cuts_nothing_off(refusal, source, table: str) -> None:
    message = refusal(source("einwohner", dialect='{ footer = "022" }'), {FILE: f"{table}02200001;5\n"})
    assert f"File {FILE}, line 4: expected only notes below the table" in message


def test_a_unit_called_as_the_footer_begins_does_not_cut_the_table_off(refusal, source) -> None:
    text = "BBS;SR\nAm Markt;011001\nQuellenweg;011001\nRosenweg;011002\n"
    assert "line 4: expected only notes" in refusal(in_space(source, UNITS, "Quelle"), {"raum.csv": text})


@pytest.mark.parametrize(
    ("contract", "text"),
    [
        (UNITS, "BBS;SR\n01100001;011001\n___\n01100002;011002\n"),
        (UNITS, "BBS;SR\n01100001;West\n___\n01100002;Ost\n"),
        (NAMES, "EBENE;NR;NAME\nTeil;011;Nord\n___\nTeil;012;Süd\n"),
    ],
    ids=["assignment", "without a figure", "names"],
)
def test_a_row_of_what_describes_space_is_told(refusal, source, contract: str, text: str) -> None:
    assert "raum.csv, line 4: " in refusal(in_space(source, contract, "___"), {"raum.csv": text})


def test_persons_below_the_footer_of_a_register_are_told(refusal, source) -> None:
    contract = (
        'register = { unit = "BBS", age = "A", sex = "S", nationality = "N", migration = "M", duration = "D", '
        'sexes = ["m", "w"], female = ["w"], nationalities = ["D", "A"], foreign = ["A"], migrations = ["0", "1"], '
        'migrant = ["1"] }'
    )
    rule = '{ source = "column", column = "TAG", format = "%d.%m.%Y" }'
    person = "0110000{};31.12.2022;33;w;D;0;1\n"
    text = "BBS;TAG;A;S;N;M;D\n" + person.format(1) + "___\n" + person.format(2)
    message = refusal(source("personen", contract, stichtag=rule, dialect=FOOTER), {"personen_2022.csv": text})
    assert "line 4: expected only notes below the table, which the footer '___' ends" in message
    assert "'01100002', '31.12.2022', '33' ..." in message


def test_a_row_below_the_footer_of_a_sheet_is_told(refusal, source) -> None:
    rows = [["BBS", "EW"], ["01100001", 12], ["___", ""], [], ["01100002", 7]]
    given_source = source("einwohner", file=XLSX, dialect='{ format = "xlsx", sheet = "Tabelle", footer = "___" }')
    assert "row 5: expected only notes" in refusal(given_source, {"ew_2022.xlsx": workbook(rows)})


def test_a_table_that_has_grown_out_of_its_area_is_told(refusal, source) -> None:
    rows = [["BBS", "EW"], ["01100001", 12], ["01100002", 7], ["01100003", 5]]
    given_source = source("einwohner", file=XLSX, dialect='{ format = "xlsx", sheet = "Tabelle", area = "A1:B3" }')
    message = refusal(given_source, {"ew_2022.xlsx": workbook(rows)})
    assert "row 4: expected only notes below the table, which the area A1:B3 ends" in message
    assert "let `area` reach further" in message


@pytest.mark.parametrize("cells", [";", " ; ", '"";""'])
@pytest.mark.parametrize(("footer", "below"), [("Quelle", "Quelle: X\n02200001;5\n"), ("022", "02200001;5\n")])
def test_a_blank_row_above_the_footer_hides_no_row_below_it(refusal, source, cells, footer, below) -> None:
    dialect = f'{{ footer = "{footer}" }}'
    message = refusal(source("einwohner", dialect=dialect), {FILE: f"{TABLE}{cells}\n{below}"})
    assert "expected only notes below the table" in message


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_line_of_totals_above_the_footer_hides_no_row_below_it(refusal, source, table: str) -> None:
    drop = 'drop = [{ column = "BBS", equals = ["Summe"], rule = "total row" }]'
    contract = f'matrix = {{ unit = "BBS", merkmale = {{ einwohner = ["EW"] }}, {drop} }}'
    message = refusal(source("einwohner", contract, dialect=FOOTER), {FILE: f"{table}Summe;19\n___\n01100003;5\n"})
    assert "line 6: expected only notes below the table" in message


# --- What may stand there ---


@pytest.mark.parametrize(
    "notes",
    [
        "Stand: 31.12.2022\n",
        "Quelle;2022\n",  # a figure, but the rows begin with one and this does not
        "01100003 ist neu;\n",
        "1) geschätzt;ohne Heime\n",
        "1;ohne Heime\n",
        "1;2;3\n",
        '"12;13\n',  # a quotation mark that is never closed
        "\n\n;\n",
        "99\n",
    ],
)
def test_notes_are_passed_over(stage_city, source, notes: str) -> None:
    assert stage_city(source("einwohner", dialect=FOOTER), {FILE: f"{TABLE}___\n{notes}"}).residents == RESIDENTS


def test_totals_below_units_that_are_numbers_are_notes(stage_city, source) -> None:
    text = f"{TABLE}Summe;19\ndavon weiblich;9\n"
    assert stage_city(source("einwohner", dialect='{ footer = "Summe" }'), {FILE: text}).residents == RESIDENTS


def test_totals_below_units_that_are_names_may_be_the_footer(stage_city, source) -> None:
    staged = stage_city(in_space(source, UNITS, "Summe"), {"raum.csv": "BBS;SR\nMarkt;011001\nSumme;1\n"})
    assert staged.files == [("raum.csv", 2, 1, 0, 1)]


def test_totals_may_be_the_footer_below_other_totals(stage_city, source) -> None:
    drop = 'drop = [{ column = "BBS", equals = ["Zwischensumme"], rule = "total row" }]'
    contract = f'matrix = {{ unit = "BBS", merkmale = {{ einwohner = ["EW"] }}, {drop} }}'
    text = f"{TABLE}Zwischensumme;19\nSumme;19\n"
    staged = stage_city(source("einwohner", contract, dialect='{ footer = "Summe" }'), {FILE: text})
    assert staged.residents == RESIDENTS


def test_totals_below_an_area_are_notes(stage_city, source) -> None:
    rows = [["BBS", "EW"], ["01100001", 12], ["01100002", 7], ["Summe", 19]]
    given_source = source("einwohner", file=XLSX, dialect='{ format = "xlsx", sheet = "Tabelle", area = "A1:B3" }')
    assert stage_city(given_source, {"ew_2022.xlsx": workbook(rows)}).residents == RESIDENTS


def test_another_table_may_stand_there_where_sources_toml_says_so(stage_city, source) -> None:
    dialect = '{ footer = "___", table_below = true }'
    staged = stage_city(source("einwohner", dialect=dialect), {FILE: f"{TABLE}___\n01100003;99\n"})
    assert staged.residents == RESIDENTS
    assert staged.files == [(FILE, 4, 2, 0, 2)]


# --- In general ---

numbers = st.integers(0, 10**9).map(str)
words = st.text("abcäöü ()", min_size=1)


@given(st.lists(numbers, min_size=2, max_size=5), st.lists(words, max_size=5))
def test_words_are_never_a_row_of_numbers_and_numbers_always_are(row: list[str], note: list[str]) -> None:
    above = RowsAbove()
    above.add(row)
    looking = Notes("x.csv", Dialect(footer="_"), above)
    looking.refuse_row(7, note, "the footer")
    with pytest.raises(RowBelow, match="line 7:"):
        looking.refuse_row(7, row, "the footer")
