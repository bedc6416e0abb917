"""Berlin's real files, as the issue's acceptance asks for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import MadeOnce
from tests.refresh.conftest import Office, copy_of

RESIDENTS = {"2020-12-31": 3_769_962, "2021-06-30": 3_766_082, "2021-12-31": 3_775_480, "2025-12-31": 3_913_644}
UNITS = {"2006-01-01": 448, "2021-01-01": 542}


@pytest.fixture(scope="session")
def berlin(made_once: MadeOnce, warm_prefect: Path, real_folder: Path) -> Office:
    """An office that has published Berlin; read only, or to be copied."""

    def publish(folder: Path) -> None:
        folder.mkdir()
        ended = Office(folder, warm_prefect).run("refresh", "berlin", "--from", real_folder / "berlin", "--json")
        assert ended.code == 0, ended.err
        assert ended.answer["published"] is True

    return Office(made_once("berlin", publish), warm_prefect)


@pytest.mark.thorough
@pytest.mark.real
def test_berlin_is_published_with_its_residents_at_every_level(berlin: Office) -> None:
    with berlin.database("berlin") as con:
        sums = con.execute(
            """
            SELECT stichtag::VARCHAR, zuschnitt, raumebene, sum(wert), count(*)
            FROM wert_alle WHERE indikator_id = 'einwohner' GROUP BY stichtag, zuschnitt, raumebene
            """
        ).fetchall()
        unknown = con.execute(
            "SELECT raum_id FROM wert WHERE indikator_id = 'einwohner' AND status = 'unbekannt' "
            "AND zuschnitt = '2021-01-01' ORDER BY raum_id"
        ).fetchall()
        mended = con.execute("SELECT count(*) FROM sozialraum WHERE sozialraum_id = '04030417'").fetchone()
    for stichtag, residents in RESIDENTS.items():
        for zuschnitt, units in UNITS.items():
            levels = {level: total for day, on, level, total, _ in sums if (day, on) == (stichtag, zuschnitt)}
            assert set(levels) == {"sozialraum", "bezirksregion", "prognoseraum", "stadtbezirk", "stadt"}
            assert set(levels.values()) == {residents}, f"{stichtag} on {zuschnitt}: the same residents at every level"
            assert [n for *key, _, n in sums if key == [stichtag, zuschnitt, "sozialraum"]] == [units]
    assert unknown == [("03400831",), ("06200418",)], "NA stays unknown and is not a zero"
    assert mended == (1,)


@pytest.mark.thorough
@pytest.mark.real
def test_berlins_reform_is_published_with_the_series_on_both_zuschnitte(
    berlin: Office, real_folder: Path, tmp_path: Path
) -> None:
    office = copy_of(berlin, tmp_path)
    ended = office.run("recut", "berlin", "2021-01-01", "--from", real_folder / "berlin", "--dry-run", "--json")

    assert ended.code == 0, ended.err
    found = json.loads(Path(ended.answer["report"]).with_suffix(".json").read_text("utf-8"))
    assert found["kinds"]["sozialraum"] == {
        "umnummeriert": 284, "geteilt": 56, "zusammengelegt": 10, "teil_uebertragen": 15, "komplex": 21
    }  # fmt: skip
    with office.database("berlin") as con:
        rebased = con.execute(
            """
            SELECT stichtag::VARCHAR, count(*), sum(wert), count(*) FILTER (methode IN ('exact', 'unchanged')),
                count(unsicherheit) FILTER (methode <> 'exact') = count(*) FILTER (methode <> 'exact')
            FROM wert
            WHERE zuschnitt = '2021-01-01' AND raumebene = 'sozialraum' AND indikator_id = 'einwohner'
                AND stichtag < DATE '2021-01-01'
            GROUP BY stichtag ORDER BY stichtag
            """
        ).fetchall()
    assert [row[0] for row in rebased] == ["2019-12-31", "2020-06-30", "2020-12-31"]
    assert [(row[1], row[4]) for row in rebased] == [(542, True)] * 3, "every estimate has its interval"
    assert rebased[-1][2] == 3_769_962, "everybody is kept"
    assert all(300 < row[3] < 542 for row in rebased), "units that went whole"
