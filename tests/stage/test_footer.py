"""Below a table stand notes. A row there would be lost unseen: the run stops and names it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.errors import SourceUnavailable
from flows.stage.footer import refuse_rows_below
from tests.stage.deliveries import RESIDENTS, TABLE
from tests.stage.test_packed import workbook

FILE = "einwohner_2022.csv"
FOOTER = '{ footer = "___" }'


# --- What is refused ---


@pytest.mark.parametrize("table", [TABLE, TABLE.replace(";7", "; 7")], ids=["read by its lines", "read by cell"])
def test_a_row_below_the_footer_is_told_with_its_line(refusal, source, table: str) -> None:
    message = refusal(source("einwohner", dialect=FOOTER), {FILE: f"{table}___\nQuelle: Register\n01100003;99\n"})
    assert message == (
        f"File {FILE}, line 6: expected only notes below the table, which the footer '___' ends, found what looks like "
        "a row: '01100003', '99'. If the table goes on there, correct that in sources.toml. If these are totals, let "
        "the footer begin further down and name them in a `drop` rule."
    )


def test_a_unit_called_as_the_footer_begins_does_not_cut_the_table_off(refusal, source) -> None:
    named = 'assignment = { unit = "NAME", units = { sozialraum = "SR" } }'
    text = "NAME;SR\nAm Markt;011001\nQuellenweg;011001\nRosenweg;011002\n"
    given_source = source(
        "zuordnung", named, file="'zuordnung.csv'", zuschnitt="2020-01-01", stichtag="", dialect='{ footer = "Quelle" }'
    )
    assert "line 4: expected only notes below the table" in refusal(given_source, {"zuordnung.csv": text})


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
    dialect = '{ format = "xlsx", sheet = "Tabelle", footer = "___" }'
    given_source = source("einwohner", file=r"'ew_(?P<year>\d{4})\.xlsx'", dialect=dialect)
    assert "line 5: expected only notes" in refusal(given_source, {"ew_2022.xlsx": workbook(rows)})


def test_a_table_that_has_grown_out_of_its_area_is_told(refusal, source) -> None:
    rows = [["BBS", "EW"], ["01100001", 12], ["01100002", 7], ["01100003", 5]]
    dialect = '{ format = "xlsx", sheet = "Tabelle", area = "A1:B3" }'
    given_source = source("einwohner", file=r"'ew_(?P<year>\d{4})\.xlsx'", dialect=dialect)
    message = refusal(given_source, {"ew_2022.xlsx": workbook(rows)})
    assert "line 4: expected only notes below the table, which the area A1:B3 ends" in message


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


def test_totals_below_an_area_are_notes(stage_city, source) -> None:
    rows = [["BBS", "EW"], ["01100001", 12], ["01100002", 7], ["Summe", 19]]
    dialect = '{ format = "xlsx", sheet = "Tabelle", area = "A1:B3" }'
    given_source = source("einwohner", file=r"'ew_(?P<year>\d{4})\.xlsx'", dialect=dialect)
    assert stage_city(given_source, {"ew_2022.xlsx": workbook(rows)}).residents == RESIDENTS


# --- In general ---

numbers = st.integers(0, 10**9).map(str)
words = st.text("abcäöü ()", min_size=1)


@given(st.lists(numbers, min_size=2, max_size=5), st.lists(st.lists(words, max_size=5), max_size=5), st.data())
def test_the_same_row_is_found_wherever_it_stands_among_notes(row: list[str], notes: list[list[str]], data) -> None:
    place = data.draw(st.integers(0, len(notes)))
    below = [*notes[:place], row, *notes[place:]]
    refuse_rows_below("x.csv", "the footer '_'", row, enumerate(notes))
    with pytest.raises(SourceUnavailable, match=f"line {place}:"):
        refuse_rows_below("x.csv", "the footer '_'", row, enumerate(below))
