"""What the change report says first, and which figures and movements it shows a reader."""

import datetime as dt
import re

import pytest

from flows.pages.about import About
from flows.pages.diff_page import diff_html, number
from flows.pages.diff_words import opening
from flows.profile.vocabulary import vocabulary
from tests.parameters import first_of
from tests.publish.comparing import REDRAWN, between, built

KLEINSTADT = About("Kleinstadt", synthetic=False)
ONE = "raum_id = '011001' AND stichtag = DATE '2024-12-31' AND indikator_id = 'einwohner'"
LATER = (
    "FROM it UNION ALL SELECT * REPLACE (stichtag + INTERVAL 1 YEAR AS stichtag) FROM it WHERE year(stichtag) = 2024"
)


def with_one_more_resident(more=1):
    return f"SELECT * REPLACE (CASE WHEN {ONE} THEN wert + {more} ELSE wert END AS wert) FROM it"


@pytest.mark.parametrize(
    ("figures", "german", "english"),
    first_of([
        ("FROM it WHERE year(stichtag) = 2024", "Entfallen: Stichtag 31.12.2023 mit 17 Zahlen. "
         "Es hat sich keine Zahl geändert.", "Gone: Stichtag 2023-12-31 with 17 figures. Of the figures none changed."),
        (with_one_more_resident(), "Es hat sich eine Zahl geändert.", "Of the figures 1 changed."),
        (LATER, "Neu: Stichtag 31.12.2025 mit 17 Zahlen. Von den früheren hat sich keine geändert.",
         "New: Stichtag 2025-12-31 with 17 figures. Of the earlier ones none changed."),
        (f"{with_one_more_resident()} WHERE indikator_id <> 'sgb2_quote' OR raum_id <> '011001'",
         "Es hat sich eine Zahl geändert, 2 entfielen.", "Of the figures 1 changed, 2 went."),
    ]),
    ids=["gone", "changed", "come", "changed and gone"],
)  # fmt: skip
def test_the_report_opens_with_what_a_person_would_say(compared, figures, german, english):
    said = opening(compared(figures=figures))

    assert (said.de, said.en) == (german, english)


def test_a_figure_that_stands_on_two_zuschnitte_is_one_change(compared):
    both = "FROM ({}) UNION ALL SELECT * REPLACE ('2024-01-01' AS zuschnitt) FROM ({})"
    found = compared(figures=both.format(with_one_more_resident(), with_one_more_resident()), **REDRAWN)

    assert (found.earlier.changed, found.earlier.elsewhere) == (0, 1), "today's came, the earlier one changed"
    assert "(dazu 1 auf früheren Zuschnitten)" in opening(found).de


def test_a_changed_figure_is_shown_with_the_unit_s_name_before_after_and_why(compared):
    found = compared(figures=with_one_more_resident(), sha256="99" * 32)
    (row,) = re.findall(r"<tr>.*?</tr>", diff_html(found, KLEINSTADT).partition('<table id="changed"')[2])[1:2]

    text = " ".join(re.sub(r"<[^>]*>", " ", row).split())

    assert text.endswith("Sozialraum Einwohner 31.12.2024 1.200 1.201 von der Quelle berichtigt")
    assert text.startswith("Sozialraum 011001 011001")


def test_a_figure_that_is_now_protected_is_a_word_and_comes_first(compared):
    rate = ONE.replace("einwohner", "sgb2_quote")
    found = compared(
        figures=f"""
        SELECT * REPLACE (
            CASE WHEN {rate} THEN NULL WHEN indikator_id = 'einwohner' THEN wert * 2 ELSE wert END AS wert,
            CASE WHEN {rate} THEN NULL ELSE zaehler END AS zaehler,
            CASE WHEN {rate} THEN 'geschuetzt' ELSE status END AS status) FROM it"""
    )

    assert (found.changed[0].raum_id, found.changed[0].after) == ("011001", None)
    assert f'data-label="jetzt">{vocabulary().status["geschuetzt"].short_de}</td>' in diff_html(found, KLEINSTADT)


def test_a_figure_that_stays_0_is_not_shown_before_one_that_moved(city):
    none = "CASE WHEN raum_id = '012001' AND indikator_id = 'sgb2_quote' THEN 0 ELSE wert END"
    before = built(city, "before", figures=f"SELECT * REPLACE ({none} AS wert) FROM it")
    three = f"CASE WHEN raum_id = '05999' AND indikator_id = 'einwohner' THEN wert * 3 ELSE {none} END"
    after = built(city, "after", figures=f"SELECT * REPLACE ({three} AS wert, 0.5 AS unsicherheit) FROM it")

    shown = [(each.raum_id, each.before, each.after) for each in between(before, after).changed]
    assert [unit for unit, *_ in shown[:2]] == ["05999"] * 2
    assert ("012001", 0, 0) in shown


def test_a_new_stichtag_is_a_sentence_and_no_row_of_any_indikator(compared):
    page = diff_html(compared(figures=LATER), KLEINSTADT)

    assert '<table id="indikatoren"' not in page
    assert "<rect" not in page


def test_what_moved_most_is_measured_against_the_other_units(compared):
    found = compared(
        figures="""
        SELECT * REPLACE (
            CASE WHEN year(stichtag) = 2023 OR indikator_id <> 'einwohner' THEN wert
                 WHEN raum_id = '012001' THEN wert * 1.5 ELSE wert * 1.01 END AS wert) FROM it"""
    )

    first = found.moved[0]
    assert (first.raum_id, first.indikator_id) == ("012001", "einwohner")
    assert (first.stichtag_before, first.stichtag) == (dt.date(2023, 12, 31), dt.date(2024, 12, 31))
    assert (first.city_before, first.city_after) == (2500, 2626)


def test_a_unit_that_did_not_move_is_not_among_those_that_moved_most(compared):
    moved = compared(figures="FROM it").moved

    assert [(each.raum_id, each.before, each.after) for each in moved] == [("011001", 9.090909, 8.333333)]


def test_an_estimate_is_no_movement(compared):
    found = compared(figures="SELECT * REPLACE (wert * year(stichtag) AS wert, 'area_weighted' AS methode) FROM it")

    assert found.moved == []


@pytest.mark.parametrize("synthetic", first_of([True, False]))
def test_the_page_of_an_invented_city_says_so(compared, synthetic):
    page = diff_html(compared(figures=LATER), About("Kleinstadt", synthetic))

    assert ("Kleinstadt ist erfunden" in page) is synthetic


@pytest.mark.parametrize(
    ("value", "written"),
    [(999999.7, "1.000.000"), (1084831, "1.084.831"), (1234.5, "1.234,5"), (1e-05, "0,00001"), (-0.0, "0"), (12, "12")],
)
def test_a_figure_is_written_for_german_readers_however_large_or_small(value, written) -> None:
    assert number(value) == written
