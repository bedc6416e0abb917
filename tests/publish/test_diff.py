"""Two releases are compared figure by figure, and every difference has one cause.

Each test says what is otherwise in the second release, and what the comparison makes of it.
"""

import datetime as dt

import duckdb
import pytest

from flows.compare.diff import attach
from flows.release.catalog import DATABASE
from tests.parameters import first_of
from tests.publish.comparing import REDRAWN, as_format_1, between, built

ONE_FIGURE = "raum_id = '011001' AND stichtag = DATE '2024-12-31' AND indikator_id = 'einwohner'"


def the_one(found, indikator_id):
    return next(each for each in found.indikatoren if each.indikator_id == indikator_id)


def test_the_same_content_is_the_same(compared):
    found = compared()
    assert found.same
    assert {each.outcome for each in found.comparisons} == {"same"}
    assert (found.causes, found.indikatoren, found.codebook, found.units) == ({}, [], [], [])


def test_a_value_that_differs_with_its_delivery_was_revised_by_the_source(compared):
    found = compared(figures=f"SELECT * REPLACE (CASE WHEN {ONE_FIGURE} THEN 1260 ELSE wert END AS wert) FROM it",
                     sha256="99" * 32)  # fmt: skip
    assert not found.same
    assert found.causes == {"revised": 1}
    (mover,) = found.movers
    assert (mover.raum_id, mover.name, mover.cause, mover.before, mover.after, mover.difference) == (
        "011001", "Sozialraum 011001", "revised", 1200, 1260, 60,
    )  # fmt: skip
    assert [(each.datei, each.change) for each in found.sources] == [("EW_2024.csv", "other_bytes")]


def test_a_value_that_differs_on_the_same_deliveries_was_computed_differently(compared):
    found = compared(figures=f"SELECT * REPLACE (CASE WHEN {ONE_FIGURE} THEN 1260 ELSE wert END AS wert) FROM it")
    assert found.causes == {"computation": 1}
    assert found.sources == []


@pytest.mark.parametrize(
    ("column", "value"),
    first_of([("zaehler", 1), ("nenner", 7), ("methode", "'area_weighted'"), ("unsicherheit", 0.1)]),
)
def test_a_figure_with_the_same_value_but_another_origin_differs(compared, column, value):
    found = compared(figures="SELECT * REPLACE (CASE WHEN raum_id = '05999' AND indikator_id = 'sgb2_quote' "
                             f"THEN {value} ELSE {column} END AS {column}) FROM it")  # fmt: skip
    assert (found.causes, the_one(found, "sgb2_quote").moved) == ({"computation": 2}, 0)


def test_newly_protected_and_newly_released_are_told_apart(compared):
    found = compared(figures="""
        SELECT * REPLACE (
            CASE raum_id WHEN '011001' THEN NULL WHEN '011002' THEN 0.22 ELSE wert END AS wert,
            CASE raum_id WHEN '011001' THEN NULL WHEN '011002' THEN 2.0 ELSE zaehler END AS zaehler,
            CASE raum_id WHEN '011001' THEN 'geschuetzt' WHEN '011002' THEN 'ok' ELSE status END AS status
        ) FROM it WHERE indikator_id = 'sgb2_quote'
        UNION ALL FROM it WHERE indikator_id <> 'sgb2_quote'""")  # fmt: skip
    quote = the_one(found, "sgb2_quote")
    assert found.causes == {"protection": 4}
    assert (quote.newly_protected, quote.newly_released) == (2, 2)
    assert (quote.severity, quote.why) == ("high", ["figures_released"])


def test_a_numerator_that_is_now_withheld_is_newly_protected(compared):
    found = compared(figures="SELECT * REPLACE (CASE WHEN indikator_id = 'sgb2_quote' THEN NULL ELSE zaehler END "
                             "AS zaehler) FROM it")  # fmt: skip
    assert set(found.causes) == {"protection"}


@pytest.mark.parametrize(
    ("table", "query", "field", "values"),
    first_of([
        ("indikator", "SELECT * REPLACE (CASE position WHEN 2 THEN 1000.0 ELSE faktor END AS faktor) FROM it",
         "faktor", ("100.0", "1000.0")),
        ("indikator", "SELECT * REPLACE (CASE position WHEN 2 THEN 0 ELSE nachkommastellen END AS nachkommastellen) "
         "FROM it", "nachkommastellen", ("1", "0")),
        ("katalog_indikator_teil", "SELECT * REPLACE (CASE WHEN rolle = 'nenner' AND indikator_id = 'sgb2_quote' "
         "THEN 'sgb2' ELSE merkmal END AS merkmal) FROM it", "nenner", ("einwohner", "sgb2")),
        ("katalog_indikator_teil", "FROM it UNION ALL SELECT 'sgb2_quote', 'zaehler', 'einwohner'",
         "zaehler", ("sgb2", "einwohner + sgb2")),
    ]),
)  # fmt: skip
def test_figures_of_an_indikator_with_another_definition_changed_by_it(compared, table, query, field, values):
    ten_times = "SELECT * REPLACE (CASE WHEN indikator_id = 'sgb2_quote' THEN wert * 10 ELSE wert END AS wert) FROM it"
    found = compared(figures=ten_times, sha256="99" * 32, **{table: query})
    assert set(found.causes) == {"definition"}
    (change,) = found.codebook
    assert (change.indikator_id, change.change) == ("sgb2_quote", "definition")
    assert [(each.field, each.before, each.after) for each in change.fields] == [(field, *values)]
    assert (the_one(found, "sgb2_quote").severity, the_one(found, "sgb2_quote").why[0]) == (
        "high",
        "definition_changed",
    )


