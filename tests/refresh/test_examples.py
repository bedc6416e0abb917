"""The profiles in examples/ publish what their files say, as Python's own csv reads them."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from tests.refresh.conftest import Office

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def refreshed(office: Office, city: str, files: Path, *, residents: str = "einwohner") -> dict[tuple[str, str], float]:
    """Publish a city from its example, and return the residents of each unit and Stichtag."""
    ended = office.run("refresh", city, "--from", files, FORTSCHREIBUNG_CITIES=str(EXAMPLES))
    assert ended.code == 0, ended.err
    with office.database(city) as con:
        rows = con.execute(
            "SELECT raum_id, stichtag::VARCHAR, wert FROM wert WHERE indikator_id = $1 AND raumebene = 'sozialraum'",
            [residents],
        ).fetchall()
    return {(unit, day): value for unit, day, value in rows}


@pytest.mark.thorough
def test_nordheim_adds_up_its_long_rows(office: Office) -> None:
    expected = Counter[tuple[str, str]]()
    with (EXAMPLES / "files/nordheim/einwohner_lang_synthetisch.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            expected[row["Quartier_Nr"], f"{row['Jahr']}-12-31"] += int(row["Einwohner"])

    assert refreshed(office, "nordheim", EXAMPLES / "files/nordheim") == expected
    with office.database("nordheim") as con:
        assert con.execute("SELECT DISTINCT synthetisch FROM _release").fetchall() == [(True,)]


@pytest.mark.thorough
def test_suedheim_has_names_for_ids_and_its_row_of_totals_is_no_unit(office: Office) -> None:
    expected = {}
    for year in (2022, 2023):
        file = EXAMPLES / f"files/suedheim/stadtteile_{year}_synthetisch.csv"
        for line in file.read_text("cp1252").splitlines()[3:-2]:
            name, residents, _ = line.split(";")
            expected[name, f"{year}-12-31"] = int(residents)

    assert refreshed(office, "suedheim", EXAMPLES / "files/suedheim") == expected


@pytest.mark.thorough
def test_westheim_has_its_residents_in_a_cube_and_its_households_by_name_and_year(office: Office) -> None:
    files = EXAMPLES / "files/westheim"
    data = (files / "einwohner_synthetisch.px").read_text("iso-8859-15").partition("DATA=")[2].rstrip(";\n").split()
    numbers = iter(map(int, data))
    units = ("101", "102", "103", "201", "202", "203", "204")
    expected = Counter[tuple[str, str]]()
    for unit, _sex, year in product(units, "mw", (2022, 2023)):
        expected[unit, f"{year}-12-31"] += next(numbers)
    lines = [line.split(";") for line in (files / "haushalte_synthetisch.csv").read_text("utf-8").splitlines()[3:]]
    households = [[int(cell) for cell in cells] for name, *cells in lines if not name.startswith("Bezirk")]

    assert refreshed(office, "westheim", files) == expected
    with office.database("westheim") as con:
        for place, (indikator, year) in enumerate(product(("haushalte", "haushalte_1_person"), (2022, 2023))):
            rows = con.execute(
                "SELECT raum_id, wert FROM wert WHERE indikator_id = $1 AND raumebene = 'sozialraum' AND stichtag = $2 "
                "ORDER BY raum_id",
                [indikator, f"{year}-12-31"],
            ).fetchall()
            assert rows == [(unit, cells[place]) for unit, cells in zip(units, households, strict=True)]


@pytest.mark.thorough
@pytest.mark.real
def test_wien_is_as_its_file(office: Office, real_folder: Path) -> None:
    with (real_folder / "wien/vie_101.csv").open(encoding="utf-8", newline="") as file:
        next(file)
        expected = {
            (row["DISTRICT_CODE"], f"{row['REF_DATE'][:4]}-{row['REF_DATE'][4:6]}-{row['REF_DATE'][6:]}"): int(
                row["POP_TOTAL"]
            )
            for row in csv.DictReader(file, delimiter=";")
        }

    assert refreshed(office, "wien", real_folder / "wien") == expected


@pytest.mark.thorough
@pytest.mark.real
def test_zuerich_is_as_its_file(office: Office, real_folder: Path) -> None:
    expected = Counter[tuple[str, str]]()
    with (real_folder / "zuerich/bev380od3806.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            expected[row["QuarSort"].zfill(3), f"{row['StichTagDatJahr']}-12-31"] += int(row["AnzHH"])

    assert refreshed(office, "zuerich", real_folder / "zuerich", residents="haushalte") == expected
