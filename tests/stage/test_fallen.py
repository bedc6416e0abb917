"""A unit whose row fell out is not one without a row: where a source leaves out what is empty, it is unknown, not 0."""

from __future__ import annotations

import pytest

FILE = "einwohner_2022.csv"
ONLY = (
    'matrix = {{ unit = "BBS", merkmale = {{ nichtdeutsche = ["EW"] }}, only = {{ NAT = ["Ausländer"] }}, '
    'unlisted = "zero"{} }}'
)
ROWS = "BBS;NAT;EW\n01100001;Ausländer;12\n01100002;Deutsche;7\n01100003;Ausländer*;400\n"
FALLEN = "SELECT stichtag::VARCHAR, basis_id FROM stage.entfallen_einheit ORDER BY ALL"
DAY = "2022-12-31"


def drop(rule: str = '{ column = "ART", equals = ["geheim"], rule = "geheim" }') -> str:
    return f'matrix = {{ unit = "BBS", merkmale = {{ einwohner = ["EW"] }}, drop = [{rule}], unlisted = "zero" }}'


def test_what_only_leaves_out_is_not_unlisted(stage_city, source) -> None:
    staged = stage_city(source("einwohner", ONLY.format("")), {FILE: ROWS})
    assert staged.counts == {("01100001", "nichtdeutsche"): 12}
    assert staged.rows(FALLEN) == [(DAY, "01100002"), (DAY, "01100003")]


def test_what_a_drop_rule_leaves_out_is_not_unlisted(stage_city, source) -> None:
    text = "BBS;ART;EW\n01100001;offen;12\n01100002;geheim;7\nInsgesamt;geheim;19\n"
    staged = stage_city(source("einwohner", drop()), {FILE: text})
    assert staged.rows(FALLEN) == [(DAY, "01100002")]  # what is no unit is none that fell out


def test_what_a_correction_leaves_out_is_not_unlisted(stage_city, source, small_city) -> None:
    small_city.write(
        "corrections.toml",
        '[[correction]]\nsource = "einwohner"\nwhere = { BBS = "01100002" }\naction = "drop"\nrows = 1\n'
        'reason = "wrong"\nreported = "2022-01-01"\n',
    )
    contract = 'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"] }, unlisted = "zero" }'
    staged = stage_city(source("einwohner", contract), {FILE: "BBS;EW\n01100001;12\n01100002;7\n"})
    assert staged.rows(FALLEN) == [(DAY, "01100002")]


def test_a_row_in_quarantine_that_names_no_unit_may_be_of_any(stage_city, source) -> None:
    contract = 'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"] }, unlisted = "zero" }'
    staged = stage_city(source("einwohner", contract), {FILE: "BBS;EW\n01100001;12\nO1100002;7\n"})
    assert staged.rows(FALLEN) == [(DAY, None)]


def test_a_row_in_quarantine_that_names_no_day_may_be_of_any(stage_city, source) -> None:
    contract = 'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"] }, unlisted = "zero" }'
    given = source("einwohner", contract, stichtag='{ source = "column", column = "TAG" }')
    text = "BBS;TAG;EW\n01100001;2022-12-31;12\n01100002;gestern;7\n01100003;1999-12-31;7\n"
    assert stage_city(given, {FILE: text}).rows(FALLEN) == [(None, None)]  # before the first Zuschnitt: of none


def test_a_row_that_names_its_unit_makes_no_other_unknown(stage_city, source) -> None:
    contract = 'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"] }, unlisted = "zero" }'
    assert stage_city(source("einwohner", contract), {FILE: "BBS;EW\n01100001;viele\n"}).rows(FALLEN) == []


@pytest.mark.parametrize("unlisted", ["", ', unlisted = "missing"'])
def test_where_every_unit_must_be_listed_nothing_is_noted(stage_city, source, unlisted: str) -> None:
    contract = ONLY.format("").replace(', unlisted = "zero"', unlisted)
    assert stage_city(source("einwohner", contract), {FILE: ROWS}).rows(FALLEN) == []


