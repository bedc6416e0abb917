"""The rules of a class beyond its thresholds: groups of whom a share says the same, units, sums of few cases."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.base.db import insert
from flows.base.errors import CheckStopped, ConfigError
from flows.protect import protect_figures
from flows.protect.audit import audit
from flows.protect.classes import parts_within
from tests.protect.attack import Figure, interval
from tests.protect.conftest import DAY, INDIKATOREN, NEW, Office

LEAST = {"min_numerator": 3, "min_denominator": 3}
GROUPS = LEAST | {"min_group": 10}
PRISON = {"raumebene": "sozialraum", "id": "A", "reason": "Justizvollzugsanstalt"}
NEVER = LEAST | {"never_published": [PRISON]}
FEW = LEAST | {"min_cases": 3}
UNITS = {"A": "X", "B": "X", "C": "X", "D": "Y", "E": "Y"}


def settle(office: Office, *indikatoren: str, **counts: Mapping[str, float]) -> None:
    """Add Sozialräume A to E in the Stadtteile X and Y of a city S, by what is counted in each, and their figures."""
    insert(office.con, "kombination_raum", [
        {"kombination": number, "zuschnitt": NEW, "raumebene": level, "raum_id": name}
        for number, (unit, quarter) in enumerate(UNITS.items())
        for level, name in (("sozialraum", unit), ("stadtteil", quarter), ("stadt", "S"))
    ])  # fmt: skip
    insert(office.con, "merkmal_kombination", [
        {"stichtag": DAY, "kombination": number, "merkmal": merkmal, "wert": counts[unit][merkmal]}
        for number, unit in enumerate(UNITS) for merkmal in counts[unit]
    ])  # fmt: skip
    for unit, quarter in UNITS.items():
        office.con.execute(
            "INSERT INTO raum BY NAME SELECT $1 AS zuschnitt, 'sozialraum' AS raumebene, $2 AS raum_id, "
            "$1 AS gueltig_ab, MAP {'stadtteil': $3, 'stadt': 'S'} AS eltern", [NEW, unit, quarter],
        )  # fmt: skip
    for level, names in (("stadtteil", "XY"), ("stadt", "S")):
        for name in names:
            parents = "MAP {'stadt': 'S'}" if level == "stadtteil" else "MAP {}"
            office.con.execute(f"INSERT INTO raum BY NAME SELECT '{NEW}' AS zuschnitt, '{level}' AS raumebene, "
                               f"'{name}' AS raum_id, '{NEW}' AS gueltig_ab, {parents} AS eltern")  # fmt: skip
    places = {("sozialraum", unit): [unit] for unit in UNITS} | {("stadt", "S"): [*UNITS]}
    places |= {("stadtteil", name): [unit for unit in UNITS if UNITS[unit] == name] for name in "XY"}
    for (level, name), units in places.items():
        for merkmal in counts["A"]:
            office.con.execute(
                "INSERT INTO merkmal_zuschnitt VALUES ($1, $2, $3, $4, $5, $6)",
                [NEW, level, name, DAY, merkmal, sum(counts[unit][merkmal] for unit in units)],
            )
        for indikator in indikatoren:
            _, above, below, _ = INDIKATOREN[indikator]
            top, under = (sum(counts[unit][merkmal] for unit in units for merkmal in side) for side in (above, below))
            insert(office.con, "indikator_wert", [{
                "zuschnitt": NEW, "raumebene": level, "raum_id": name, "stichtag": DAY, "indikator_id": indikator,
                "wert": top if not below else 100 * top / under if under else None, "zaehler": top,
                "nenner": under if below else None, "status": "ok", "methode": "exact",
            }])  # fmt: skip


def told(office: Office, indikator: str, level: str = "sozialraum") -> str:
    """Return the ids of units whose figure is published."""
    rows = office.rows("wert", "raum_id", f"indikator_id = '{indikator}' AND raumebene = '{level}' AND status = 'ok'")
    return "".join(unit for (unit,) in rows)


def people(sgb2: float, einwohner_0_64: float) -> dict[str, float]:
    return {"sgb2": sgb2, "einwohner_0_64": einwohner_0_64}


OTHERS = {unit: people(count, 90) for unit, count in (("B", 20), ("C", 40), ("D", 30), ("E", 50))}


def women(weiblich: float, einwohner: float) -> dict[str, float]:
    return {"weiblich": weiblich, "einwohner": einwohner}


WOMEN = {unit: women(each["sgb2"], each["einwohner_0_64"]) for unit, each in OTHERS.items()}


# A share of 0 or 100 % of too few people tells everybody's status.


@pytest.mark.parametrize(
    ("above", "below", "published"),
    [(0, 9, False), (9, 9, False), (0, 10, True), (10, 10, True), (4, 9, True), (0, 0, True)],
)
def test_0_and_100_percent_are_told_of_groups_that_are_large_enough(new_office, above, below, published):
    office = new_office(leistung=GROUPS)
    office.figures("sgb2_quote", (above, below), (30, 60))
    office.counts("sgb2", above, 30)
    office.protect()

    assert (told(office, "sgb2") == "AB") == published
    assert office.published("sgb2_quote")[0].status == ("ok" if published else "geschuetzt")


def test_a_count_of_0_without_a_share_over_it_is_told(new_office):
    office = new_office(leistung=GROUPS)
    office.counts("sgb2", 0, 30)
    office.protect()

    assert told(office, "sgb2") == "AB"


def test_nobody_computes_the_0_from_the_others(new_office):
    office = new_office(leistung=GROUPS)
    settle(office, "sgb2", "sgb2_quote", A=people(0, 8), **OTHERS)
    office.protect()

    assert told(office, "sgb2") == "CDE"  # with B, the Stadtteil less the others would tell that A has 0
    assert told(office, "sgb2", "stadtteil") == "XY"


def test_nobody_computes_that_all_of_them_are_counted(new_office):
    office = new_office(leistung=GROUPS)
    settle(office, "sgb2", "sgb2_quote", A=people(8, 8), **OTHERS)
    office.protect()

    assert told(office, "sgb2") == "CDE"


def test_two_groups_of_0_do_not_protect_each_other(new_office):
    office = new_office(leistung=GROUPS)
    settle(office, "sgb2", "sgb2_quote", A=people(0, 8), **OTHERS | {"B": people(0, 7)})
    office.protect()

    assert "A" not in told(office, "sgb2")
    assert told(office, "sgb2", "stadtteil") != "XY" or "C" not in told(office, "sgb2")


def test_what_0_of_many_tells_of_each_part_is_no_secret(new_office):
    office = new_office(leistung=GROUPS)
    settle(office, "sgb2", "sgb2_quote", A=people(0, 8), **OTHERS | {"B": people(0, 90), "C": people(0, 90)})
    office.protect()

    assert told(office, "sgb2") == "ABCDE"


@pytest.mark.parametrize("count", [0, 8])
def test_the_audit_finds_it_where_a_sibling_is_told(new_office, monkeypatch, count):
    office = new_office(personen=GROUPS)
    settle(office, "weiblich", "anteil_weiblich", "einwohner", A=women(count, 8), **WOMEN)
    monkeypatch.setattr(protect_figures, "repaired", lambda *_, **__: 0)
    office.protect()
    wrong = office.con.execute(
        f"CREATE TABLE wrong AS FROM '{office.target}/wert.parquet' SELECT * REPLACE ("
        "CASE WHEN raum_id = 'B' AND indikator_id = 'weiblich' THEN 20 ELSE zaehler END AS zaehler, "
        "CASE WHEN raum_id = 'B' AND indikator_id = 'weiblich' THEN 'ok' ELSE status END AS status)"
    )
    wrong.execute(f"COPY wrong TO '{office.target}/wert.parquet'")

    found = audit([("2024.1", office.target)], office.profile.codebook).findings

    assert {(one.kind, one.raum_id, one.low, one.high) for one in found} == {("group", "A", 0, 0)}
    assert {step.raum_id for one in found for step in one.attack} >= {"X", "B", "C"}


counted = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda pair: women(min(pair), max(pair)))
many = st.tuples(st.integers(0, 60), st.integers(20, 90)).map(lambda pair: women(min(pair), max(pair)))


@pytest.mark.thorough
@given(st.lists(counted | many, min_size=5, max_size=5))
@settings(max_examples=8, deadline=None)
def test_no_whole_numbers_leave_0_percent_as_the_only_possibility(new_office, counts):
    """Of every small group of whom 0 % are women, some could be women by all that is published."""
    office = new_office(personen=GROUPS | {"min_numerator": 1, "min_denominator": 1})
    town = dict(zip("ABCDE", counts, strict=True))
    settle(office, "weiblich", "anteil_weiblich", "einwohner", **town)
    try:
        office.protect()
    except CheckStopped:
        return  # nothing is published
    inside = {"sozialraum": {unit: unit for unit in UNITS}, "stadtteil": UNITS, "stadt": dict.fromkeys(UNITS, "S")}
    places = {(level, name): tuple(at for at, unit in enumerate(UNITS) if of[unit] == name)
              for level, of in inside.items() for name in of.values()}  # fmt: skip
    rows = office.rows("wert", "raumebene, raum_id, zaehler::INTEGER", "indikator_id = 'weiblich' AND status = 'ok'")
    figures = [Figure(places[level, name], value) for level, name, value in rows]
    below = {place: sum(town[list(UNITS)[at]]["einwohner"] for at in squares) for place, squares in places.items()}
    large = {at for level, name, value in rows if value == 0 and below[level, name] not in range(1, GROUPS["min_group"])
             for at in places[level, name]}  # fmt: skip
    for at, unit in enumerate(UNITS):
        if at not in large and town[unit]["weiblich"] == 0 and below["sozialraum", unit] > 0:
            assert interval(figures, [at], len(UNITS))[1] > 0, (unit, town, rows)


# What a city never publishes of a unit.


def test_nothing_of_the_class_is_told_there_and_nobody_computes_it(new_office):
    office = new_office(leistung=NEVER)
    settle(office, "sgb2", "sgb2_quote", A=people(500, 900), **OTHERS)
    office.protect()

    assert told(office, "sgb2") == told(office, "sgb2_quote") == "CDE"
    assert office.rows("raum_gesperrt", "schutzklasse, raumebene, raum_id, begruendung") == [
        ("leistung", "sozialraum", "A", "Justizvollzugsanstalt")
    ]


def test_a_0_is_not_told_either(new_office):
    office = new_office(leistung=NEVER)
    office.counts("sgb2", 0, 30)
    office.protect()

    assert told(office, "sgb2") == "B"


def test_other_classes_are(new_office):
    office = new_office(leistung=NEVER)
    office.counts("einwohner", 900, 30)
    office.counts("sgb2", 30, 30)
    office.protect()

    assert told(office, "einwohner") == "AB"


def test_a_unit_that_does_not_exist_stops_the_run(new_office):
    never = {"raumebene": "sozialraum", "id": "Z", "reason": "-"}
    office = new_office(leistung=NEVER | {"never_published": [never]})
    office.counts("sgb2", 30)

    with pytest.raises(ConfigError, match=r"protection\.leistung\.never_published: .* sozialraum, found 'Z'"):
        office.protect()


def test_the_audit_finds_a_unit_whose_siblings_are_told(new_office, monkeypatch):
    office = new_office(leistung=NEVER)
    settle(office, "sgb2", A=people(500, 900), **OTHERS)
    monkeypatch.setattr(protect_figures, "repaired", lambda *_, **__: 0)
    office.protect()
    office.con.execute(
        f"CREATE TABLE wrong AS FROM '{office.target}/wert.parquet' SELECT * REPLACE ("
        "CASE WHEN raum_id = 'B' THEN 20 ELSE zaehler END AS zaehler, "
        "CASE WHEN raum_id = 'B' THEN 'ok' ELSE status END AS status)"
    ).execute(f"COPY wrong TO '{office.target}/wert.parquet'")

    [found] = audit([("2024.1", office.target)], office.profile.codebook).findings

    assert (found.kind, found.raum_id, found.low, found.high) == ("forbidden", "A", 500, 500)


def dwellings(wohnflaeche_qm: float, wohnungen: float, einwohner: float = 100) -> dict[str, float]:
    return {"wohnflaeche_qm": wohnflaeche_qm, "wohnungen": wohnungen, "einwohner": einwohner}


# A sum of what single cases contribute, of which few make it up, or one most of it.


def test_a_sum_over_few_cases_and_what_divides_it_are_suppressed(new_office):
    office = new_office(wohnung=FEW)
    settle(office, "wohnflaeche", "wohnflaeche_je_person", A=dwellings(400, 2), B=dwellings(900, 12),
           C=dwellings(800, 12), D=dwellings(700, 3), E=dwellings(0, 0))  # fmt: skip
    office.protect()

    assert told(office, "wohnflaeche") == told(office, "wohnflaeche_je_person") == "BDE"
    assert told(office, "wohnflaeche", "stadtteil") == "XY"


def test_where_nobody_delivered_how_many_cases_there_are_the_sum_is_suppressed(new_office):
    office = new_office(wohnung=FEW)
    office.counts("wohnflaeche", 900, 0)
    office.protect()

    assert told(office, "wohnflaeche") == "B"


DOMINATED = [
    ({"1": (700, 450), "2": (200, 200)}, True),
    ({"1": (700, 451), "2": (200, 200)}, False),
    ({"1": (700, 450), "2": (200, None)}, False),  # nobody knows how much of the 200 one case is
    ({"1": (700, 450), "2": (200, "no row")}, False),
    ({"1": (900, 450), "2": (0, None)}, True),  # where there is nothing, there is no largest case
    ({"1": (700, "no row"), "2": (200, "no row")}, False),
]
"""Base unit -> its floor space and that of its largest dwelling, and whether the sum of 900 is published."""


@pytest.mark.parametrize(("delivered", "published"), DOMINATED)
def test_a_sum_that_one_case_may_dominate_is_suppressed(new_office, delivered, published):
    office = new_office(wohnung={"min_numerator": 3, "min_denominator": 3, "max_contribution": 0.5})
    office.counts("wohnflaeche", 900)
    insert(office.con, "kombination", [{"basis": "bbs", "basis_id": each, "kombination": 1} for each in delivered])
    insert(office.con, "kombination_raum",
           [{"kombination": 1, "zuschnitt": NEW, "raumebene": "sozialraum", "raum_id": "A"}])  # fmt: skip
    insert(office.con, "stage.zaehlung_einzeln", [
        {"quelle": "gebaeude", "stichtag": DAY, "basis": "bbs", "basis_id": unit, "merkmal": merkmal, "wert": value,
         "status": "unbekannt" if value is None else "ok"}
        for unit, values in delivered.items()
        for merkmal, value in zip(("wohnflaeche_qm", "wohnflaeche_qm_groesste"), values, strict=True)
        if value != "no row"
    ])  # fmt: skip
    office.protect()

    assert (told(office, "wohnflaeche") == "A") == published


def test_without_a_rule_floor_space_is_no_secret(office):
    office.counts("wohnflaeche", 1, 2)
    office.protect()

    assert told(office, "wohnflaeche") == "AB"


def test_no_rule_is_left_out_of_the_release(new_office):
    office = new_office(leistung=GROUPS | {"reason": "§ 35 SGB I"}, wohnung=FEW)
    office.counts("sgb2", 30)
    office.protect()

    assert office.rows("katalog_schutzklasse", "schutzklasse, mindest_gruppe, mindest_faelle, begruendung") == [
        ("frei", 0, 0, None), ("leistung", 10, 0, "§ 35 SGB I"), ("personen", 0, 0, None), ("wohnung", 0, 3, None)
    ]  # fmt: skip
    assert office.rows("merkmal", "faelle, groesster", "merkmal = 'wohnflaeche_qm'") == [
        ("wohnungen", "wohnflaeche_qm_groesste")
    ]


def test_a_part_of_a_part_is_within_the_whole():
    assert parts_within(0, [(1, 0), (2, 1), (3, 4)]) == {0, 1, 2}
