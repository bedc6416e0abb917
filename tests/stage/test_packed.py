"""Tables in workbooks and archives come to the same typed rows as text files, or are refused."""

import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter

from tests.stage.deliveries import RESIDENTS, TABLE


def zipped(**members: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_csv", ".csv"), content)
    return out.getvalue()


def workbook(rows: list[list[object]], sheet: str = "Tabelle") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                if isinstance(cell, (dt.date, dt.datetime)):
                    page.write_datetime(y, x, cell, day)
                else:
                    page.write(y, x, cell)
    return out.getvalue()


# --- Workbooks ---


XLSX = '{ format = "xlsx", sheet = "Tabelle" }'


def xlsx(source, dialect: str = XLSX, **fields: str) -> str:
    return source("einwohner", file=r"'ew_(?P<year>\d{4})\.xlsx'", dialect=dialect, **fields)


def test_a_workbook_with_titles_and_a_footer(stage_city, source) -> None:
    rows = [["Einwohner"], [], ["BBS", "EW"], ["01100001", 12], ["01100002", 7], ["___ Quelle", ""]]
    dialect = '{ format = "xlsx", sheet = "Tabelle", preamble = 2, footer = "___" }'
    assert stage_city(xlsx(source, dialect), {"ew_2022.xlsx": workbook(rows)}).residents == RESIDENTS


def test_numbers_as_text_and_text_as_numbers(stage_city, source) -> None:
    contract = 'matrix = { unit = "BBS", unit_digits = 8, merkmale = { einwohner = ["EW"] } }'
    given = source("einwohner", contract, file=r"'ew_(?P<year>\d{4})\.xlsx'", dialect=XLSX)
    rows = [["BBS", "EW"], [1100001, "12"], ["01100002", 7.0]]
    assert stage_city(given, {"ew_2022.xlsx": workbook(rows)}).residents == RESIDENTS


def test_a_bad_cell_of_a_workbook_is_told_with_its_row(stage_city, source) -> None:
    rows = [["Titel"], [], ["BBS", "EW"], ["01100001", 12], [], ["01100002", 7.5], ["01100003", "viele"]]
    dialect = '{ format = "xlsx", sheet = "Tabelle", preamble = 2 }'
    staged = stage_city(xlsx(source, dialect), {"ew_2022.xlsx": workbook(rows)})
    assert staged.quarantine == [("ew_2022.xlsx", 6, "EW", "7,5"), ("ew_2022.xlsx", 7, "EW", "viele")]


def test_a_real_date_in_a_workbook_is_an_iso_date(stage_city, source) -> None:
    rows = [["BBS", "TAG", "EW"], ["01100001", dt.date(2022, 12, 31), 12]]
    rule = '{ source = "column", column = "TAG", format = "%Y-%m-%d" }'
    assert stage_city(xlsx(source, stichtag=rule), {"ew_2022.xlsx": workbook(rows)}).stichtage == ["2022-12-31"]


def test_another_sheet_is_told(refusal, source) -> None:
    message = refusal(xlsx(source), {"ew_2022.xlsx": workbook([["BBS", "EW"]], sheet="Blatt1")})
    assert "Workbook ew_2022.xlsx: expected the sheet 'Tabelle', found 'Blatt1'" in message


def test_a_damaged_workbook_is_told(refusal, source) -> None:
    content = workbook([["BBS", "EW"], ["01100001", 12]])
    assert "Workbook ew_2022.xlsx cannot be read" in refusal(xlsx(source), {"ew_2022.xlsx": content[:400]})


def test_an_empty_sheet_is_told(refusal, source) -> None:
    assert "found nothing" in refusal(xlsx(source), {"ew_2022.xlsx": workbook([])})


# --- Archives ---


def archive(source, member: str = "*.csv") -> str:
    return source("einwohner", file=r"'ew_(?P<year>\d{4})\.zip'", dialect=f'{{ member = "{member}" }}')


def test_the_member_of_an_archive_is_picked_by_its_pattern(stage_city, source) -> None:
    content = zipped(tabelle_csv=TABLE, liesmich="Lies mich")
    assert stage_city(archive(source), {"ew_2022.zip": content}).residents == RESIDENTS


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"liesmich": "?"}, "expected one member named like '*.csv', found 0; inside are liesmich"),
        ({"a_csv": TABLE, "b_csv": TABLE}, "found 2; inside are a.csv, b.csv"),
    ],
)
def test_no_member_or_two_is_told(refusal, source, members: dict[str, str], told: str) -> None:
    assert told in refusal(archive(source), {"ew_2022.zip": zipped(**members)})


def test_a_member_that_climbs_out_is_refused(refusal, source, tmp_path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("../../../boese.csv", TABLE)
    assert "found '../../../boese.csv', which leads out of it" in refusal(
        archive(source), {"ew_2022.zip": out.getvalue()}
    )
    assert not list(tmp_path.parent.rglob("boese.csv"))


@pytest.mark.parametrize("damage", ["cut", "flipped", "crc", "encrypted"])
def test_a_damaged_or_encrypted_archive_is_told(refusal, source, damage: str) -> None:
    content = bytearray(zipped(tabelle_csv=TABLE * 50))
    if damage == "cut":
        content = content[:60]
    elif damage == "flipped":
        content[45:60] = b"\xff" * 15
    elif damage == "crc":
        at = content.index(b"PK\x01\x02")
        content[at + 16] ^= 1
    else:
        content[6] |= 1
        content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "Archive ew_2022.zip" in refusal(archive(source), {"ew_2022.zip": bytes(content)})
