"""An official total of the city is a figure of its Stichtag as long as nothing finer is counted on that day."""

from __future__ import annotations

import pytest

from flows.base.db import insert

EARLIER, LATER = "2022-12-31", "2024-12-31"


def official(city, merkmal: str, stichtag: str, total: float) -> None:
    insert(
        city.con, "stage.amtlich",
        [{"quelle": "amt", "stichtag": stichtag, "merkmal": merkmal, "raumebene": "stadt", "raum_id": "S",
          "wert": total, "status": "ok"}],
    )  # fmt: skip


def drawn(city):
    city.zuschnitt("2020-01-01", sozialraum="AAB")
    city.indikator("einwohner", "einwohner")
    city.indikator("anteil_weiblich", "weiblich", "einwohner", faktor=100)
    return city


def methods(city) -> dict[str, str]:
    return dict(
        city.rows(
            "SELECT stichtag::VARCHAR, methode FROM indikator_wert "
            "WHERE indikator_id = 'einwohner' AND raumebene = 'stadt'"
        )
    )


def test_a_total_stays_when_the_register_of_another_year_comes(city):
    drawn(city)
    official(city, "einwohner", LATER, 100)
    city.register(EARLIER, {1: (5, 2), 2: (6, 3), 3: (7, 4)})
    city.transform()

    assert city.figure("einwohner", "S", LATER).wert == 100
    assert city.figure("einwohner", "S", EARLIER).wert == 18
    assert methods(city) == {EARLIER: "exact", LATER: "amtlich"}


def test_a_total_stays_when_a_table_of_another_year_comes(city):
    drawn(city)
    official(city, "einwohner", LATER, 100)
    city.counts("einwohner", EARLIER, [1, 2, 4])
    city.transform()

    assert methods(city) == {EARLIER: "exact", LATER: "amtlich"}


def test_a_total_gives_way_to_the_counts_of_its_own_stichtag(city):
    drawn(city)
    official(city, "einwohner", LATER, 100)
    city.register(LATER, {1: (5, 2), 2: (6, 3), 3: (7, 4)})
    city.transform()

    assert city.figure("einwohner", "S", LATER).wert == 18
    assert methods(city) == {LATER: "exact"}


def test_no_share_is_made_of_a_total_and_a_count(city):
    drawn(city)
    official(city, "einwohner", LATER, 100)
    city.counts("weiblich", LATER, [1, 2, 4])
    city.transform()

    assert city.figure("anteil_weiblich", "S", LATER) is None


@pytest.mark.parametrize(("counted", "change"), [(False, None), (True, 2)], ids=["to a total", "to a count"])
def test_a_change_is_one_between_counts(city, counted: bool, change: int | None):
    drawn(city)
    city.indikator("zuwachs", "einwohner", typ="veraenderung", jahre=2)
    city.register(EARLIER, {1: (5, 2), 2: (6, 3), 3: (7, 4)})
    official(city, "einwohner", LATER, 100)
    if counted:
        city.register(LATER, {1: (5, 2), 2: (6, 3), 3: (9, 4)})
    city.transform()

    found = city.figure("zuwachs", "S", LATER)
    assert (found and found.zaehler) == change
