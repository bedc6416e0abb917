"""What a person reads at the end of a refresh."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest

from flows.app.summary import print_summary
from flows.base.db import sql
from flows.pull.deliveries import Delivery
from flows.run import NO_SOURCE, Outcome


def test_what_waits_for_a_source_of_the_profile_is_told_and_what_has_none_is_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    waiting = {NO_SOURCE: ["haushalte"], "Wohnungen": ["wohnungen", "leerstand"]}

    print_summary(Outcome(
        city="kleinstadt", run="r", published=False, release=None, path=None, content_hash=None, reason="Nothing new.",
        waiting=waiting,
    ))  # fmt: skip

    assert capsys.readouterr().out == "Nothing new.\nWaiting for Wohnungen: 2 Indikatoren (wohnungen, leerstand)\n"


def test_the_residents_are_those_of_the_coarsest_raumebene_whatever_it_is_called() -> None:
    with duckdb.connect() as con:
        con.execute("SET VARIABLE schaetzungen = ['overlap']")
        con.execute("CREATE TABLE raumebene AS FROM (VALUES ('sozialraum', 1), ('gemeinde', 2)) t(raumebene, rang)")
        con.execute("CREATE TABLE sozialraum_jahr AS SELECT DATE '2024-12-31' AS stichtag, '2020-01-01' AS zuschnitt")
        con.execute(
            "CREATE TABLE wert AS SELECT DATE '2024-12-31' AS stichtag, '2020-01-01' AS zuschnitt, raumebene, "
            "'einwohner' AS indikator_id, wert, 'exact' AS methode, 'ok' AS status "
            "FROM (VALUES ('sozialraum', 700.0), ('gemeinde', 1200.0)) t(raumebene, wert)"
        )
        assert con.execute(sql("read/ausgang")).fetchall() == [("2024-12-31", "2020-01-01", 1, 1200, 2, 0, 0)]


def test_what_is_not_delivered_is_one_line_however_much_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    def lacking(*sources: str) -> list[Delivery]:
        return [
            Delivery(source=one, title_de=one.title(), title_en="", year=2025, state="awaited",
                     until=dt.date(2026, 3, 1), required=True, ask="Amt A")
            for one in sources
        ]  # fmt: skip

    said = {"city": "k", "run": "r", "published": False, "release": None, "path": None, "content_hash": None,
            "reason": "Nothing new."}  # fmt: skip
    print_summary(Outcome(**said, lacking=lacking("sgb2")))
    print_summary(Outcome(**said, lacking=lacking("sgb2", "wohnungen")))

    assert capsys.readouterr().out.splitlines() == [
        "Nothing new.", "Not delivered yet: Sgb2 2025: awaited until 01.03.2026; ask Amt A",
        "Nothing new.", "Not delivered yet: 2 deliveries of 2025 (fortschreibung sources k)",
    ]  # fmt: skip