def test_leading_zeros_that_a_unit_has_lost_do_not_hide_it(stage_city, source) -> None:
    contract = ONLY.format(", unit_digits = 8")
    text = "BBS;NAT;EW\n1100001;Ausländer;12\n1100002;Ausländer*;7\n"
    assert stage_city(source("einwohner", contract), {FILE: text}).rows(FALLEN) == [(DAY, "01100002")]


# --- Rows of other kinds that are known ---


def test_a_unit_of_which_only_known_other_rows_are_listed_is_empty(stage_city, source) -> None:
    text = ROWS.replace("01100003;Ausländer*;400\n", "")
    staged = stage_city(source("einwohner", ONLY.format(', others = { NAT = ["Deutsche"] }')), {FILE: text})
    assert staged.rows(FALLEN) == []


def test_a_text_that_is_of_no_known_row_is_refused_with_its_line(refusal, source) -> None:
    message = refusal(source("einwohner", ONLY.format(', others = { NAT = ["Deutsche"] }')), {FILE: ROWS})
    assert "line 4: expected in column NAT one of 'Ausländer', 'Deutsche', found 'Ausländer*'" in message


def test_others_are_of_columns_by_which_rows_are_picked(refusal, source) -> None:
    message = refusal(source("einwohner", ONLY.format(', others = { ART = ["Deutsche"] }')), {FILE: ROWS})
    assert "`others`: ART is no column by which `only` or `long.columns` picks rows (NAT)" in message


# --- Long tables ---

LONG = (
    '[source.einwohner.dialect.long]\nvalue = "W"\n[source.einwohner.dialect.long.columns]\n'
    'MAENNER = {{ G = "m" }}\nFRAUEN = {{ G = "w" }}\n'
    '[source.einwohner.matrix]\nunit = "BBS"\nunlisted = "zero"\n'
    'merkmale = {{ einwohner = ["MAENNER", "FRAUEN"], weiblich = ["FRAUEN"] }}\n{}'
)


def test_a_column_of_a_unit_of_which_another_row_fell_out_is_not_empty(stage_city, source) -> None:
    text = "BBS;G;W\n01100001;m;3\n01100001;w;4\n01100002;m;5\n01100002;w*;6\n01100003;m;7\n"
    staged = stage_city(source("einwohner", LONG.format("")), {FILE: text})
    assert staged.residents == {"01100001": 7, "01100002": None, "01100003": 7}
    assert staged.rows(FALLEN) == [(DAY, "01100002")]


def test_a_column_is_empty_where_other_rows_are_known(stage_city, source) -> None:
    text = "BBS;G;W\n01100001;m;3\n01100001;w;4\n01100002;m;5\n01100002;gesamt;5\n"
    staged = stage_city(source("einwohner", LONG.format('others = { G = ["gesamt"] }\n')), {FILE: text})
    assert staged.residents == {"01100001": 7, "01100002": 5}


def test_a_row_of_nobody_knows_whom_leaves_no_column_empty(stage_city, source) -> None:
    text = "BBS;G;W\n01100001;m;3\n01100001;w;4\n01100002;m;5\nxxx;w;6\n"
    assert stage_city(source("einwohner", LONG.format("")), {FILE: text}).residents == {
        "01100001": 7, "01100002": None,
    }  # fmt: skip


def test_what_fell_out_is_kept_with_the_result_of_its_file(stage_city, source, tmp_path) -> None:
    given = source("einwohner", ONLY.format(""))
    first = stage_city(given, {FILE: ROWS}, home=tmp_path / "home", keeping=True)
    again = stage_city(given, {FILE: ROWS}, home=tmp_path / "home", keeping=True)
    assert again.rows(FALLEN) == first.rows(FALLEN) != []
