"""How a file is written, as `new-city` sees it: the dialect must read the file, and say no more than its bytes show."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from flows.app.new_city.dates import date_format, name_pattern
from flows.app.new_city.delimited import delimited_table
from flows.app.new_city.encodings import encoding_of
from flows.app.new_city.figures import style_of
from flows.app.new_city.guess import LeftOut
from flows.app.new_city.look import looked_at
from flows.app.new_city.tables import Table
from flows.app.new_city.workbooks import workbook_table
from flows.profile.dialect import Dialect
from flows.stage.read.normalise import normalise


def table(folder: Path, text: str, encoding: str = "utf-8", name: str = "einwohner.csv") -> Table:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return delimited_table(path)


def read(folder: Path, seen: Table) -> list[list[str]]:
    """The rows as a refresh reads them with the dialect that was seen."""
    target = folder / "plain.csv"
    normalise(seen.path, seen.name, Dialect.model_validate(seen.dialect), target)
    lines = target.read_text(encoding="utf-8").splitlines()
    return [line.split(",")[2:] for line in lines[1:]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_an_encoding_is_recognised_by_all_bytes_of_a_file(encoding: str) -> None:
    text = "NR;NAME;EW\n101;Höngg;1200\n102;Süd „alt“;240\n"

    found = encoding_of(text.encode(encoding))

    assert text.encode(encoding).decode(found.value).strip("\ufeff") == text
    assert found.value == encoding
    assert found.sure


def test_an_encoding_of_dos_is_not_taken_for_one_of_windows() -> None:
    text = "NR;NAME\n1;Höngg, Süd, Öst, Äußeres\n"
    try:
        found = encoding_of(text.encode("cp850")).value
    except LeftOut as reason:
        assert "it looks like text in cp850" in str(reason)  # noqa: PT017 -- no profile can name it
    else:
        assert text.encode("cp850").decode(found) == text


def test_bytes_that_are_no_text_and_damaged_text_are_left_out() -> None:
    with pytest.raises(LeftOut, match="zero bytes"):
        encoding_of(b"NR\x00;EW\n")
    with pytest.raises(LeftOut, match="damaged"):
        encoding_of(codecs.BOM_UTF8 + b"NR;\xff\n")


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_the_one_that_makes_equal_rows_of_plain_cells(tmp_path: Path, delimiter: str) -> None:
    rows = [["NR", "NAME", "EW"], ["101", '"Au, Süd; West"', "1200"], ["102", "Nord", "240"]]

    seen = table(tmp_path, "".join(delimiter.join(row) + "\n" for row in rows))

    assert seen.dialect.get("delimiter", ";") == delimiter
    assert [cells for _, cells in seen.rows] == [["101", "Au, Süd; West", "1200"], ["102", "Nord", "240"]]


def test_decimal_commas_are_no_delimiters(tmp_path: Path) -> None:
    seen = table(tmp_path, "NR;FLAECHE;EW\n101;1,5;1200\n102;2,5;240\n")

    assert seen.columns == ["NR", "FLAECHE", "EW"]


def test_lines_above_and_notes_below_are_no_rows(tmp_path: Path) -> None:
    seen = table(
        tmp_path, "Einwohner;;\nStand 31.12.2023;;\nNR;NAME;EW\n101;Au;1200\n102;Nord;240\n__________\nQuelle: Amt\n"
    )

    assert (seen.dialect["preamble"], seen.dialect["footer"]) == (2, "__________")
    assert read(tmp_path, seen) == [["101", "Au", "1200"], ["102", "Nord", "240"]]
    assert seen.above == ["Einwohner", "Stand 31.12.2023"]


def test_header_rows_are_as_many_as_tell_the_columns_apart(tmp_path: Path) -> None:
    seen = table(tmp_path, ";Einwohner;Einwohner\nNR;insgesamt;weiblich\n101;1200;600\n102;240;130\n")
    two = table(tmp_path, ";Einwohner;Haushalte\nNR;Zahl;Zahl\n101;1200;600\n102;240;130\n")

    assert seen.columns == ["NR", "insgesamt", "weiblich"]
    assert two.columns == ["NR", "Einwohner / Zahl", "Haushalte / Zahl"]
    assert read(tmp_path, two) == [["101", "1200", "600"], ["102", "240", "130"]]


def test_columns_without_a_header_get_a_name(tmp_path: Path) -> None:
    seen = table(tmp_path, "NR;EW;\n101;1200;\n102;240;\n")

    assert seen.dialect["blank_headers"] == ["ohne_namen_3"]
    assert read(tmp_path, seen)[0] == ["101", "1200", ""]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "NR;Einwohner;Einwohner;Hunde\n;2019;2020;2020\n101;1200;1234;7\n102;240;250;8\n",
            "not each figure has each day once",
        ),
        ("101;Au;1200\n102;Nord;240\n", "no header stands above it"),
        ("NR;EW;EW\n101;1200;1\n102;240;2\n", "'EW' more than once"),
        ("NR;EW\n101;1200\n102;240;3\n103;5\n104;6\n", "line 3 has another number of columns"),
        ("just a letter\nof two lines\n", "no delimiter gives rows of two columns"),
    ],
)
def test_a_layout_that_no_profile_can_say_is_left_out_with_the_reason(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(LeftOut, match=reason):
        table(tmp_path, text)


@pytest.mark.parametrize(
    ("cells", "decimal", "thousands", "doubtful"),
    [
        (["1200", "17"], ",", "", False),
        (["1.234,5", "17"], ",", ".", False),
        (["1,234.5", "17"], ".", ",", False),
        (["1.234.567"], ",", ".", False),
        (["12.5", "1.234"], ".", "", False),
        (["12,75"], ",", "", False),
        (["1 234", "17"], ",", " ", False),
        (["1\xa0234", "1\u202f234", "1\u2009234,5"], ",", " ", False),
        (["1'234", "1\u2019234\u2019567"], ",", "'", False),
        (["1'234.50", "0.125"], ".", "'", False),
        (["1.234", "999"], ",", ".", True),
    ],
)
def test_decimal_and_thousands_follow_from_the_figures(
    cells: list[str], decimal: str, thousands: str, doubtful: bool
) -> None:
    style = style_of([cells])

    assert (style.decimal, style.thousands, bool(style.doubt)) == (decimal, thousands, doubtful)


@pytest.mark.parametrize(
    ("rows", "decimal", "thousands"),
    [
        ('101,"1.100","1,5"\n102,"2.200","3,25"', None, "."),
        ('101,"1,100",1.5\n102,"2,200",3.25', ".", ","),
        ("101,1.100,7\n102,2.200,8", ".", None),
        ("101,1100,7\n102,2200,8", ".", None),
    ],
)
def test_cells_parted_by_commas_may_have_figures_with_decimal_commas(
    tmp_path: Path, rows: str, decimal: str | None, thousands: str | None
) -> None:
    seen = table(tmp_path, f"NR,EW,FLAECHE\n{rows}\n")

    assert (seen.dialect["delimiter"], seen.dialect.get("decimal"), seen.dialect.get("thousands")) == (
        ",", decimal, thousands,
    )  # fmt: skip


def test_signs_in_place_of_figures_are_listed_to_be_confirmed(tmp_path: Path) -> None:
    seen = table(tmp_path, "NR;NAME;EW\n101;Au;1200\n102;Nord;.\n103;Ost;-\n104;West;240\n")

    assert seen.dialect["missing"] == {".": "unbekannt", "-": "nichts"}
    assert "'.' stands 1 times" in seen.doubts["missing"]


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("REF_DATE", ["18691231", "20150101"], "%Y%m%d"),
        ("Stand", ["31.12.2020"], "%d.%m.%Y"),
        ("anything", ["2020-12-31"], "%Y-%m-%d"),
        ("JAHR", ["2019", "2020"], "%Y"),
        ("EW", ["2019", "2020"], None),
        ("Baujahr", ["1949", "2020"], None),
        ("Exportdatum", ["15.01.2024"], None),
        ("Zeit", ["202012"], "%Y%m"),
        ("Datum", ["20201340"], None),
    ],
)
def test_a_column_of_days_is_known_by_its_cells_and_one_of_years_by_its_header_too(
    header: str, cells: list[str], expected: str | None
) -> None:
    assert date_format(header, cells) == expected


@pytest.mark.parametrize(
    ("name", "pattern", "day"),
    [
        ("ew_2020.csv", r"ew_(?P<year>\d{4})\.csv", "2020-12-31"),
        ("ew-2020-06.csv", r"ew\-(?P<year>\d{4})\-(?P<month>\d{2})\.csv", "2020-06-30"),
        ("ew_20200331.csv", r"ew_(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})\.csv", "2020-03-31"),
        ("ew 30.06.2023.csv", r"ew\ (?P<day>\d{2})\.(?P<month>\d{2})\.(?P<year>\d{4})\.csv", "2023-06-30"),
        ("31122023_ew.csv", r"(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{4})_ew\.csv", "2023-12-31"),
        ("ew_31-12_2023.csv", r"ew_31\-12_(?P<year>\d{4})\.csv", "2023-12-31"),
        ("vie_101.csv", r"vie_101\.csv", None),
        ("2019_bis_2020.csv", r"2019_bis_2020\.csv", None),
    ],
)
def test_the_day_in_a_files_name_becomes_a_group_of_its_pattern(name: str, pattern: str, day: str | None) -> None:
    assert name_pattern(name) == (pattern, day)


def workbook(path: Path, sheets: dict[str, list[list[Any]]], hidden: str = "") -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if name == hidden:
                sheet.hide()
    return path


ROWS = [["NR", "NAME", "EW"], [101, "Au", 1200], [102, "Nord", 240]]


def test_of_a_workbook_the_visible_sheet_with_a_table_is_taken_by_name(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "ew.xlsx", {"Info": [["Einwohner"]], "Daten": ROWS, "alt": [*ROWS, [103, "Ost", 3]]}, hidden="alt"
    )

    seen = workbook_table(path)

    assert seen.dialect["sheet"] == "Daten"
    assert "alt" in seen.why["sheet"]
    assert read(tmp_path, seen) == [["101", "Au", "1200"], ["102", "Nord", "240"]]


def test_a_table_that_begins_further_in_on_a_sheet_is_bounded(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "ew.xlsx",
        {"Daten": [["", "Einwohner am 31.12.2023"], [], *([["", *row] for row in ROWS]), ["", "Quelle: Amt"]]},
    )

    seen = workbook_table(path)

    assert seen.dialect["area"] == "B3:D"
    assert seen.dialect["footer"] == "Quelle: Amt"
    assert read(tmp_path, seen) == [["101", "Au", "1200"], ["102", "Nord", "240"]]


def test_files_of_one_layout_that_differ_in_a_day_are_editions_of_one(tmp_path: Path) -> None:
    for year in (2019, 2020):
        (tmp_path / f"ew_{year}.csv").write_text("NR;EW\n101;1200\n102;240\n", encoding="utf-8")
    (tmp_path / "wohnungen_2020.csv").write_text("NR;WE\n101;1200\n102;240\n", encoding="utf-8")
    (tmp_path / "liesmich.pdf").write_bytes(b"%PDF")

    looked = looked_at(tmp_path)

    assert [[table.name for table in tables] for tables in looked.tables] == [
        ["ew_2019.csv", "ew_2020.csv"], ["wohnungen_2020.csv"],
    ]  # fmt: skip
    assert looked.left_out == {tmp_path / "liesmich.pdf": "files that end in .pdf are not looked at"}


def test_editions_follow_each_other_by_the_day_in_their_names(tmp_path: Path) -> None:
    for day in ("31.12.2022", "30.06.2023", "31.12.2021"):
        (tmp_path / f"ew {day}.csv").write_text("NR;EW\n101;1200\n102;240\n", encoding="utf-8")

    (tables,) = looked_at(tmp_path).tables

    assert [table.name for table in tables] == ["ew 31.12.2021.csv", "ew 31.12.2022.csv", "ew 30.06.2023.csv"]
