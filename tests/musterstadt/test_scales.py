"""Musterstadt can be made at every scale that its rules allow, with every seed, and stays a possible city."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flows.musterstadt.city import make_musterstadt
from flows.musterstadt.scale import Scale
from tests.musterstadt.conftest import Deliveries

YEARS = (2015, 2016, 2021, 2024)
SMALLEST = Scale(baublockseiten=24, einwohner=24, stadtbezirke=1, stadtteile=2, sozialraeume=4)


@st.composite
def scales(draw: st.DrawFn) -> Scale:
    """Any city that `Scale` allows, up to 20,000 residents."""
    stadtbezirke = draw(st.integers(1, 3))
    stadtteile = draw(st.integers(2 * stadtbezirke, min(9 * stadtbezirke, 12)))
    sozialraeume = draw(st.integers(2 * stadtteile, 6 * stadtteile))
    baublockseiten = draw(st.integers(6 * sozialraeume, 12 * sozialraeume))
    einwohner = draw(st.integers(baublockseiten, 20_000))
    return Scale(baublockseiten, einwohner, stadtbezirke, stadtteile, sozialraeume)


def number(text: str) -> int:
    return 0 if text in ("-", ".") else int(text.replace(".", ""))


def parts_and_wholes(city: Deliveries, year: int) -> Iterator[tuple[str, int, int]]:
    """Pairs of counts per Baublockseite of which the first can be no more than the second."""
    ages = city.ages(year)
    nobody = [0] * 101
    if year <= 2021:
        for row in city.register_table(year)[0]:
            here = ages[row["BBS"]]
            yield "women", number(row["W"]), sum(here)
            yield "foreigners", number(row["NICHTDEUTSCH"]), number(row["MIGRATION"])
            yield "migration background", number(row["MIGRATION"]), sum(here)
            yield "migration background under 18", number(row["MIGRATION_U18"]), sum(here[:18])
            yield "five years there", number(row["DAUER5"]), sum(here[5:])
            yield "ten years there", number(row["DAUER10"]), sum(here[10:])
    for row in city.table(f"soziales/SGBII_{year}.csv", "utf-8"):
        here = ages.get(row["BBS"], nobody)
        yield "SGB II", number(row["PERSONEN"]), sum(here[:65])
        yield "SGB II under 18", number(row["U18"]), sum(here[:18])
        yield "SGB II under 15", number(row["U15"]), sum(here[:15])
        yield "unemployed", number(row["ARBEITSLOSE"]), sum(here[18:65])
    for row in city.table(f"soziales/Mindestsicherung_{year}.csv", "utf-8-sig", ","):
        yield "Mindestsicherung", int(row["EMPFAENGER_65PLUS"]), sum(ages.get(row["BBS"], nobody)[65:])
    for row in city.table(f"wohnen/Wohnungen_{year}.csv", "cp1252"):
        for part in ("EFH_ZFH", "GEFOERDERT", "VOR_1949", "AB_2010"):
            yield part, number(row[part]), number(row["WOHNUNGEN"])
    for bbs, _, households, alone, with_children, single_parent, persons in city.households(year)[4:]:
        yield "one-person households", alone, households
        yield "households with children", with_children, households
        yield "single parents", single_parent, with_children
        yield "people in households", persons, sum(ages.get(bbs, nobody))


def check(scale: Scale, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        city = Deliveries(make_musterstadt(Path(folder), scale=scale, years=YEARS, seed=seed))
        for zuschnitt in (2015, 2020):
            units = {
                row["NUMMER"] for row in city.table(f"raum/Raeume_{zuschnitt}.csv", "cp1252")
                if row["EBENE"] == "Sozialraum"
            }  # fmt: skip
            assert set(city.assignment(zuschnitt).values()) == units, "every Sozialraum has a name and Baublockseiten"
        known = set(city.assignment(2020))
        for event in city.made.events:
            assert set(event.after) <= set(city.assignment(2020).values()), event
            assert set(event.before) <= set(city.assignment(2015).values()), event
        for year in YEARS:
            listed = {row["BBS"] for row in city.table(f"soziales/SGBII_{year}.csv", "utf-8")}
            assert listed <= known
            assert {bbs for bbs, here in city.ages(year).items() if sum(here)} <= listed, (
                "nobody lives where no house is"
            )
            assert [each for each in parts_and_wholes(city, year) if each[1] > each[2]] == []
        for line in city.bytes("amtlich/Bevoelkerung.csv").decode("cp1252").split("\r\n")[7 : 7 + len(YEARS)]:
            register = city.made.residents[int(line[6:10])]
            assert abs(number(line.split(";")[1]) - register) <= register * 0.05, (
                "within the band that the city accepts"
            )


@example(SMALLEST, 1997)
@example(Scale(baublockseiten=100, einwohner=3_000, stadtbezirke=2, stadtteile=5, sozialraeume=12), 104)
@example(Scale(baublockseiten=100, einwohner=3_000, stadtbezirke=2, stadtteile=5, sozialraeume=12), 103)
@example(Scale(baublockseiten=64, einwohner=64, stadtbezirke=1, stadtteile=3, sozialraeume=6), 104)
@settings(max_examples=4)
@given(scales(), st.integers(0, 10_000))
@pytest.mark.slow
def test_a_city_of_any_scale_and_seed_is_a_possible_city(scale: Scale, seed: int) -> None:
    check(scale, seed)


@settings(max_examples=int(os.environ.get("FORTSCHREIBUNG_EXAMPLES", "300")))
@given(scales(), st.integers(0, 10_000))
@pytest.mark.nightly
def test_many_more_cities_of_any_scale_and_seed(scale: Scale, seed: int) -> None:
    check(scale, seed)
