"""Workbooks: a table anywhere in a sheet, merged headers, ODS, and a layout that has changed."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

FILE = "einwohner_2022.csv"
CONTRACT = (
    'matrix = { unit = "BBS", merkmale = { einwohner = ["Personen / Insgesamt"], weiblich = ["Personen / weiblich"] } }'
)
AREA = (
    '{ format = "xlsx", sheet = "Tabelle", area = "B4:D8", header_rows = 2, '
    'cells = { B1 = "Einwohner am 31.12.", B4 = "BBS" } }'
)


def workbook(*, merged_at: str = "C4:D4", title: str = "Einwohner am 31.12.") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Tabelle")
        sheet.write("B1", title)
        sheet.write("B4", "BBS")
        sheet.merge_range(merged_at, "Personen")
        sheet.write_row("C5", ["Insgesamt", "weiblich"])
        sheet.write_row("B6", ["01100001", 12, "5"])  # a number stored as text
        sheet.write_row("B7", ["01100002", 7.0, 3])
        sheet.write("B10", "Quelle: Amt")
        sheet.write("F6", "Notiz am Rand")
    return out.getvalue()


def test_a_table_within_a_sheet_under_a_merged_header(stage_city, source) -> None:
    staged = stage_city(source("einwohner", CONTRACT, dialect=AREA), {FILE: workbook()})
    assert staged.counts == {
        ("01100001", "einwohner"): 12, ("01100001", "weiblich"): 5,
        ("01100002", "einwohner"): 7, ("01100002", "weiblich"): 3,
    }  # fmt: skip
    assert staged.files == [(FILE, 3, 2, 0, 1)]  # row 8 lies in the area and is blank


def test_a_changed_layout_is_told_with_the_cell(refusal, source) -> None:
    message = refusal(source("einwohner", CONTRACT, dialect=AREA), {FILE: workbook(title="Haushalte")})
    assert "Workbook einwohner_2022.csv, cell B1: expected 'Einwohner am 31.12.' as sources.toml says" in message
    assert "found 'Haushalte'. Has the layout changed?" in message


def test_a_column_that_has_lost_its_header_is_told_with_the_cell(refusal, source) -> None:
    dialect = AREA.replace("header_rows = 2, ", "").replace("B4:D8", "B5:D8").replace(', B4 = "BBS"', "")
    message = refusal(source("einwohner", CONTRACT, dialect=dialect), {FILE: workbook()})
    assert "cell B5: expected a header of different column names, found a column without a name" in message


def test_an_open_document_spreadsheet(stage_city, source, ods) -> None:
    rows: list[list[str | float]] = [["BBS", "EW"], ["01100001", 12], ["01100002", "7"]]
    staged = stage_city(source("einwohner", dialect='{ format = "ods", sheet = "Tabelle" }'), {FILE: ods(rows)})
    assert staged.residents == {"01100001": 12, "01100002": 7}


@pytest.mark.parametrize(
    ("sign", "status", "wert"),
    [("-", "nichts", 0), (".", "unbekannt", None), ("...", "spaeter", None), ("x", "sinnlos", None),
     ("/", "unsicher", None)],
)  # fmt: skip
@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_every_sign_in_a_workbook_keeps_its_status(
    stage_city, source, ods, form: str, sign: str, status: str, wert
) -> None:
    rows: list[list[str | float]] = [["BBS", "EW"], ["01100001", sign], ["01100002", 7]]
    if form == "ods":
        content = ods(rows)
    else:
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
            sheet = book.add_worksheet("Tabelle")
            for line, row in enumerate(rows):
                sheet.write_row(line, 0, row)
        content = out.getvalue()
    dialect = f'{{ format = "{form}", missing = {{ "{sign}" = "{status}" }} }}'
    staged = stage_city(source("einwohner", dialect=dialect), {FILE: content})
    assert staged.residents == {"01100001": wert, "01100002": 7}
    assert staged.statuses == {"01100001": status, "01100002": "ok"}


def rewritten(content: bytes, old: bytes, new: bytes) -> bytes:
    """Change a text in the first sheet of an XLSX file."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            if name.endswith("sheet1.xml"):
                assert old in part
                part = part.replace(old, new)
            after.writestr(name, part)
    return out.getvalue()


@pytest.mark.parametrize("place", [b"XFD1048576", b"ZZZZZZZZZ99999999999", b"A0", b""])
def test_a_cell_that_says_it_lies_far_away_ends_in_an_error_and_not_the_process(refusal, source, place: bytes) -> None:
    """Its reader asks for the memory of all cells in between, which ends it."""
    content = rewritten(workbook(), b'r="C7"', b'r="' + place + b'"')
    message = refusal(source("einwohner", CONTRACT, dialect=AREA), {FILE: content})
    assert message.startswith("Workbook einwohner_2022.csv cannot be read: ")


def test_a_number_without_an_end_goes_to_quarantine(stage_city, source) -> None:
    content = rewritten(workbook(), b'r="C7"><v>7</v>', b'r="C7"><v>1e999</v>')
    staged = stage_city(source("einwohner", CONTRACT, dialect=AREA), {FILE: content})
    assert staged.quarantine == [(FILE, 7, "Personen / Insgesamt", "inf")]
