"""Berlin's real files: every row taken over, the totals that the office published, the known error mended."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from flows.base.db import open_work
from flows.profile.load import load_profile
from flows.pull.landing.store import Landing
from flows.pull.pull_sources import pull
from flows.stage.stage_files import stage

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def berlin(real_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The working database after all of Berlin's files were staged."""
    root = tmp_path_factory.mktemp("berlin")
    (root / "run").mkdir()
    profile = load_profile("berlin")
    landing = Landing(root / "landing")
    pulled = pull(profile, landing, folder=real_folder / "berlin")
    with open_work(root / "run" / "work.duckdb") as con:
        stage(con, profile, pulled.lieferungen, landing.folder, root / "run")
        yield con


@pytest.mark.parametrize(
    ("stichtag", "units", "residents"),
    [
        ("2019-12-31", 448, 3_769_495),
        ("2020-06-30", 448, 3_762_456),
        ("2020-12-31", 448, 3_769_962),
        ("2021-06-30", 542, 3_766_082),
        ("2021-12-31", 542, 3_775_480),
        ("2022-12-31", 542, 3_850_809),
        ("2024-12-31", 542, 3_897_145),
        ("2025-12-31", 542, 3_913_644),
    ],
)
def test_the_residents_of_each_stichtag(berlin, stichtag: str, units: int, residents: int) -> None:
    found = berlin.execute(
        "SELECT count(*), sum(wert) FROM stage.zaehlung WHERE merkmal = 'einwohner' AND stichtag = ?::DATE", [stichtag]
    ).fetchone()
    assert found == (units, residents)


def test_the_two_units_that_were_withheld_stay_unknown(berlin) -> None:
    found = berlin.execute(
        "SELECT stichtag::VARCHAR, status, count(*) FROM stage.zaehlung "
        "WHERE merkmal = 'einwohner' AND status <> 'ok' GROUP BY ALL"
    ).fetchall()
    assert found == [("2025-12-31", "unbekannt", 2)]
    assert berlin.execute(
        "SELECT count(*) FROM stage.zaehlung WHERE status = 'unbekannt' AND wert IS NOT NULL"
    ).fetchone() == (0,)


def test_age_bands_add_up_to_the_residents(berlin) -> None:
    wrong = berlin.execute("""
        WITH zeilen AS (
            PIVOT (SELECT stichtag, basis_id, merkmal, wert FROM stage.zaehlung) ON merkmal USING sum(wert)
        )
        SELECT count(*) FROM zeilen
        WHERE einwohner <> einwohner_0_17 + einwohner_18_64 + einwohner_65_plus
            OR einwohner <> einwohner_0_64 + einwohner_65_plus
            OR einwohner_0_17 <> einwohner_0_5 + einwohner_6_17
    """).fetchone()
    assert wrong == (0,)


def test_every_row_of_every_file_is_taken_over(berlin) -> None:
    files = berlin.execute("SELECT datei, zeilen, uebernommen, quarantaene, entfallen FROM stage.datei").fetchall()
    assert len(files) == 17
    assert {rows for _, rows, *_ in files} == {448, 542}
    assert all((taken, bad, dropped) == (rows, 0, 0) for _, rows, taken, bad, dropped in files)


def test_the_doubled_id_is_mended_by_the_register_of_corrections(berlin) -> None:
    found = berlin.execute(
        "SELECT basis_id, count(*) FROM stage.geometrie "
        "WHERE basis = 'plr_2006' AND basis_id IN ('06010102', '04030417') GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert found == [("04030417", 1), ("06010102", 1)]
    assert berlin.execute("SELECT quelle, zeilen FROM stage.korrektur").fetchall() == [("lor_2006", 1)]


def test_polygons_and_counts_name_the_same_units(berlin) -> None:
    for basis, units in (("plr_2006", 448), ("plr_2021", 542)):
        both = berlin.execute(
            "SELECT count(DISTINCT g.basis_id), count(DISTINCT w.basis_id) FROM stage.geometrie AS g "
            "FULL JOIN (FROM stage.zaehlung WHERE basis = ?) AS w ON g.basis_id = w.basis_id AND g.basis = w.basis "
            "WHERE coalesce(g.basis, w.basis) = ?",
            [basis, basis],
        ).fetchone()
        assert both == (units, units)


def test_the_city_is_as_large_as_berlin(berlin) -> None:
    areas = berlin.execute(
        "SELECT basis, round(sum(st_area(st_geomfromwkb(wkb))) / 1e6) FROM stage.geometrie GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert [basis for basis, _ in areas] == ["plr_2006", "plr_2021"]
    assert all(885 <= area <= 895 for _, area in areas)
