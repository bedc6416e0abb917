"""Blank rows and the notes below a table are counted by name."""

from __future__ import annotations

import io

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.profile.dialect import Dialect
from flows.stage.read.text import Delimited
from tests.stage.deliveries import FILE

LEFT_OUT = "SELECT regel, zeilen FROM stage.entfallen ORDER BY 1"
NOTED = '{ footer = "____" }'
ROWS = ["BBS;EW", "01100001;12", "01100002;7"]
PATHS = {"plain lines": "01100002;7", "by cell": "01100002; 7", "quoted": '"01100002";" 7"'}
UNITS = 'assignment = { unit = "BBS", units = { sozialraum = "SR" } }'
PERSONS = ["BBS;TAG;A;S;N;M;D", *(f"0110000{n};31.12.2022;3{n};w;D;0;1" for n in (1, 2))]


def register(source, dialect: str = "{}") -> str:
    contract = (
        'register = { unit = "BBS", age = "A", sex = "S", nationality = "N", migration = "M", duration = "D", '
        'sexes = ["m", "w"], female = ["w"], nationalities = ["D", "A"], foreign = ["A"], migrations = ["0", "1"], '
        'migrant = ["1"] }'
    )
    rule = '{ source = "column", column = "TAG", format = "%d.%m.%Y" }'
    return source("personen", contract, stichtag=rule, dialect=dialect)


def text(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def sheet(*rows: list[str | float]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("Tabelle")
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return out.getvalue()


# --- Blank rows ---


@pytest.mark.parametrize("blank", ["", ";", " ; ", '"";" "'], ids=["empty", "no cell filled", "spaces", "quoted"])
@pytest.mark.parametrize("place", [1, 2, 3], ids=["first", "middle", "end"])
@pytest.mark.parametrize("last", PATHS.values(), ids=PATHS)
def test_a_blank_row_of_a_table_is_counted_wherever_it_stands(
    stage_city, source, last: str, place: int, blank: str
) -> None:
    lines = ["BBS;EW", "01100001;12", last]
    lines.insert(place, blank)
    staged = stage_city(source("einwohner"), {FILE: text(*lines)})
    assert staged.residents == {"01100001": 12, "01100002": 7}
    assert staged.files == [(FILE, 3, 2, 0, 1)]
    assert staged.rows(LEFT_OUT) == [("leer", 1)]


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_what_follows_the_last_line_break_is_no_row(stage_city, source, end: str) -> None:
    staged = stage_city(source("einwohner"), {FILE: "\n".join(ROWS) + end})
    assert staged.files == [(FILE, 2, 2, 0, 0)]
    assert staged.rows(LEFT_OUT) == []


def test_blank_rows_above_and_within_the_header_are_none_of_the_table(stage_city, source) -> None:
    contract = 'matrix = { unit = "BBS", merkmale = { einwohner = ["EW / am"] } }'
    lines = ["", "BBS;EW", ";", ";am", *ROWS[1:]]
    staged = stage_city(source("einwohner", contract, dialect="{ header_rows = 2 }"), {FILE: text(*lines)})
    assert staged.files == [(FILE, 2, 2, 0, 0)]


def test_line_numbers_below_blank_rows_stay_exact(stage_city, source) -> None:
    staged = stage_city(source("einwohner"), {FILE: text(ROWS[0], "", ROWS[1], ";", "01100002;viele", "")})
    assert staged.quarantine == [(FILE, 5, "EW", "viele")]
    assert staged.files == [(FILE, 5, 1, 1, 3)]


@pytest.mark.parametrize("blank", ["", ";;;;;;"])
def test_blank_rows_of_a_register(stage_city, source, blank: str) -> None:
    lines = [PERSONS[0], blank, PERSONS[1], blank, PERSONS[2], blank]
    staged = stage_city(register(source), {FILE.replace("einwohner", "personen"): text(*lines)})
    assert [row[1:] for row in staged.files] == [(5, 2, 0, 3)]
    assert staged.rows(LEFT_OUT) == [("leer", 3)]


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_blank_rows_and_notes_of_a_sheet(stage_city, source, ods, form: str) -> None:
    rows: list[list[str | float]] = [
        ["BBS", "EW"], ["", ""], ["01100001", 12], ["", ""], ["01100002", 7], ["", ""], ["____", ""], ["", ""],
        ["Quelle: Amt", "am 31.12."],
    ]  # fmt: skip
    content = ods(rows) if form == "ods" else sheet(*rows)
    staged = stage_city(source("einwohner", dialect=f'{{ format = "{form}", footer = "____" }}'), {FILE: content})
    assert staged.files == [(FILE, 8, 2, 0, 6)]
    assert staged.rows(LEFT_OUT) == [("fusszeile", 3), ("leer", 3)]


# --- Notes ---

HARMLESS = ["____", "Quelle: Amt", "", 'Quelle: "', "Quelle: Amt, 2022;", "a;b;1", "Stand;31.12.2022"]


@pytest.mark.parametrize("last", PATHS.values(), ids=PATHS)
def test_notes_are_counted_line_by_line(stage_city, source, last: str) -> None:
    staged = stage_city(source("einwohner", dialect=NOTED), {FILE: text("BBS;EW", "01100001;12", last, *HARMLESS)})
    assert staged.residents == {"01100001": 12, "01100002": 7}
    assert staged.files == [(FILE, 9, 2, 0, 7)]
    assert staged.rows(LEFT_OUT) == [("fusszeile", 7)]


def test_notes_of_a_register(stage_city, source) -> None:
    staged = stage_city(register(source, NOTED), {"personen_2022.csv": text(*PERSONS, "____", "Quelle: Amt")})
    assert [row[1:] for row in staged.files] == [(4, 2, 0, 2)]


def test_blank_rows_and_notes_of_an_assignment(stage_city, source) -> None:
    given_source = source("raum", UNITS, file="'raum.csv'", zuschnitt="2020-01-01", stichtag="", dialect=NOTED)
    staged = stage_city(given_source, {"raum.csv": text("BBS;SR", ";", "01100001;011001", "____", "Quelle: Amt")})
    assert staged.files == [("raum.csv", 4, 1, 0, 3)]


# --- Any order of rows, blank rows and notes ---

LINES = st.lists(st.sampled_from(["01100001;1", '"a\nb";2', "", ";", '" ";""', " ; "]), max_size=8)
NOTES = st.lists(st.sampled_from(["Quelle", "", ";", "a;b;1"]), max_size=3)


@given(LINES, st.none() | NOTES, st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_line_below_the_header_is_a_row_or_left_out_by_name(tmp_path, lines, notes, ended: bool) -> None:
    all_lines = ["BBS;EW", *lines, *(["____", *notes] if notes is not None else [])]
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(all_lines) + ("\n" if ended or not all_lines[-1] else ""), encoding="utf-8")
    read = Delimited(path, "rows.csv", Dialect(footer="____"))
    assert len(list(read.rows())) - 1 == sum(any(c not in ' ;"' for c in line) for line in lines)
    blank = sum(not line.strip(' ;"') for line in lines)
    assert read.left_out.get("leer", 0) == blank
    assert read.left_out.get("fusszeile", 0) == (len(notes) + 1 if notes is not None else 0)
    assert read.held == len(all_lines) - 1
