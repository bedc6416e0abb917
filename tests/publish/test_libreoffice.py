"""The workbook in LibreOffice: it shows what the release says, adds up what is there, and prints on few pages."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import duckdb
import pytest

OFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.slow, pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed"),
]  # fmt: skip
# semicolons, quotes, UTF-8, from the first line on; the last one says: every sheet
ALL_SHEETS = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,-1"


@pytest.fixture(scope="module")
def opened(redrawn_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What LibreOffice made of the workbook with some formulas: each sheet as CSV, and a PDF."""
    folder = tmp_path_factory.mktemp("opened")
    book = folder / "fortschreibung.xlsx"
    _with_formulas(redrawn_release / "fortschreibung.xlsx", book)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    for wanted in (ALL_SHEETS, "pdf"):
        subprocess.run(
            [str(OFFICE), profile, "--headless", "--convert-to", wanted, "--outdir", folder, book],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
    return folder


FORMULAS = {
    "SUM": "SUM({figures})", "AVERAGE": "AVERAGE({figures})", "COUNT": "COUNT({figures})",
    "MAX minus a missing figure": "MAX({figures})-INDEX({figures},MATCH(&quot;geheim&quot;,{figures},0))",
}  # fmt: skip
FIGURES = "INDEX(sozialraum_jahr,0,MATCH(&quot;sgb2_quote&quot;,INDEX(sozialraum_jahr,1,0),0))"
"""A column of the sheet, found in the range of that name by the name in its head."""


def _with_formulas(book: Path, target: Path) -> None:
    """Copy a workbook and put the formulas below its cover, which is the first sheet."""
    cells = "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{name}</t></is></c>'
        f'<c r="B{row}"><f>{formula.format(figures=FIGURES)}</f></c></row>'
        for row, (name, formula) in enumerate(FORMULAS.items(), start=500)
    )
    with zipfile.ZipFile(book) as given, zipfile.ZipFile(target, "w") as made:
        for entry in given.infolist():
            content = given.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</sheetData>", cells.encode() + b"</sheetData>")
            made.writestr(entry, content)


def _rows(opened: Path, sheet: str) -> list[list[str]]:
    with (opened / f"fortschreibung-{sheet}.csv").open(encoding="utf-8", newline="") as written:
        return list(csv.reader(written, delimiter=";"))


def test_a_sheet_has_each_figure_or_the_word_for_why_it_is_missing(opened: Path, redrawn_release: Path) -> None:
    names, *figures = _rows(opened, "sozialraum_jahr")[3:]
    shown = [dict(zip(names, row, strict=True)) for row in figures]
    with duckdb.connect(str(redrawn_release / "fortschreibung.duckdb"), read_only=True) as con:
        held = con.execute("SELECT sozialraum_id, stichtag, sgb2_quote FROM sozialraum_jahr").fetchall()
    read = {(row["sozialraum_id"], row["stichtag"]): row["sgb2_quote"] for row in shown}
    assert read == {
        (unit, f"{day:%m/%d/%Y}"): "geheim" if quote is None else f"{quote:.7g}" for unit, day, quote in held
    }
    assert "geheim" in read.values()


def test_sums_pass_over_words_and_a_difference_with_one_shows_an_error(opened: Path, redrawn_release: Path) -> None:
    said = {row[0]: row[1] for row in _rows(opened, "Fortschreibung") if row[0] in FORMULAS}
    with duckdb.connect(str(redrawn_release / "fortschreibung.duckdb"), read_only=True) as con:
        held = con.execute("SELECT sum(sgb2_quote), avg(sgb2_quote), count(sgb2_quote) FROM sozialraum_jahr").fetchone()
    *computed, difference = (said[name] for name in FORMULAS)
    assert [float(each) for each in computed] == pytest.approx(held)
    assert difference == "#VALUE!"


def test_it_prints_on_as_few_pages_as_it_has_sheets(opened: Path) -> None:
    pages = len(re.findall(rb"/Type\s*/Page\b", (opened / "fortschreibung.pdf").read_bytes()))
    sheets = len(list(opened.glob("fortschreibung-*.csv")))
    assert sheets <= pages <= sheets + 2
