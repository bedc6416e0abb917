"""Berlin's real files, as the issue's acceptance asks for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.refresh.conftest import Office

RESIDENTS = {"2020-12-31": 3_769_962, "2021-06-30": 3_766_082, "2021-12-31": 3_775_480, "2025-12-31": 3_913_644}
UNITS = {"2006-01-01": 448, "2021-01-01": 542}


@pytest.mark.thorough
@pytest.mark.real
def test_berlin_is_published_with_its_residents_at_every_level(office: Office, real_folder: Path) -> None:
    ended = office.run("refresh", "berlin", "--from", real_folder / "berlin", "--json")

    assert ended.code == 0, ended.err
    assert ended.answer["published"] is True
    with office.database("berlin") as con:
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
