"""Düsseldorf from what is public: units with geometry, the official totals, and what waits for which delivery."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import MadeOnce
from tests.refresh.conftest import Office, copy_of

UNITS = {"wohnquartier": 365, "sozialraum": 171, "stadtteil": 50, "stadtbezirk": 10, "stadt": 1}
PER_BEZIRK = {"01": 16, "02": 12, "03": 22, "04": 21, "05": 11, "06": 23, "07": 19, "08": 17, "09": 23, "10": 7}


def public_files(real: Path, folder: Path) -> Path:
    """Copy the polygons and the official totals to a new folder."""
    folder.mkdir()
    for path in (real / "duesseldorf").glob("*_2021-12-31.geojson"):
        shutil.copy(path, folder)
    shutil.copy(real / "genesis" / "12411-01-01-4.duesseldorf_subset.ffcsv.csv", folder)
    return folder


@pytest.mark.thorough
@pytest.mark.real
def test_what_is_public_is_published_and_the_rest_is_waited_for(duesseldorf: Office) -> None:
    answer = json.loads((duesseldorf.root / "answer.json").read_text("utf-8"))

    assert answer["published"] is True
    with duesseldorf.database("duesseldorf") as con:
        for level, count in UNITS.items():
            found = con.execute(f"SELECT count(*), count(geometrie), count(name) FROM {level}").fetchone()
            assert found == (count, count, count)
        per_bezirk = con.execute("SELECT stadtbezirk_id, count(*) FROM sozialraum GROUP BY 1").fetchall()
        area = con.execute("SELECT flaeche_km2 FROM stadt").fetchone()
        figures = con.execute(
            "SELECT stichtag::VARCHAR, raumebene, indikator_id, wert, status, methode FROM wert ORDER BY indikator_id"
        ).fetchall()
        waiting = con.execute("SELECT DISTINCT quelle FROM ausstehend ORDER BY 1").fetchall()
        stichtage = con.execute("SELECT stichtage FROM _sources WHERE quelle = 'amtlich'").fetchall()
        mended = con.execute("SELECT quelle, aktion, zeilen FROM korrektur ORDER BY 1").fetchall()
    assert dict(per_bezirk) == PER_BEZIRK
    assert area is not None
    assert area[0] == pytest.approx(217.4, abs=0.2)
    assert figures == [
        ("2024-12-31", "stadt", "anteil_weiblich", 51.7, "ok", "amtlich"),
        ("2024-12-31", "stadt", "einwohner", 618_685, "ok", "amtlich"),
        ("2024-12-31", "stadt", "einwohnerdichte", 2846, "ok", "amtlich"),
        ("2024-12-31", "stadt", "weiblich", 319_615, "ok", "amtlich"),
    ]
    assert waiting == [("einwohner",), ("gebaeude",), ("haushalte",), ("keine",), ("sgb2",)]
    assert stichtage == [("2024-12-31",)]
    assert mended == [("sozialraeume", "repair", 4), ("wohnquartiere", "repair", 2)]
    waiting_for = answer["waiting"]
    assert "einwohner_0_5" in waiting_for["Melderegister nach Baublockseiten, eine Zeile je Person"]
    assert "haushalte" in waiting_for["Haushalte nach Baublockseiten (Haushaltegenerierung)"]


@pytest.fixture(scope="session")
def with_extracts(made_once: MadeOnce, duesseldorf: Office, real_folder: Path) -> Office:
    """The office once examples of all its own extracts have come, and been published; read only."""

    def publish(folder: Path) -> None:
        folder.mkdir()
        office, files = copy_of(duesseldorf, folder), public_files(real_folder, folder / "lieferung")
        made = office.run("example", "duesseldorf", "--into", files, "--from", files, "--year", "2022", "--json")
        assert made.code == 0, made.err
        ended = office.run("refresh", "duesseldorf", "--from", files, "--json")
        assert ended.code == 0, ended.err
        (folder / "answer.json").write_text(json.dumps({"made": made.answer, "refreshed": ended.answer}), "utf-8")

    return Office(made_once("duesseldorf_with_extracts", publish), duesseldorf.prefect)


@pytest.mark.thorough
@pytest.mark.real
def test_an_official_total_stays_published_when_extracts_of_an_earlier_year_come(with_extracts: Office) -> None:
    with with_extracts.database("duesseldorf") as con:
        city = con.execute(
            "SELECT stichtag::VARCHAR, methode, wert FROM wert "
            "WHERE raumebene = 'stadt' AND indikator_id = 'einwohner' ORDER BY stichtag DESC"
        ).fetchall()
        version = con.execute("SELECT version FROM _release").fetchone()
    assert version == ("2024.2",)
    assert city[0] == ("2024-12-31", "amtlich", 618_685)
    assert city[1][:2] == ("2022-12-31", "exact")


@pytest.mark.thorough
@pytest.mark.real
def test_the_example_of_every_extract_keeps_its_contract(with_extracts: Office) -> None:
    answer = json.loads((with_extracts.root / "answer.json").read_text("utf-8"))
    assert len(answer["made"]) == 5
    assert all("_synthetisch" in name for name in answer["made"])
    with with_extracts.database("duesseldorf") as con:
        levels = con.execute(
            "SELECT raumebene, count(*), sum(zaehler) FROM wert "
            "WHERE indikator_id = 'einwohner' AND status <> 'geschuetzt' AND methode = 'exact' GROUP BY 1"
        ).fetchall()
        synthetic = con.execute("SELECT synthetisch FROM _release").fetchone()
    assert {level: count for level, count, _ in levels} == {**UNITS, "sozialraum": 171}
    assert len({total for _, _, total in levels}) == 1, "the same residents at every level"
    assert synthetic == (True,), "a release from made-up files says so"
    assert set(answer["refreshed"]["waiting"]) == {"no source in sources.toml"}
