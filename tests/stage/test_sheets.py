"""Workbooks: a table anywhere in a sheet, merged headers, ODS, and a layout that has changed."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

FILE = "einwohner_2022.csv"
STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
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


def several(sheets: dict[str, int], hidden: str = "") -> bytes:
    """A workbook with a table of the same columns in each sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, residents in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["BBS", "EW"])
            sheet.write_row(1, 0, ["01100001", residents])
            if name == hidden:
                sheet.hide()
            else:
                sheet.activate()
                sheet.set_first_sheet()
    return out.getvalue()


@pytest.mark.parametrize("hidden", ["", "2021"])
def test_of_several_sheets_none_is_taken_unasked(refusal, source, hidden: str) -> None:
    content = several({"2021": 11, "2022": 12}, hidden)
    message = refusal(source("einwohner", dialect='{ format = "xlsx" }'), {FILE: content})
    found = "'2021' (hidden), '2022'" if hidden else "'2021', '2022'"
    assert f"expected one sheet, since the dialect names none, found {found}. Name the one" in message


def test_a_sheet_is_taken_by_its_name_even_a_hidden_one(stage_city, source) -> None:
    content = several({"2021": 11, "2022": 12}, "2021")
    staged = stage_city(source("einwohner", dialect='{ format = "xlsx", sheet = "2021" }'), {FILE: content})
    assert staged.residents == {"01100001": 11}


def test_the_only_sheet_needs_no_name(stage_city, source) -> None:
    staged = stage_city(source("einwohner", dialect='{ format = "xlsx" }'), {FILE: several({"2022": 12})})
    assert staged.residents == {"01100001": 12}


def test_the_only_sheet_of_an_open_document_is_not_taken_unasked_where_it_is_hidden(refusal, source, ods) -> None:
    rows: list[list[str | float]] = [["BBS", "EW"], ["01100001", 12]]
    style = (
        '<office:automatic-styles><style:style style:name="ta1" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body>'
    )
    content = changed(ods(rows), "content.xml", "<office:body>", style)
    content = changed(content, "content.xml", 'table:name="Tabelle"', 'table:name="Tabelle" table:style-name="ta1"')
    content = changed(content, "content.xml", " office:version", f' xmlns:style="{STYLE}" office:version')
    message = refusal(source("einwohner", dialect='{ format = "ods" }'), {FILE: content})
    assert "expected one sheet, since the dialect names none, found 'Tabelle' (hidden)" in message


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


# --- Cells that hold an error, or a formula that nobody has computed ---

NOTHING = '{{ format = "{}", sheet = "Tabelle", missing = {{ "" = "nichts" }} }}'
NOT_COMPUTED = "=? (a formula without a value)"


def with_formulas(*results: str, below: int = 0, aside: int = 0) -> bytes:
    """A table in the second sheet, below so many rows and right of so many columns; an empty result is none."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet("Andere").write_formula("A1", "=NA()", None, "#N/A")
        sheet = book.add_worksheet("Tabelle")
        sheet.write_row(below, aside, ["BBS", "EW"])
        for row, result in enumerate(results, start=1):
            sheet.write(below + row, aside, f"0110000{row}")
            sheet.write_formula(below + row, aside + 1, "=A1", None, result)
    return out.getvalue()


def changed(content: bytes, part: str, old: str, new: str) -> bytes:
    """The same archive, with another text in one of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in given.namelist():
            text = given.read(name)
            if name == part:
                assert old.encode() in text
                text = text.replace(old.encode(), new.encode())
            target.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#REF!", "#NAME?"])
def test_an_error_is_not_nothing(stage_city, source, error: str) -> None:
    given = source("einwohner", dialect=NOTHING.format("xlsx"))
    staged = stage_city(given, {FILE: with_formulas("12", error)})
    assert staged.residents == {"01100001": 12}
    assert staged.quarantine == [(FILE, 3, "EW", error)]


def test_an_error_stands_in_its_own_cell_wherever_the_table_lies(stage_city, source) -> None:
    dialect = NOTHING.format("xlsx").replace("missing", 'area = "C4:D9", missing')
    staged = stage_city(
        source("einwohner", dialect=dialect), {FILE: with_formulas("12", "#N/A", "7", below=3, aside=2)}
    )
    assert staged.residents == {"01100001": 12, "01100003": 7}
    assert staged.quarantine == [(FILE, 6, "EW", "#N/A")]


def test_a_formula_without_a_value_is_not_nothing(stage_city, source) -> None:
    content = changed(with_formulas("12", "99"), "xl/worksheets/sheet2.xml", "<v>99</v>", "")
    staged = stage_city(source("einwohner", dialect=NOTHING.format("xlsx")), {FILE: content})
    assert staged.quarantine == [(FILE, 3, "EW", NOT_COMPUTED)]


