"""All files of a year count the same people: what one says, no other may contradict."""

import pytest

YEARS = range(2015, 2025)


def _int(text: str) -> int:
    return 0 if text in ("-", ".") else int(text.replace(".", ""))


@pytest.mark.parametrize("year", range(2015, 2022))
def test_ages_and_sexes_add_up_to_the_total_in_every_row(small, year: int) -> None:
    rows, total = small.register_table(year)
    for row in [*rows, total]:
        assert sum(_int(row[f"A{a:03d}"]) for a in range(101)) == _int(row["INSGESAMT"])
        assert sum(_int(row[s]) for s in "MWD") == _int(row["INSGESAMT"])


@pytest.mark.parametrize("year", range(2015, 2022))
def test_the_total_row_is_the_sum_of_the_rows(small, year: int) -> None:
    rows, total = small.register_table(year)
    counted = [name for name in total if name not in ("BBS", "STICHTAG")]
    assert {n: sum(_int(r[n]) for r in rows) for n in counted} == {n: _int(total[n]) for n in counted}
    assert _int(total["INSGESAMT"]) == small.made.residents[year]


def test_parts_of_the_residents_are_no_more_than_the_residents(small) -> None:
    for row in small.register_table(2017)[0]:
        under_18 = sum(_int(row[f"A{a:03d}"]) for a in range(18))
        from_5 = sum(_int(row[f"A{a:03d}"]) for a in range(5, 101))
        from_10 = sum(_int(row[f"A{a:03d}"]) for a in range(10, 101))
        assert _int(row["NICHTDEUTSCH"]) <= _int(row["MIGRATION"]) <= _int(row["INSGESAMT"])
        assert _int(row["MIGRATION_U18"]) <= min(under_18, _int(row["MIGRATION"]))
        assert _int(row["DAUER5"]) <= from_5
        assert _int(row["DAUER10"]) <= min(from_10, _int(row["DAUER5"]))


@pytest.mark.parametrize("year", [2022, 2023, 2024])
def test_every_foreigner_has_a_migration_background_and_nobody_lived_there_before_birth(small, year: int) -> None:
    for person in small.persons(year):
        assert person["NATION"] == "D" or person["MIGRATION"] == "1"
        assert 0 <= int(person["WOHNDAUER"]) <= int(person["ALTER"]) <= 110


@pytest.mark.parametrize("year", YEARS)
def test_every_table_lists_the_same_block_sides(small, year: int) -> None:
    listed = sorted(small.movements(year))
    assert [r["BBS"] for r in small.table(f"soziales/SGBII_{year}.csv", "utf-8")] == listed
    assert [r["BBS"] for r in small.table(f"soziales/Mindestsicherung_{year}.csv", "utf-8-sig", ",")] == listed
    assert [r["BBS"] for r in small.table(f"wohnen/Wohnungen_{year}.csv", "cp1252")] == listed
    assert [r[0] for r in small.households(year)[4:]] == listed
    if year <= 2021:
        assert [r["BBS"] for r in small.register_table(year)[0]] == listed
    else:
        assert set(small.ages(year)) < set(listed), "somewhere nobody lives"


@pytest.mark.parametrize("year", YEARS)
def test_recipients_are_residents_of_the_right_age(small, year: int) -> None:
    ages = small.ages(year)
    for row in small.table(f"soziales/SGBII_{year}.csv", "utf-8"):
        here = ages.get(row["BBS"], [0] * 101)
        assert _int(row["PERSONEN"]) <= sum(here[:65])
        assert _int(row["U18"]) <= sum(here[:18])
        assert _int(row["U15"]) <= sum(here[:15])
        assert _int(row["ARBEITSLOSE"]) <= sum(here[18:65])
        if "." not in row.values():
            assert _int(row["U15"]) <= _int(row["U18"]) <= _int(row["PERSONEN"])
    for row in small.table(f"soziales/Mindestsicherung_{year}.csv", "utf-8-sig", ","):
        assert int(row["EMPFAENGER_65PLUS"]) <= sum(ages.get(row["BBS"], [0] * 101)[65:])


@pytest.mark.parametrize("year", YEARS)
def test_households_fit_the_residents(small, year: int) -> None:
    ages = small.ages(year)
    for bbs, _, households, alone, with_children, single_parent, persons in small.households(year)[4:]:
        here = ages.get(bbs, [0] * 101)
        assert single_parent <= with_children <= min(households, sum(here[:18]))
        assert alone + with_children <= households
        assert households + (households - alone) <= persons <= sum(here)


@pytest.mark.parametrize("year", YEARS)
def test_parts_of_the_dwellings_are_no_more_than_the_dwellings(small, year: int) -> None:
    for row in small.table(f"wohnen/Wohnungen_{year}.csv", "cp1252"):
        total = _int(row["WOHNUNGEN"])
        assert _int(row["VOR_1949"]) + _int(row["AB_2010"]) <= total
        assert max(_int(row["EFH_ZFH"]), _int(row["GEFOERDERT"])) <= total
        assert (row["WOHNFLAECHE"] == "0,00") == (total == 0)
        space, largest = (
            float(row[name].replace(".", "").replace(",", ".")) for name in ("WOHNFLAECHE", "GROESSTE_WOHNUNG")
        )
        assert largest <= space <= largest * max(total, 1) + 0.01 * total


@pytest.mark.parametrize("year", range(2016, 2025))
def test_residents_change_by_births_deaths_and_moves_in_every_block_side(small, year: int) -> None:
    before, after = small.ages(year - 1), small.ages(year)
    for bbs, moved in small.movements(year).items():
        grown = sum(after.get(bbs, [0])) - sum(before.get(bbs, [0]))
        natural = moved["GEBURTEN"] - moved["STERBEFAELLE"]
        assert grown == natural + moved["ZUZUEGE"] - moved["FORTZUEGE"]


@pytest.mark.parametrize("year", YEARS)
def test_births_are_the_children_under_one_but_for_those_who_moved_or_died(small, year: int) -> None:
    births = sum(m["GEBURTEN"] for m in small.movements(year).values())
    under_one = sum(int(by_age[0]) for by_age in small.ages(year).values())
    assert births == pytest.approx(under_one, rel=0.2)
    assert births > 0


def test_the_estate_is_emptied_and_its_houses_vanish(small) -> None:
    unit = small.made.estate_id
    block_sides = [bbs for bbs, raum in small.assignment(2015).items() if raum == unit]
    residents = {y: sum(int(sum(small.ages(y).get(b, [0]))) for b in block_sides) for y in (2018, 2021)}
    gone = set(block_sides) - set(small.movements(2024))
    assert gone
    assert residents[2021] < residents[2018] * 0.7
    still_listed = set(small.movements(2019)) - set(small.movements(2020))
    ages = small.ages(2019)
    assert still_listed
    assert all(sum(ages[bbs]) == 0 for bbs in still_listed), "empty, listed once more, then gone"


def test_new_block_sides_appear_in_five_years(small) -> None:
    listed = {y: set(small.movements(y)) for y in YEARS}
    assert [y for y in range(2016, 2025) if listed[y] - listed[y - 1]] == [2018, 2019, 2021, 2022, 2023]


@pytest.mark.parametrize("year", YEARS)
def test_the_official_figure_is_one_to_four_per_cent_beside_the_register(default_city, year: int) -> None:
    lines = default_city.bytes("amtlich/Bevoelkerung.csv").decode("cp1252").split("\r\n")
    official = {int(line[6:10]): _int(line.split(";")[1]) for line in lines[7:17]}
    register = default_city.made.residents[year]
    assert 0.01 <= abs(official[year] - register) / register <= 0.04
