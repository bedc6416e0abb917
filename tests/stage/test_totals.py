"""The office's own totals among the rows of base units are control sums: never units, never figures."""

from __future__ import annotations

import pytest

from flows.base.errors import ConfigError

FILE = "einwohner_2022.csv"
CONTRACT = (
    'matrix = {{ unit = "GEBIET", merkmale = {{ einwohner = ["EW"] }}, '
    'totals = {{ stadtteil = {{ "Bezirk 1" = "011" }}, stadt = {{ Insgesamt = "05998" }} }}{} }}'
)
TOTALS = "SELECT raumebene, raum_id, merkmal, wert, status FROM stage.kontrollsumme ORDER BY ALL"
ROWS = "GEBIET;EW\n01100001;100\n01100002;200\n"


def test_a_total_is_staged_apart_from_the_units(stage_city, source) -> None:
    staged = stage_city(source("einwohner", CONTRACT.format("")), {FILE: ROWS + "Bezirk 1;310\nInsgesamt;310\n"})

    assert staged.residents == {"01100001": 100, "01100002": 200}
    assert staged.rows(TOTALS) == [("stadt", "05998", "einwohner", 310.0, "ok"),
                                   ("stadtteil", "011", "einwohner", 310.0, "ok")]  # fmt: skip
    assert staged.rows("SELECT zeilen, uebernommen, quarantaene, entfallen FROM stage.datei") == [(4, 4, 0, 0)]


def test_a_total_is_read_as_the_file_writes_figures(stage_city, source) -> None:
    given = source("einwohner", CONTRACT.format(""), dialect='{ thousands = ".", missing = { "." = "unbekannt" } }')
    staged = stage_city(given, {FILE: ROWS + "Bezirk 1;1.310\nInsgesamt;.\n"})

    assert staged.rows(TOTALS) == [("stadt", "05998", "einwohner", None, "unbekannt"),
                                   ("stadtteil", "011", "einwohner", 1310.0, "ok")]  # fmt: skip


def test_a_total_that_cannot_be_read_is_in_quarantine_and_makes_no_figure_unknown(stage_city, source) -> None:
    given = source("einwohner", CONTRACT.format(', unlisted = "zero"'), quarantine="1")
    staged = stage_city(given, {FILE: ROWS + "Bezirk 1;viele\n"})

    assert staged.rows(TOTALS) == []
    assert staged.rows("SELECT zeile, wert FROM stage.quarantaene") == [(4, "viele")]
    assert staged.rows("FROM stage.ungewiss") == []
    assert staged.rows("FROM stage.entfallen_einheit") == []


def test_a_total_of_one_unit_stands_once_for_a_stichtag(stage_city, source) -> None:
    given = source("einwohner", CONTRACT.format(""), quarantine="1")
    staged = stage_city(given, {FILE: ROWS + "Bezirk 1;310\nBezirk 1;311\n"})

    assert staged.rows("SELECT zeile, regel FROM stage.quarantaene") == [(5, "one row for each base unit and Stichtag")]


def test_a_long_table_has_totals_too(stage_city, source) -> None:
    long = '{ long = { value = "EW", columns = { EW = { ART = ["w", "m"] } } } }'
    staged = stage_city(
        source("einwohner", CONTRACT.format(""), dialect=long),
        {FILE: "GEBIET;ART;EW\n01100001;w;100\nBezirk 1;w;310\n01100001;x;9\n"},
    )

    assert staged.residents == {"01100001": 100}
    assert staged.rows(TOTALS) == [("stadtteil", "011", "einwohner", 310.0, "ok")]


@pytest.mark.slow
def test_totals_are_kept_with_their_file(stage_city, source) -> None:
    given, files = source("einwohner", CONTRACT.format("")), {FILE: ROWS + "Bezirk 1;310\n"}
    anew, kept = (stage_city(given, files, keeping=True).rows(TOTALS) for _ in range(2))

    assert anew == kept == [("stadtteil", "011", "einwohner", 310.0, "ok")]


def test_a_row_that_is_no_declared_total_is_still_none_of_a_unit(stage_city, source) -> None:
    given = source("einwohner", CONTRACT.format(""), quarantine="1")
    staged = stage_city(given, {FILE: ROWS + "Bezirk 2;310\n"})

    assert staged.rows("SELECT zeile, wert FROM stage.quarantaene") == [(4, "Bezirk 2")]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("stadtteil = {", "viertel = {", "'viertel' is no Raumebene"),
        ('"011"', '"Bezirk"', "totals.stadtteil: expected for 'Bezirk 1' an id like"),
        ('"05998"', '"05999"', "totals.stadt: expected for 'Insgesamt' the city's unit 05998, found '05999'"),
        ("Insgesamt =", '"Bezirk 1" =', "Bezirk 1 is the total of two units"),
        (" } } }", ' } }, drop = [{ column = "GEBIET", equals = ["Insgesamt"], rule = "x" }] }', "or in `drop` too"),
    ],
)
def test_totals_that_can_be_of_no_unit_are_refused(small_city, source, old: str, new: str, told: str) -> None:
    small_city.write("sources.toml", source("einwohner", CONTRACT.format("").replace(old, new)))
    with pytest.raises(ConfigError) as refused:
        small_city.load()
    assert told in str(refused.value)
