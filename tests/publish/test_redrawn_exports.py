"""The workbook of a redrawn city: nothing counts twice, no estimate looks counted, each gap has a reason."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
import python_calamine

from flows.publish.build import build
from flows.release.job import Setting
from tests.publish.comparing import REDRAWN, wide

SHEETS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
ON_TODAYS = """
    SELECT * REPLACE (
        '2024-01-01' AS zuschnitt,
        CASE WHEN year(stichtag) = 2023 THEN 'overlap' ELSE methode END AS methode,
        CASE WHEN year(stichtag) = 2023 AND wert IS NOT NULL THEN 5.0 END AS unsicherheit)
    FROM it
"""
TODAY, BEFORE = "2024-01-01", "2020-01-01"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory, city_in: type) -> Path:
    """A release in which every Stichtag stands on two Zuschnitte, and 2023 is estimated on today's; read only."""
    city = city_in(tmp_path_factory.mktemp("redrawn"))
    folder = city.run("redrawn")
    written = f"'{folder / 'wert.parquet'}'"
    for table, query in {
        **REDRAWN, "wert_zuschnitt": f"FROM {written}", "wert": ON_TODAYS, **wide(f"FROM {written}"),
    }.items():  # fmt: skip
        city.rewrite(folder, table, query)
    target = city.root / "built"
    job = city.job().model_copy(update={"zuschnitt": TODAY})
    build(job.write(folder), target, Setting(version="2024.1", made_at=dt.datetime(2025, 3, 1, tzinfo=dt.UTC)))
    return Path(target)


def sheet(release: Path, name: str) -> list[list[object]]:
    book = python_calamine.CalamineWorkbook.from_path(str(release / "fortschreibung.xlsx"))
    return book.get_sheet_by_name(name).to_python()


def column(release: Path, name: str, of: str) -> list[object]:
    head, *rows = sheet(release, name)[3:]
    return [row[head.index(of)] for row in rows]


def test_a_sheet_of_figures_holds_each_stichtag_once_whatever_the_raumebene(release: Path) -> None:
    assert column(release, "stadt_jahr", "stichtag") == [dt.date(2024, 12, 31), dt.date(2023, 12, 31)]
    for level in ("sozialraum", "stadtteil", "stadt"):
        assert set(column(release, f"{level}_jahr", "zuschnitt")) == {TODAY}
        assert sum(column(release, f"{level}_jahr", "einwohner")) == 2600 + 2500


def test_the_same_figures_on_other_zuschnitte_stand_at_the_end_under_a_warning(release: Path) -> None:
    names = python_calamine.CalamineWorkbook.from_path(str(release / "fortschreibung.xlsx")).sheet_names
    assert names[-3:] == ["sozialraum_zuschnitt", "stadtteil_zuschnitt", "stadt_zuschnitt"]
    assert sheet(release, "stadt_zuschnitt")[0][0].startswith("NICHT MIT stadt_jahr ZUSAMMENZÄHLEN!")
    assert set(column(release, "stadt_zuschnitt", "zuschnitt")) == {BEFORE}


def test_an_estimate_has_another_face_and_its_row_says_how_it_was_estimated(release: Path) -> None:
    assert column(release, "stadt_jahr", "methode") == ["gezählt", "an Zählungen angepasst"]
    assert [italic(release, "stadt_jahr", place) for place in ("F5", "F6")] == [False, True]
    assert not any(italic(release, "stadt_zuschnitt", place) for place in ("F5", "F6"))


def test_an_indikator_without_any_figure_has_no_column_and_is_listed(city_in: type, tmp_path: Path) -> None:
    city = city_in(tmp_path)
    folder = city.run("without")
    without = "FROM it WHERE NOT (indikator_id = 'wohnflaeche_je_einwohner' AND raumebene <> 'stadt')"
    city.rewrite(folder, "wert", without)
    for table, query in wide(f"FROM '{folder / 'wert.parquet'}'").items():
        city.rewrite(folder, table, query)
    target = tmp_path / "built"
    build(city.job().write(folder), target, Setting(version="2024.1", made_at=dt.datetime(2025, 3, 1, tzinfo=dt.UTC)))
    assert "wohnflaeche_je_einwohner" not in sheet(target, "sozialraum_jahr")[3]
    assert "wohnflaeche_je_einwohner" in sheet(target, "stadt_jahr")[3]
    assert sheet(target, "ohne_zahl")[4][:5] == [
        "wohnflaeche_je_einwohner", "Wohnfläche je Einwohner", "m²", "sozialraum_jahr, stadtteil_jahr",
        "nicht geliefert",
    ]  # fmt: skip


def italic(release: Path, name: str, place: str) -> bool:
    """Whether the cell at `place` of the sheet is written in italics."""
    book = python_calamine.CalamineWorkbook.from_path(str(release / "fortschreibung.xlsx"))
    with zipfile.ZipFile(release / "fortschreibung.xlsx") as archive:
        number = book.sheet_names.index(name) + 1
        cells = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
        styles = ElementTree.fromstring(archive.read("xl/styles.xml"))
    cell = cells.find(f".//m:c[@r='{place}']", SHEETS)
    assert cell is not None
    font = styles.findall("m:cellXfs/m:xf", SHEETS)[int(cell.get("s", "0"))].get("fontId", "0")
    return styles.findall("m:fonts/m:font", SHEETS)[int(font)].find("m:i", SHEETS) is not None