def test_another_wording_is_a_difference_of_the_codebook_and_of_no_figure(compared):
    found = compared(indikator="SELECT * REPLACE (label_en || '!' AS label_en) FROM it")
    assert (found.same, found.causes) == (False, {})
    assert {(each.change, each.fields[0].field) for each in found.codebook} == {("wording", "label_en")}


def test_a_stichtag_that_came_or_went_is_one_cause_and_an_indikator_that_went_is_coverage(compared):
    found = compared(
        figures="""
        FROM it WHERE year(stichtag) = 2024 AND indikator_id <> 'wohnflaeche_je_einwohner'
        UNION ALL SELECT * REPLACE (stichtag + INTERVAL 2 YEAR AS stichtag) FROM it WHERE year(stichtag) = 2023"""
    )
    assert found.causes == {"stichtag": 18 + 18, "coverage": 6}
    assert [(each.stichtag, each.change) for each in found.stichtage] == [
        (dt.date(2023, 12, 31), "gone"),
        (dt.date(2025, 12, 31), "come"),
    ]
    gone = the_one(found, "wohnflaeche_je_einwohner")
    assert (gone.gone, gone.come, gone.severity, gone.why) == (12, 6, "high", ["figures_gone"])


def test_a_value_that_is_no_longer_delivered_is_coverage_gone(compared):
    found = compared(
        figures=f"""
        SELECT * REPLACE (CASE WHEN {ONE_FIGURE} THEN NULL ELSE wert END AS wert,
            CASE WHEN {ONE_FIGURE} THEN 'nicht_geliefert' ELSE status END AS status) FROM it"""
    )
    assert found.causes == {"coverage": 1}
    assert the_one(found, "einwohner").why == ["figures_gone"]


def test_a_value_that_differs_in_a_unit_with_another_outline_was_moved_by_the_boundary(compared):
    found = compared(
        figures="SELECT * REPLACE (CASE WHEN indikator_id = 'einwohner' AND raumebene = 'sozialraum' THEN wert + 1 "
        "ELSE wert END AS wert) FROM it",
        sha256="99" * 32,
        sozialraum="SELECT * REPLACE (CASE sozialraum_id WHEN '012001' THEN first(geometrie) OVER (ORDER BY "
        "sozialraum_id) ELSE geometrie END AS geometrie) FROM it",
    )  # fmt: skip
    assert found.causes == {"boundary": 2, "revised": 4}
    assert [(each.raum_id, each.change) for each in found.units] == [("012001", "boundary")]


def test_a_unit_in_another_larger_unit_is_another_boundary_and_another_name_is_none(compared):
    found = compared(
        sozialraum="""
        SELECT * REPLACE (CASE sozialraum_id WHEN '011002' THEN '012' ELSE stadtteil_id END AS stadtteil_id,
            CASE sozialraum_id WHEN '011001' THEN 'Neu' ELSE name END AS name) FROM it"""
    )
    assert [(each.raum_id, each.name, each.change) for each in found.units] == [
        ("011001", "Neu", "name"), ("011002", "Sozialraum 011002", "boundary"),
    ]  # fmt: skip


def test_a_stichtag_that_went_over_to_another_zuschnitt_was_moved_by_the_boundary(compared):
    found = compared(
        figures="SELECT * REPLACE (CASE WHEN year(stichtag) = 2024 THEN '2024-01-01' ELSE zuschnitt END AS zuschnitt, "
        f"CASE WHEN {ONE_FIGURE} THEN 1300 ELSE wert END AS wert) FROM it",
        sha256="99" * 32,
        **REDRAWN,
    )
    assert found.causes == {"boundary": 18}, "one figure each, not one gone and one come"
    assert {each.change for each in found.units} == {"come"}
    assert [(each.raum_id, each.zuschnitt, each.cause) for each in found.movers] == [
        ("011001", "2024-01-01", "boundary")
    ]