def test_a_formula_whose_value_is_an_empty_text_is_a_blank_cell(stage_city, source) -> None:
    part = "xl/worksheets/sheet2.xml"
    content = changed(with_formulas("12", "99"), part, "<v>99</v>", "<v></v>")
    staged = stage_city(source("einwohner", dialect=NOTHING.format("xlsx")), {FILE: content})
    assert staged.residents == {"01100001": 12, "01100002": 0}


def test_a_row_of_nothing_but_errors_is_a_row(stage_city, source) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Tabelle")
        sheet.write_row(0, 0, ["BBS", "EW"])
        sheet.write_row(1, 0, ["01100001", 12])
        for column in (0, 1):
            sheet.write_formula(2, column, "=NA()", None, "#N/A")
    staged = stage_city(source("einwohner", dialect=NOTHING.format("xlsx")), {FILE: out.getvalue()})
    assert staged.quarantine == [(FILE, 3, "BBS", "#N/A")]
    assert staged.files == [(FILE, 2, 1, 1, 0)]


def test_an_error_where_nobody_reads_does_not_matter(stage_city, source) -> None:
    contract = 'matrix = { unit = "BBS", merkmale = { weiblich = ["W"] }, ignore = ["EW"] }'
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Tabelle")
        sheet.write_row(0, 0, ["BBS", "EW", "W"])
        sheet.write_row(1, 0, ["01100001", None, 5])
        sheet.write_formula(1, 1, "=NA()", None, "#N/A")
    staged = stage_city(source("einwohner", contract, dialect=NOTHING.format("xlsx")), {FILE: out.getvalue()})
    assert staged.counts == {("01100001", "weiblich"): 5}


ODS_ERROR = (
    '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="" '
    'calcext:value-type="error" {}><text:p>#N/A</text:p></table:table-cell>'
)
ODS_OLD_ERROR = (
    '<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0" {}>'
    "<text:p>#DIV/0!</text:p></table:table-cell>"
)
ODS_CELL = '<table:table-cell office:value-type="float" office:value="99"><text:p>99</text:p></table:table-cell>'


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (ODS_ERROR, "#N/A"), (ODS_OLD_ERROR, "#DIV/0!"),
        ('<table:table-cell table:formula="of:=[.A1]" {}/>', NOT_COMPUTED),
    ],
)  # fmt: skip
def test_an_error_of_an_open_document_is_not_nothing(stage_city, source, ods, cell: str, found: str) -> None:
    rows: list[list[str | float]] = [["BBS", "EW"], ["01100001", 12], ["01100002", 99]]
    content = changed(ods(rows), "content.xml", ODS_CELL, cell.format(""))
    content = changed(content, "content.xml", " office:version", ' xmlns:calcext="urn:x" office:version')
    staged = stage_city(source("einwohner", dialect=NOTHING.format("ods")), {FILE: content})
    assert staged.residents == {"01100001": 12}
    assert staged.quarantine == [(FILE, 3, "EW", found)]


def test_repeated_rows_and_cells_of_an_open_document_count(stage_city, source, ods) -> None:
    contract = 'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"], weiblich = ["W"] } }'
    rows: list[list[str | float]] = [["BBS", "EW", "W"], ["01100001", 12, 5], ["01100002", 99]]
    twice = ODS_ERROR.format('table:number-columns-repeated="2"')
    content = changed(ods(rows), "content.xml", ODS_CELL, twice)
    content = changed(content, "content.xml", " office:version", ' xmlns:calcext="urn:x" office:version')
    blank = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    content = changed(content, "content.xml", 'Tabelle">', f'Tabelle">{blank}')
    staged = stage_city(source("einwohner", contract, dialect=NOTHING.format("ods")), {FILE: content})
    assert staged.counts == {("01100001", "einwohner"): 12, ("01100001", "weiblich"): 5}
    assert staged.quarantine == [(FILE, 6, "EW", "#N/A")]


@pytest.mark.parametrize(
    ("since_1904", "said", "right"), [(False, "excel_1904", "excel"), (True, "excel", "excel_1904")]
)
def test_days_counted_from_another_day_than_the_profile_says_are_refused(
    refusal, stage_city, source, since_1904: bool, said: str, right: str
) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "date_1904": since_1904}) as book:
        sheet = book.add_worksheet("Tabelle")
        sheet.write_row("A1", ["BBS", "TAG", "EW"])
        sheet.write_row("A2", ["01100001", 44926 - 1462 * since_1904, 1234.00000000001])
    dialect, rule = '{ format = "xlsx" }', '{{ source = "column", column = "TAG", format = "{}" }}'
    message = refusal(source("einwohner", dialect=dialect, stichtag=rule.format(said)), {FILE: out.getvalue()})
    assert f"Set `format = {right!r}`" in message
    staged = stage_city(source("einwohner", dialect=dialect, stichtag=rule.format(right)), {FILE: out.getvalue()})
    assert staged.stichtage == ["2022-12-31"]
    assert staged.residents == {"01100001": 1234}
