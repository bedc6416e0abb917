"""Files with one value a row, several header lines or units: flat files, static tables, editions of one matrix."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.profile.load import load_profile

FILE = "einwohner_2022.csv"
FFCSV = (
    "\ufeffstatistics_code;time;1_variable_attribute_code;2_variable_attribute_code;value;value_unit;value_q\n"
    "12411;2022-12-31;05998;GESM;{m};Anzahl;\n12411;2022-12-31;05998;;{sum};{unit};p\n"
    "12411;2022-12-31;05111;;7;Anzahl;\n12411;2022-12-31;05998;GESW;5;Anzahl;\n"
)
LONG = """
[source.amtlich.dialect]
format = "ffcsv"
encoding = "utf-8-sig"
missing = { "-" = "nichts", "." = "unbekannt", "..." = "spaeter", "/" = "unsicher", "x" = "sinnlos" }
[source.amtlich.dialect.long]
value = "value"
unit = "value_unit"
units = { Anzahl = 1, "1000" = 1000 }
[source.amtlich.dialect.long.columns]
insgesamt = { 2_variable_attribute_code = ["", "INSGESAMT"] }
[source.amtlich.official]
merkmale = { einwohner = "insgesamt" }
only = { 1_variable_attribute_code = ["05998"] }
"""
TOTAL = "SELECT stichtag::VARCHAR, merkmal, wert, status FROM stage.amtlich"


@pytest.fixture
def flat(source):
    return source(
        "amtlich", LONG, file=r"'amtlich\.csv'", stichtag='{ source = "column", column = "time", format = "%Y-%m-%d" }'
    )


def ffcsv(total: str = "12", unit: str = "Anzahl", men: str = "7") -> bytes:
    return FFCSV.format(sum=total, unit=unit, m=men).encode()


def test_the_wanted_row_is_found_by_its_codes_and_the_others_are_counted(stage_city, flat) -> None:
    staged = stage_city(flat, {"amtlich.csv": ffcsv()})
    assert staged.rows(TOTAL) == [("2022-12-31", "einwohner", 12, "ok")]
    assert staged.files == [("amtlich.csv", 4, 1, 0, 3)]


@pytest.mark.parametrize(("unit", "number"), [("Anzahl", 12), ("1000", 12_000)])
def test_the_unit_of_the_row_scales_it(stage_city, flat, unit: str, number: int) -> None:
    assert stage_city(flat, {"amtlich.csv": ffcsv(unit=unit)}).rows(TOTAL)[0][2] == number


def test_a_unit_that_the_contract_does_not_know_goes_to_quarantine_at_its_line(stage_city, flat) -> None:
    staged = stage_city(flat, {"amtlich.csv": ffcsv(unit="Mill. EUR")})
    assert staged.quarantine == [("amtlich.csv", 3, "insgesamt", "12")]
    assert staged.rules == ["a unit that sources.toml names (`long.units`)"]


@pytest.mark.parametrize(
    ("sign", "status", "wert"),
    [("-", "nichts", 0), (".", "unbekannt", None), ("...", "spaeter", None), ("/", "unsicher", None),
     ("x", "sinnlos", None)],
)  # fmt: skip
def test_every_sign_of_a_flat_file_keeps_its_status(stage_city, flat, sign: str, status: str, wert) -> None:
    assert stage_city(flat, {"amtlich.csv": ffcsv(sign)}).rows(TOTAL) == [("2022-12-31", "einwohner", wert, status)]


def test_a_broken_value_goes_to_quarantine_at_its_own_line(stage_city, flat) -> None:
    assert stage_city(flat, {"amtlich.csv": ffcsv("viele")}).quarantine == [("amtlich.csv", 3, "insgesamt", "viele")]


def test_codes_that_have_changed_are_told(refusal, flat) -> None:
    text = ffcsv().decode().replace(";05998;;", ";05998;GESI;").encode()
    message = refusal(flat, {"amtlich.csv": text})
    assert (
        "expected rows with 2_variable_attribute_code = '' or 'INSGESAMT' (they are the column 'insgesamt')" in message
    )


def test_a_second_row_for_the_same_figure_is_never_added(stage_city, flat) -> None:
    text = ffcsv() + b"12411;2022-12-31;05998;INSGESAMT;99;Anzahl;\n"
    staged = stage_city(flat, {"amtlich.csv": text})
    assert staged.rows(TOTAL) == [("2022-12-31", "einwohner", None, "unbekannt")]
    assert staged.quarantine == [("amtlich.csv", 6, "time", "2022-12-31")]


def test_a_long_matrix_of_base_units(stage_city, source) -> None:
    given = source(
        "einwohner",
        '[source.einwohner.dialect.long]\nvalue = "W"\n[source.einwohner.dialect.long.columns]\n'
        'EW = { M = "ew" }\nQM = { M = "qm" }\n'
        '[source.einwohner.matrix]\nunit = "BBS"\nmerkmale = { einwohner = ["EW"], wohnflaeche_qm = ["QM"] }\n',
    )
    text = "BBS;M;W\n01100001;ew;3\n01100002;qm;70,5\n01100001;qm;60\n01100002;ew;4\n01100002;gar;x\n"
    staged = stage_city(given, {"einwohner_2022.csv": text})
    assert staged.counts == {
        ("01100001", "einwohner"): 3, ("01100002", "einwohner"): 4,
        ("01100001", "wohnflaeche_qm"): 60, ("01100002", "wohnflaeche_qm"): 70.5,
    }  # fmt: skip
    assert staged.files == [("einwohner_2022.csv", 5, 4, 0, 1)]


PARTS = (
    '[source.einwohner.dialect.long]\nvalue = "W"\n[source.einwohner.dialect.long.columns]\n'
    'MAENNER = {{ G = "m" }}\nFRAUEN = {{ G = "w" }}\n'
    '[source.einwohner.matrix]\nunit = "BBS"\nunlisted = "{}"\n'
    'merkmale = {{ einwohner = ["MAENNER", "FRAUEN"], weiblich = ["FRAUEN"] }}\n'
)


@pytest.mark.parametrize(("unlisted", "sum_", "status"), [("missing", None, "unbekannt"), ("zero", 5, "ok")])
def test_a_sum_that_lacks_one_of_its_rows_is_unknown_unless_zero_is_left_out(
    stage_city, source, unlisted: str, sum_: float | None, status: str
) -> None:
    text = "BBS;G;W\n01100001;m;3\n01100001;w;4\n01100002;m;5\n"
    staged = stage_city(source("einwohner", PARTS.format(unlisted)), {FILE: text})
    found = staged.rows("SELECT basis_id, wert, status FROM stage.zaehlung WHERE merkmal = 'einwohner' ORDER BY 1")
    assert found == [("01100001", 7, "ok"), ("01100002", sum_, status)]


@pytest.mark.parametrize("unlisted", ["missing", "zero"])
def test_a_sum_of_which_a_row_is_in_quarantine_is_unknown(stage_city, source, unlisted: str) -> None:
    text = "BBS;G;W\n01100001;m;3\n01100001;w;4\n01100002;m;5\n01100002;w;viele\n01100003;m;viele\n01100003;w;6\n"
    staged = stage_city(source("einwohner", PARTS.format(unlisted)), {FILE: text})
    assert staged.rows("SELECT basis_id, merkmal, wert FROM stage.zaehlung ORDER BY ALL") == [
        ("01100001", "einwohner", 7), ("01100001", "weiblich", 4), ("01100002", "einwohner", None),
        ("01100002", "weiblich", None), ("01100003", "einwohner", None), ("01100003", "weiblich", 6),
    ]  # fmt: skip


def test_a_column_in_thousands(stage_city, source) -> None:
    staged = stage_city(source("einwohner", dialect="{ units = { EW = 1000 } }"), {FILE: "BBS;EW\n01100001;1,234\n"})
    assert staged.residents == {"01100001": 1234}


STATIC = (
    "Tabelle: 31121-06i\nFertigstellungen;;;;\n;;;NE: Wohnungen;NE: Wohnfläche\n;;;Anzahl;1000 qm\n"
    "2021;05;Nordrhein-Westfalen;9301;2967,9\n2021;05998;  Kleinstadt, krfr. Stadt;136;12,5\n"
    "2022;05998;  Kleinstadt, krfr. Stadt;-;-\n2022;05113;  Essen, krfr. Stadt;1;1,0\n__________\n(C)opyright IT.NRW\n"
)


def test_a_static_table_with_preamble_two_header_lines_and_footer(stage_city, source) -> None:
    given = source(
        "amtlich",
        "[source.amtlich.dialect]\n"
        'encoding = "cp1252"\npreamble = 2\nheader_rows = 2\nblank_headers = ["Jahr", "AGS", "Name"]\nfooter = "____"\n'
        'missing = { "-" = "nichts" }\nunits = { "NE: Wohnfläche / 1000 qm" = 1000 }\n'
        '[source.amtlich.official]\nonly = { AGS = ["05998"] }\nignore = ["Name"]\n'
        'merkmale = { wohnungen = "NE: Wohnungen / Anzahl", wohnflaeche_qm = "NE: Wohnfläche / 1000 qm" }\n',
        file=r"'31121\.csv'", stichtag='{ source = "column", column = "Jahr", format = "%Y" }',
    )  # fmt: skip
    staged = stage_city(given, {"31121.csv": STATIC.encode("cp1252")})
    assert sorted(staged.rows(TOTAL)) == [
        ("2021-12-31", "wohnflaeche_qm", 12_500, "ok"), ("2021-12-31", "wohnungen", 136, "ok"),
        ("2022-12-31", "wohnflaeche_qm", 0, "nichts"), ("2022-12-31", "wohnungen", 0, "nichts"),
    ]  # fmt: skip
    assert staged.files == [("31121.csv", 6, 2, 0, 4)]


def test_another_number_of_columns_without_a_header_is_told(refusal, source) -> None:
    given = source("einwohner", dialect='{ blank_headers = ["a", "b"] }')
    message = refusal(given, {"einwohner_2022.csv": "BBS;EW;\n01100001;1;x\n"})
    assert "expected 2 columns without a header (`blank_headers`), found 1" in message


# --- Editions of one matrix ---

EDITIONS = """
[source.ewr.matrix]
unit = "RAUMID"
ignore = ["BEZPGR"]
merkmale = { einwohner = ["E_E"], weiblich = ["E_EW"] }
[[source.ewr.variant]]
last = 2012
dialect = { decimal = ".", missing = { "." = "unbekannt" } }
columns = { EINW = "E_E" }
ignore = ["STADTRAUM"]
[[source.ewr.variant]]
file = 'EWR_2019.*'
ignore = ["STADTRAUM"]
"""


def test_editions_of_one_matrix_are_one_source(stage_city, source) -> None:
    given = source(
        "ewr", EDITIONS, file=r"'EWR_(L21_)?(?P<year>\d{4})\.csv'", dialect='{ missing = { NA = "unbekannt" } }'
    )
    staged = stage_city(given, {
        "EWR_2012.csv": '"RAUMID";"STADTRAUM";"EINW";"E_EW"\n"01100001";"1";2930.00;.\n',
        "EWR_2019.csv": "RAUMID;STADTRAUM;E_E;E_EW\n01100001;1;3445;1645\n",
        "EWR_L21_2024.csv": "RAUMID;BEZPGR;E_E;E_EW\n01100001;0110;3580,00;NA\n",
    })  # fmt: skip
    found = staged.rows("SELECT year(stichtag), merkmal, wert, status FROM stage.zaehlung ORDER BY ALL")
    assert found == [(2024, "einwohner", 3580, "ok"), (2024, "weiblich", None, "unbekannt")]
    assert staged.quarantine == [  # the small city begins in 2020
        ("EWR_2012.csv", 2, "", "2012-12-31"), ("EWR_2019.csv", 2, "", "2019-12-31"),
    ]  # fmt: skip


def test_a_column_of_another_edition_is_new_here(refusal, source) -> None:
    given = source("ewr", EDITIONS, file=r"'EWR_(L21_)?(?P<year>\d{4})\.csv'")
    message = refusal(given, {"EWR_L21_2024.csv": "RAUMID;STADTRAUM;E_E;E_EW\n01100001;1;1;1\n"})
    assert "'STADTRAUM' is new" in message


@pytest.mark.real
@pytest.mark.parametrize("name", ["EWR201212E_Matrix", "EWR201912E_Matrix", "EWR_L21_202412E_Matrix"])
def test_berlins_source_knows_the_columns_of_every_edition(workbench, real_folder: Path, name: str) -> None:
    """The excerpts hold the first columns only: what they have is in the contract or ignored by their variant."""
    source = next(one for one in load_profile("berlin").sources if one.id == "ewr_matrix")
    head = (real_folder / "berlin" / "raw_excerpts" / f"{name}.EXCERPT.csv").read_text(encoding="utf-8").splitlines()[0]
    found = [column.strip('"') for column in head.split(source.dialect.delimiter)]
    written = source.as_written_in(f"{name}.csv")
    assert source.matrix is not None
    wanted = {column for parts in source.matrix.merkmale.values() for column in source.expand(parts)}
    known = wanted | {*source.expand(source.matrix.ignore), *written.ignored_here, source.matrix.unit, "ZEIT"}
    assert set(found) - known == set()


@pytest.mark.real
def test_a_real_static_table(stage_city, source, small_city, real_folder: Path) -> None:
    """Düsseldorf in the excerpt of 31121-06i: 136 new residential buildings with 1,525 dwellings in 2025."""
    small_city.spoil("city.toml", "05998", "05111")
    given = source(
        "amtlich",
        "[source.amtlich.dialect]\n"
        'encoding = "cp1252"\npreamble = 5\nheader_rows = 2\nblank_headers = ["Jahr", "AGS", "Name", "Art"]\n'
        'footer = "____"\nmissing = { "-" = "nichts" }\n'
        '[source.amtlich.official]\nonly = { AGS = ["05111"], Art = ["Wohngebäude insgesamt"] }\n'
        'ignore = ["Name", "NE: Wohngebäude / Anzahl", "NE: Wohnräume in Wohngebäuden / Anzahl", '
        '"NE: Nutzfläche  in Wohngebäuden / qm"]\n'
        'merkmale = { wohnungen = "NE: Wohnungen in Wohngebäuden / Anzahl", '
        'wohnflaeche_qm = "NE: Wohnfläche in Wohngebäuden / qm" }\n',
        file=r"'31121\.csv'", stichtag='{ source = "column", column = "Jahr", format = "%Y" }',
    )  # fmt: skip
    content = (real_folder / "ldb_nrw" / "31121-06i_00.EXCERPT.csv").read_bytes()
    staged = stage_city(given, {"31121.csv": content})
    assert sorted(staged.rows(TOTAL)) == [
        ("2025-12-31", "wohnflaeche_qm", 120_825, "ok"), ("2025-12-31", "wohnungen", 1525, "ok"),
    ]  # fmt: skip


@pytest.mark.parametrize("unit", ["", "1000"])
def test_a_blank_unit_is_one_that_must_be_named(stage_city, source, unit: str) -> None:
    units = LONG.replace('{ Anzahl = 1, "1000" = 1000 }', '{ "1000" = 1000 }')
    given = source(
        "amtlich", units, file=r"'amtlich\.csv'", stichtag='{ source = "column", column = "time", format = "%Y-%m-%d" }'
    )
    staged = stage_city(given, {"amtlich.csv": ffcsv(unit=unit)})
    assert staged.quarantine == ([("amtlich.csv", 3, "insgesamt", "12")] if not unit else [])


# --- Rows by combination ---

COMBINED = (
    '[source.einwohner.dialect.long]\nvalue = "EW"\nsum = true\nover = {{ {over} }}\ntotals = {{ {totals} }}\n'
    '[source.einwohner.dialect.long.columns]\nm = {{ SEX = "m" }}\nw = {{ SEX = "w" }}\n'
    '[source.einwohner.matrix]\nunit = "BBS"\nunlisted = "{unlisted}"\n'
    'merkmale = {{ einwohner = ["m", "w"], weiblich = ["w"] }}\n'
)
ROWS = "BBS;SEX;NAT;EW\n" + "".join(
    f"0110000{unit};{sex};{nat};{10 * unit + len(nat) + (sex == 'w')}\n"
    for unit in (1, 2, 3) for sex in "mw" for nat in ("D", "AA")
)  # fmt: skip


@pytest.fixture
def combined(source):
    def given(over: str = 'NAT = ["D", "AA"]', totals: str = "", unlisted: str = "missing") -> str:
        return source("einwohner", COMBINED.format(over=over, totals=totals, unlisted=unlisted))

    return given


def test_rows_by_combination_are_added_over_what_is_named(stage_city, combined) -> None:
    staged = stage_city(combined(), {FILE: ROWS})
    assert staged.residents == {"01100001": 48, "01100002": 88, "01100003": 128}
    assert staged.counts["01100002", "weiblich"] == 45
    assert staged.files == [(FILE, 12, 12, 0, 0)]


@pytest.mark.parametrize(("unlisted", "sum_"), [("missing", None), ("zero", 36)])
def test_a_sum_that_lacks_a_combination_is_unknown_unless_zero_is_left_out(
    stage_city, combined, unlisted: str, sum_: int | None
) -> None:
    text = ROWS.replace("01100001;m;AA;12\n", "")
    assert stage_city(combined(unlisted=unlisted), {FILE: text}).residents["01100001"] == sum_


def test_an_unknown_text_of_a_dimension_is_refused_with_its_line(refusal, combined) -> None:
    message = refusal(combined(), {FILE: ROWS.replace(";AA;", ";A*;", 1)})
    assert f"File {FILE}, line 3: expected in column NAT a text of `long.over` or `long.totals`" in message
    assert "found 'A*'" in message


def test_a_text_that_no_row_has_is_told(refusal, combined) -> None:
    message = refusal(combined('NAT = ["D", "AA", "OHNE"]'), {FILE: ROWS})
    assert "expected rows with each text of `long.over` in column NAT, found none with 'OHNE'" in message


def test_totals_are_left_out_and_counted(stage_city, combined) -> None:
    text = ROWS + "01100001;m;Z;23\n01100001;w;Z;25\n"
    staged = stage_city(combined(totals='NAT = ["Z"]'), {FILE: text})
    assert staged.residents["01100001"] == 48
    assert staged.files == [(FILE, 14, 12, 0, 2)]


def test_a_unit_of_which_the_file_has_only_a_total_is_not_one_with_nobody(stage_city, combined) -> None:
    text = ROWS + "01100004;m;Z;23\n"
    staged = stage_city(combined(totals='NAT = ["Z"]', unlisted="zero"), {FILE: text})
    assert staged.rows("SELECT basis_id FROM stage.entfallen_einheit") == [("01100004",)]


def test_a_total_among_the_parts_is_known_by_its_figures(refusal, combined) -> None:
    totals = "".join(
        f"0110000{unit};{sex};X;{20 * unit + 3 + 2 * (sex == 'w')}\n" for unit in (1, 2, 3) for sex in "mw"
    )
    message = refusal(combined('NAT = ["D", "AA", "X"]'), {FILE: ROWS + totals})
    assert "found that 'X' is the sum of the others in all 6 cases: it would count twice" in message


@pytest.mark.parametrize("more", ['missing = { "." = "unbekannt" }', ""])
def test_a_total_among_the_parts_is_known_beside_a_figure_that_is_lacking_or_rounded(
    refusal, source, more: str
) -> None:
    given = source(
        "einwohner",
        COMBINED.format(over='NAT = ["D", "AA", "X"]', totals="", unlisted="missing"),
        **({} if more else {"rounded_to": "5"}),
    )
    long = "[source.einwohner.dialect.long]"
    given = given.replace(long, f"[source.einwohner.dialect]\n{more}\n{long}")
    lacking = ROWS.replace("01100001;m;D;11", "01100001;m;D;.") if more else ROWS
    off = 0 if more else 2
    totals = "".join(
        f"0110000{unit};{sex};X;{20 * unit + 3 + off + 2 * (sex == 'w')}\n" for unit in (1, 2, 3) for sex in "mw"
    )
    assert "found that 'X' is the sum of the others" in refusal(given, {FILE: lacking + totals})


@pytest.mark.parametrize("word", ["Insgesamt", "zusammen", "TOTAL"])
def test_a_total_among_the_parts_is_known_by_its_name(refusal, combined, word: str) -> None:
    assert "is called like a total" in refusal(combined(f'NAT = ["D", "AA", "{word}"]'), {FILE: ROWS})


def test_a_combination_that_stands_twice_is_never_added(stage_city, combined) -> None:
    staged = stage_city(combined(), {FILE: ROWS + "01100001;m;D;11\n"})
    assert staged.quarantine == [(FILE, 14, "BBS", "01100001")]
    assert staged.rules == ["one row for each base unit and Stichtag"]
    assert ("01100001", "einwohner") not in staged.counts


def test_ages_are_a_run_of_texts(stage_city, source) -> None:
    text = "BBS;SEX;AGE;EW\n" + "".join(f"01100001;{sex};{age};{age}\n" for sex in "mw" for age in range(12))
    given = source("einwohner", COMBINED.format(over='AGE = ["0..11"]', totals="", unlisted="missing"))
    assert stage_city(given, {FILE: text}).residents == {"01100001": 132}
