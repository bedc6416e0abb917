"""From the files of a city to its first release: `new-city`, the dry run that it makes, and `refresh`.

The published figures are compared with the files as Python's own csv reads them, not with what the pipeline staged.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from tests.refresh.conftest import Office


def published(office: Office, city: str, indikator: str, level: str = "sozialraum") -> dict[tuple[str, str], float]:
    with office.database(city) as con:
        rows = con.execute(
            "SELECT raum_id, stichtag::VARCHAR, wert FROM wert WHERE indikator_id = $1 AND raumebene = $2 "
            "AND status = 'ok' AND methode = 'exact'",
            [indikator, level],
        ).fetchall()
    return {(unit, day): value for unit, day, value in rows}


def rows_of(path: Path, *, encoding: str = "utf-8", delimiter: str = ",", above: int = 0) -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        for _ in range(above):
            next(file)
        return list(csv.DictReader(file, delimiter=delimiter))


@pytest.mark.thorough
@pytest.mark.real
def test_wien_is_published_from_its_files_in_two_commands(office: Office, real_folder: Path) -> None:
    files = real_folder / "wien"
    made = office.run("new-city", "wien", "--from", files, "--yes")

    assert made.code == 0, made.err
    assert "not used: bezirke.kml" in made.out or "bezirke.kml (source" in made.out
    assert "rows 644 = taken 644 + left out 0 + quarantined 0" in made.out
    assert "einwohner of the city on 2015-01-01: 1,797,337" in made.out
    assert "guesses are to be confirmed" in made.out
    assert not list((office.home / "releases").glob("wien/*.*")), "a dry run publishes nothing"

    ended = office.run("refresh", "wien", "--from", files)

    assert ended.code == 0, ended.err
    expected = {
        (row["DISTRICT_CODE"], f"{day[:4]}-{day[4:6]}-{day[6:]}"): int(row["POP_TOTAL"])
        for row in rows_of(files / "vie_101.csv", delimiter=";", above=1) if (day := row["REF_DATE"])
    }  # fmt: skip
    assert len(expected) == 644
    assert published(office, "wien", "einwohner") == expected


@pytest.mark.thorough
@pytest.mark.real
def test_zuerich_is_published_from_long_rows_and_a_shapefile(office: Office, real_folder: Path) -> None:
    files = real_folder / "zuerich"
    made = office.run("new-city", "zuerich", "--from", files, "--yes", "--no-dry-run")
    assert made.code == 0, made.err
    assert "it puts 115 in 12, 119 in 12" in made.out, "Oerlikon and Seebach lie in Kreis 11, as the polygons say too"

    ended = office.run("refresh", "zuerich", "--from", files)

    assert ended.code == 0, ended.err
    households: dict[tuple[str, str], int] = defaultdict(int)
    alone: dict[tuple[str, str], int] = {}
    for row in rows_of(files / "bev380od3806.csv", encoding="utf-8-sig"):
        unit = row["QuarSort"].zfill(3), f"{row['StichTagDatJahr']}-12-31"
        households[unit] += int(row["AnzHH"])
        if row["hh_groesseSort"] == "1":
            alone[unit] = int(row["AnzHH"])
    assert len(households) == 204
    assert published(office, "zuerich", "haushalte") == households
    assert published(office, "zuerich", "haushalte_1_person") == alone
    with office.database("zuerich") as con:
        kreis = con.execute(
            "SELECT sum(wert) FROM wert WHERE indikator_id = 'haushalte' AND raumebene = 'kreis' AND raum_id = '11' "
            "AND stichtag = DATE '2018-12-31'"
        ).fetchone()
    assert kreis == (sum(households[unit, "2018-12-31"] for unit in ("111", "115", "119")),)
