"""What proposals do to published figures: classes of need, and the width of estimates on the new units."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from flows.base.db import insert
from flows.redrawing.city_ground import city_ground
from flows.redrawing.consequences import Consequences, consequences
from flows.redrawing.laid_cut import transform_with
from tests.redrawing.towns import SIDE, profile, town

FROM = dt.date(2025, 1, 1)


def counts(poor: bool) -> dict[str, float]:
    """One of 1,000 residents, with few or many in need."""
    return {
        "einwohner": 1000, "einwohner_0_17": 200, "einwohner_18_64": 600, "einwohner_65_plus": 200,
        "arbeitslose": 200 if poor else 20, "sgb2_0_17": 120 if poor else 10,
        "mindestsicherung_65_plus": 60 if poor else 6, "wohnflaeche_qm": 25_000 if poor else 45_000,
    }  # fmt: skip


def found(con, labels: list[int], ids: list[str]) -> Consequences:
    ground = city_ground(con, profile())
    proposed = transform_with(con, profile(), ground, np.array(labels), ids, FROM)
    assert proposed == "2025-01-01"
    return consequences(con, profile(), ground.zuschnitt, proposed)


@pytest.mark.slow
def test_a_poor_corner_that_becomes_a_unit_gets_a_class_of_its_own(con) -> None:
    """Units of two squares each; of A one is poor. As 1_0 becomes F, it is the only unit with much need."""
    town(con, "AABBCCDDEE", counts=lambda column, _: counts(poor=column == 1))
    said = found(con, [0, 5, 1, 1, 2, 2, 3, 3, 4, 4], ["A", "B", "C", "D", "E", "F"])
    assert said.need_index is not None
    assert (said.need_index.index, said.need_index.stichtag) == ("bedarf", "2024-12-31")
    before_and_after = {each.unit: (each.today, each.proposed) for each in said.need_of(["A"], ["A", "F"])}
    assert before_and_after == {"A": (3, 1), "F": (None, 3)}
    assert said.need["F"].proposed_probability == pytest.approx(1, abs=0.01)
    assert said.need["B"].today == said.need["B"].proposed == 1
    assert said.widths == ()


@pytest.mark.slow
def test_without_the_figures_of_an_index_nothing_is_said_of_need(con) -> None:
    town(con, "AABB")
    said = found(con, [0, 2, 1, 1], ["A", "B", "C"])
    assert (said.need_index, said.need, said.indikatoren) == (None, {}, ("einwohner",))


@pytest.mark.slow
def test_counts_on_other_base_units_become_estimates_with_the_width_that_the_transform_gives_them(con) -> None:
    town(con, "AABB")
    _counted_on_other_base_units(con, {"P": (0, 250), "Q": (250, 400)}, {"P": 250, "Q": 150})
    said = found(con, [0, 2, 1, 1], ["A", "B", "C"])
    widths = {each.unit: each for each in said.widths_of(["A", "B", "C"])}
    assert {each.stichtag for each in widths.values()} == {"2015-12-31"}
    assert widths["C"].today is None
    assert widths["A"].today is not None
    published = con.execute(
        "SELECT raum_id, unsicherheit FROM indikator_wert WHERE zuschnitt = '2025-01-01' AND stichtag = '2015-12-31' "
        "AND indikator_id = 'einwohner' AND raumebene = 'sozialraum' AND unsicherheit IS NOT NULL"
    ).fetchall()
    assert {unit: each.proposed for unit, each in widths.items()} == dict(published)
    assert all(each.proposed > 0 for each in widths.values())


def _counted_on_other_base_units(con, west_east: dict[str, tuple[float, float]], residents: dict[str, float]) -> None:
    """Count residents of 2015 on the Zuschnitt of 2015, of base units with other borders than those of 2020."""
    con.execute("UPDATE katalog.zuschnitt SET basis = 'alt' WHERE zuschnitt = '2015-01-01'")
    insert(
        con, "stage.zuordnung",
        [{"zuschnitt": "2015-01-01", "basis": "alt", "basis_id": unit, "raumebene": level, "raum_id": name}
         for unit in west_east
         for level, name in (("sozialraum", unit), ("stadtteil", "T"), ("stadtbezirk", "T"), ("stadt", "05999"))],
    )  # fmt: skip
    for unit, (west, east) in west_east.items():
        con.execute(
            f"INSERT INTO stage.geometrie SELECT 'alt', '{unit}', NULL, "
            f"st_aswkb(st_makeenvelope({west}, {-SIDE}, {east}, 0))::BLOB, FALSE, FALSE"
        )
    insert(
        con, "stage.zaehlung_einzeln",
        [{"quelle": "einwohner_bbs", "stichtag": "2015-12-31", "basis": "alt", "basis_id": unit,
          "merkmal": "einwohner", "wert": count, "status": "ok"} for unit, count in residents.items()],
    )  # fmt: skip
