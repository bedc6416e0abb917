"""Musterstadt could be a city: its figures lie where those of real cities lie."""

import numpy as np
import pytest

YEARS = range(2015, 2025)


@pytest.fixture(scope="module")
def pyramid(default_city) -> dict[int, np.ndarray]:
    """Residents by age 0..100 in the first and the last year."""
    return {year: np.sum(list(default_city.ages(year).values()), axis=0) for year in (2015, 2024)}


def _sums(default_city, path: str, encoding: str, delimiter: str = ";") -> dict[str, int]:
    rows = default_city.table(path, encoding, delimiter)
    names = [n for n in rows[0] if n not in ("BBS", "STICHTAG", "JAHR", "WOHNFLAECHE", "GROESSTE_WOHNUNG")]
    return {n: sum(int(r[n].replace(".", "")) for r in rows if r[n] not in ("-", ".")) for n in names}


@pytest.mark.parametrize("year", YEARS)
def test_about_200_000_people_live_there(default_city, year: int) -> None:
    assert 190_000 <= default_city.made.residents[year] <= 215_000


def test_the_age_pyramid_is_that_of_a_city(pyramid) -> None:
    for by_age in pyramid.values():
        share = by_age / by_age.sum()
        assert 0.15 < share[:18].sum() < 0.20
        assert 0.60 < share[18:65].sum() < 0.70
        assert 0.15 < share[65:].sum() < 0.22
        assert 0 < by_age[95:].sum() < 0.003 * by_age.sum()
        middle = by_age[1:80]
        assert (np.abs(np.diff(middle)) < 0.25 * middle[:-1]).all(), "no cliff from one age to the next"


def test_cohorts_grow_older(pyramid) -> None:
    """Who was 50 to 59 in 2015 is 59 to 68 in 2024, but for moves and deaths."""
    assert pyramid[2024][59:69].sum() == pytest.approx(pyramid[2015][50:60].sum(), rel=0.2)


def test_women_outlive_men(default_city) -> None:
    old = [p["GESCHLECHT"] for p in default_city.persons(2024) if int(p["ALTER"]) >= 85]
    assert old.count("w") > 1.3 * old.count("m")


def test_foreigners_and_migrants_are_as_many_as_in_large_cities(default_city) -> None:
    persons = default_city.persons(2024)
    foreign = sum(p["NATION"] == "A" for p in persons) / len(persons)
    migrant = sum(p["MIGRATION"] == "1" for p in persons) / len(persons)
    assert 0.15 < foreign < 0.30
    assert 0.30 < migrant < 0.50


@pytest.mark.parametrize("year", YEARS)
def test_births_deaths_and_moves_are_of_the_usual_size(default_city, year: int) -> None:
    moved = _sums(default_city, f"bewegung/Bewegungen_{year}.csv", "utf-16", "\t")
    per_1000 = {name: 1000 * n / default_city.made.residents[year] for name, n in moved.items()}
    assert 8 < per_1000["GEBURTEN"] < 14
    assert 9 < per_1000["STERBEFAELLE"] < 14
    assert 100 < per_1000["ZUZUEGE"] < 200
    assert 100 < per_1000["FORTZUEGE"] < 200


@pytest.mark.parametrize("year", YEARS)
def test_benefits_are_of_the_usual_size(default_city, year: int) -> None:
    received = _sums(default_city, f"soziales/SGBII_{year}.csv", "utf-8")
    total = default_city.made.residents[year]
    assert 0.08 < received["PERSONEN"] / total < 0.16
    assert 0.02 < received["ARBEITSLOSE"] / total < 0.08
    assert received["U18"] > 0.2 * received["PERSONEN"]


@pytest.mark.parametrize("year", [2015, 2024])
def test_households_and_dwellings_match(default_city, year: int) -> None:
    rows = default_city.households(year)[4:]
    households, alone, with_children, single_parent, persons = (sum(r[i] for r in rows) for i in range(2, 7))
    dwellings = _sums(default_city, f"wohnen/Wohnungen_{year}.csv", "cp1252")["WOHNUNGEN"]
    assert 1.7 < persons / households < 2.1
    assert 0.42 < alone / households < 0.56
    assert 0.15 < with_children / households < 0.27
    assert 0.12 < single_parent / with_children < 0.26
    assert 0.97 * persons < default_city.made.residents[year] * 0.999
    assert 1.0 < dwellings / households < 1.08


def test_rich_and_poor_quarters_lie_apart_and_neighbours_are_alike(default_city) -> None:
    """SGB-II shares differ widely by Sozialraum, and most of that lies between Stadtteile."""
    ages, assigned = default_city.ages(2019), default_city.assignment(2015)
    people: dict[str, int] = {}
    poor: dict[str, int] = {}
    for row in default_city.table("soziales/SGBII_2019.csv", "utf-8"):
        raum = assigned[row["BBS"]]
        people[raum] = people.get(raum, 0) + int(ages[row["BBS"]][:65].sum())
        poor[raum] = poor.get(raum, 0) + (0 if row["PERSONEN"] == "-" else int(row["PERSONEN"]))
    share = {raum: poor[raum] / people[raum] for raum in people if people[raum] > 200}
    low, high = np.quantile(list(share.values()), [0.1, 0.9])
    assert low < 0.03
    assert high > 0.22
    mean = np.mean(list(share.values()))
    stadtteile: dict[str, list[float]] = {}
    for raum, value in share.items():
        stadtteile.setdefault(raum[:3], []).append(value)
    between = sum(len(v) * (np.mean(v) - mean) ** 2 for v in stadtteile.values())
    assert between > 0.5 * sum((v - mean) ** 2 for v in share.values())


def test_small_counts_occur_that_must_be_protected(default_city) -> None:
    rows = default_city.table("soziales/SGBII_2023.csv", "utf-8")
    assert sum(r["U18"] in ("1", "2") for r in rows) > 100


def test_nobody_is_so_common_that_a_block_side_is_a_whole_quarter(default_city) -> None:
    counts = [int(by_age.sum()) for by_age in default_city.ages(2024).values()]
    assert max(counts) < 500
    assert 50 < np.median(counts) < 100