def test_a_unit_that_a_redraw_split_is_moved_by_the_boundary_too(compared):
    renamed = "FROM it UNION ALL SELECT * REPLACE ('2024-01-01' AS zuschnitt, CASE sozialraum_id WHEN '012001' "
    found = compared(
        figures="SELECT * REPLACE (CASE WHEN year(stichtag) = 2024 THEN '2024-01-01' ELSE zuschnitt END AS zuschnitt, "
        "CASE WHEN year(stichtag) = 2024 AND raum_id = '012001' THEN '012009' ELSE raum_id END AS raum_id) FROM it",
        **REDRAWN | {"sozialraum": renamed + "THEN '012009' ELSE sozialraum_id END AS sozialraum_id) FROM it"},
    )
    assert found.causes == {"boundary": 15 + 3 + 3}, "012001 went and 012009 came"


def test_a_stichtag_that_is_also_given_on_another_zuschnitt_is_coverage_come(compared):
    found = compared(
        figures="FROM it UNION ALL SELECT * REPLACE ('2024-01-01' AS zuschnitt) FROM it WHERE year(stichtag) = 2023",
        **REDRAWN,
    )
    assert found.causes == {"coverage": 18}


def test_every_differing_figure_is_counted_once(compared, first, city):
    found = compared(
        sha256="99" * 32,
        figures="""
            SELECT * REPLACE (
                CASE hash(it, 1) % 3 WHEN 0 THEN zuschnitt ELSE '2024-01-01' END AS zuschnitt,
                CASE hash(it, 2) % 3 WHEN 0 THEN wert ELSE wert + 1 END AS wert)
            FROM it WHERE hash(it, 3) % 4 > 0""",
        **REDRAWN,
    )
    with duckdb.connect() as con:
        for name, folder in (("a", first), ("b", city.root / "built" / "second")):
            attach(con, folder / DATABASE, name)
        (expected,) = con.execute("""
            SELECT count(*) FROM (FROM a.wert_alle) AS x FULL JOIN (FROM b.wert_alle) AS y
                USING (raumebene, raum_id, stichtag, indikator_id)
            WHERE x.wert IS DISTINCT FROM y.wert OR x.status IS DISTINCT FROM y.status
                OR x.zuschnitt IS DISTINCT FROM y.zuschnitt""").fetchone()
    assert found.different == expected == sum(each.different for each in found.indikatoren)
    assert found.causes["boundary"] > 0
    assert found.causes["coverage"] > 0


@pytest.mark.parametrize(
    ("query", "severity", "why"),
    first_of(
        [
            ("wert + 1", "low", ["other"]),
            ("CASE raum_id WHEN '012001' THEN wert * 1.2 ELSE wert END", "medium", ["figure_moved_far"]),
            ("CASE raum_id WHEN '05999' THEN wert * 1.2 ELSE wert END", "high", ["city_moved_far"]),
        ]
    ),
)
def test_severity_follows_from_how_far_figures_moved(compared, query, severity, why):
    found = compared(
        figures=f"SELECT * REPLACE (CASE indikator_id WHEN 'einwohner' THEN {query} ELSE wert END AS wert) FROM it"
    )
    (only,) = found.indikatoren
    assert (only.severity, only.why) == (severity, why)


def test_the_units_that_moved_most_come_first_with_their_furthest_figure(compared):
    found = compared(
        figures="""
        SELECT * REPLACE (CASE WHEN raum_id = '012001' THEN wert * 1.1
            WHEN raum_id = '011001' AND indikator_id = 'einwohner' THEN wert * 3 ELSE wert END AS wert) FROM it"""
    )
    assert [(each.raum_id, each.figures, each.indikatoren) for each in found.units_moved] == [
        ("012001", 6, 3), ("011001", 2, 1),
    ]  # fmt: skip
    assert found.units_moved[1].largest_movement == pytest.approx(2 / 3)
    assert found.units_moved[1].indikator_id == "einwohner"


@pytest.mark.thorough
def test_releases_whose_content_hashes_have_different_formats_are_compared_by_their_content(city):
    old, same = as_format_1(built(city, "old")), built(city, "same")
    assert between(old, same).same
    other = built(city, "other", katalog_hinweis="SELECT * REPLACE ('other' AS text_en) FROM it")
    differing = {each.table for each in between(other, old).comparisons if each.outcome == "different"}
    assert differing == {"hinweis"}


def test_a_fall_is_as_far_as_a_rise(compared):
    found = compared(
        figures="SELECT * REPLACE (CASE WHEN indikator_id <> 'einwohner' OR raumebene <> 'sozialraum' THEN wert "
        "WHEN raum_id = '012001' THEN wert - 100 ELSE wert + 1 END AS wert) FROM it"
    )
    assert (found.movers[0].raum_id, found.movers[0].difference) == ("012001", -100)
    assert [(each.raum_id, each.groesste_abweichung) for each in found.levels] == [("012001", -100)]
