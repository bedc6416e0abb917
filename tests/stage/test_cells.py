"""Numbers, dates and missing-value signs: each cell is what its dialect says, or goes to quarantine."""

import pytest

from tests.stage.deliveries import FILE, TABLE


@pytest.mark.parametrize(
    ("dialect", "cell", "number"),
    [
        ('{ thousands = "." }', "1.234", 1234),
        ('{ thousands = "." }', "1234", 1234),
        ('{ thousands = "." }', "1.234.567", 1234567),
        ('{ thousands = ".", decimal = "," }', "1.234,00", 1234),
        ('{ thousands = " " }', "1 234", 1234),
        ('{ thousands = ",", decimal = "." }', "1,234.0", 1234),
        ('{ decimal = "," }', "2930,00", 2930),
        ('{ decimal = "." }', "2930.0", 2930),
        ("{}", "0", 0),
        ("{}", "007", 7),
        ("{}", " 12 ", 12),
    ],
)
def test_numbers_as_the_dialect_writes_them(stage_city, source, dialect: str, cell: str, number: int) -> None:
    staged = stage_city(source("einwohner", dialect=dialect), {FILE: f'BBS;EW\n01100001;"{cell}"\n'})
    assert staged.residents == {"01100001": number}
    assert staged.statuses == {"01100001": "ok"}


@pytest.mark.parametrize(
    ("dialect", "cell"),
    [
        ('{ thousands = "." }', "1.23"),
        ('{ thousands = "." }', "12.34"),
        ('{ thousands = "." }', "1234.567"),
        ('{ thousands = ".", decimal = "," }', "1,234.5"),
        ("{}", "1.234"),
        ('{ decimal = "." }', "1,5"),
        ("{}", ""),
        ("{}", "1e3"),
        ("{}", "0x10"),
        ("{}", "1_000"),
        ("{}", "+5"),
        ("{}", "٣"),
        ("{}", "12 (r)"),
        ("{}", "9" * 400),
        ("{}", "1\r2"),
        ("{}", "1\n2"),
        ("{}", "1,2;3"),
        ("{}", "1'2"),
        ("{}", "NULL"),
        ("{}", "NaN"),
        ("{}", "inf"),
    ],
)
def test_what_is_no_number_of_the_dialect_goes_to_quarantine(stage_city, source, dialect: str, cell: str) -> None:
    staged = stage_city(source("einwohner", dialect=dialect), {FILE: f'BBS;EW\n01100001;"{cell}"\n01100002;7\n'})
    assert staged.residents == {"01100002": 7}
    assert staged.quarantine == [(FILE, 2, "EW", cell)]
    assert staged.rules == ["a number as sources.toml writes them, or a known missing-value sign"]
    assert staged.files == [(FILE, 2, 1, 1, 0)]


@pytest.mark.parametrize(
    ("sign", "status", "value"),
    [
        ("-", "nichts", 0), ("\u2013", "nichts", 0), (".", "unbekannt", None), ("\u2022", "unbekannt", None),
        ("...", "spaeter", None), ("x", "sinnlos", None), ("/", "unsicher", None), ("NA", "unbekannt", None),
        ("", "unbekannt", None),
    ],
)  # fmt: skip
def test_every_missing_value_sign_keeps_its_status(stage_city, source, sign: str, status: str, value) -> None:
    dialect = f'{{ missing = {{ "{sign}" = "{status}" }} }}'
    staged = stage_city(source("einwohner", dialect=dialect), {FILE: f"BBS;EW\n01100001;{sign}\n01100002;7\n"})
    assert staged.residents == {"01100001": value, "01100002": 7}
    assert staged.statuses == {"01100001": status, "01100002": "ok"}
    assert staged.files == [(FILE, 2, 2, 0, 0)]


@pytest.mark.parametrize("sign", ["-", ".", "...", "/", "x"])
def test_a_sign_that_the_contract_does_not_know_is_never_a_number(stage_city, source, sign: str) -> None:
    staged = stage_city(source("einwohner"), {FILE: f"BBS;EW\n01100001;{sign}\n01100002;7\n"})
    assert staged.quarantine == [(FILE, 2, "EW", sign)]


def test_of_several_signs_below_one_sum_the_first_status_of_the_vocabulary_counts(stage_city, source) -> None:
    contract = 'matrix = { unit = "BBS", merkmale = { einwohner = ["M", "W", "D"] } }'
    dialect = '{ missing = { "." = "unbekannt", "/" = "unsicher", "..." = "spaeter" } }'
    rows = "01100001;/;...;1\n01100002;...;.;/\n01100003;...;1;...\n"
    staged = stage_city(source("einwohner", dialect=dialect, contract=contract), {FILE: f"BBS;M;W;D\n{rows}"})
    assert staged.statuses == {"01100001": "unsicher", "01100002": "unbekannt", "01100003": "spaeter"}


def test_a_sum_with_an_unknown_part_is_unknown_and_one_of_nothings_is_nothing(stage_city, source) -> None:
    contract = 'matrix = { unit = "BBS", merkmale = { einwohner = ["M", "W"], weiblich = ["W"] } }'
    dialect = '{ missing = { "-" = "nichts", "." = "unbekannt" } }'
    text = "BBS;M;W\n01100001;5;.\n01100002;5;-\n01100003;-;-\n"
    staged = stage_city(source("einwohner", contract, dialect=dialect), {FILE: text})
    assert staged.counts == {
        ("01100001", "einwohner"): None, ("01100001", "weiblich"): None,
        ("01100002", "einwohner"): 5, ("01100002", "weiblich"): 0,
        ("01100003", "einwohner"): 0, ("01100003", "weiblich"): 0,
    }  # fmt: skip
    assert staged.statuses == {"01100001": "unbekannt", "01100002": "ok", "01100003": "nichts"}


@pytest.mark.parametrize(
    ("written", "cell", "stichtag"),
    [
        ("%d.%m.%Y", "31.12.2022", "2022-12-31"),
        ("%d.%m.%Y", "30.06.2022", "2022-06-30"),
        ("%Y-%m-%d", "2022-12-31", "2022-12-31"),
        ("%Y", "2022", "2022-12-31"),
        ("%Y%m", "202206", "2022-06-30"),
        ("%m/%Y", "02/2024", "2024-02-29"),
    ],
)
def test_a_stichtag_in_a_column(stage_city, source, written: str, cell: str, stichtag: str) -> None:
    rule = f'{{ source = "column", column = "TAG", format = "{written}" }}'
    staged = stage_city(source("einwohner", stichtag=rule), {FILE: f"BBS;TAG;EW\n01100001;{cell};12\n"})
    assert staged.stichtage == [stichtag]


@pytest.mark.parametrize("cell", ["31.02.2022", "2022-12-31", "", "gestern"])
def test_a_stichtag_that_is_none_goes_to_quarantine(stage_city, source, cell: str) -> None:
    rule = '{ source = "column", column = "TAG", format = "%d.%m.%Y" }'
    text = f"BBS;TAG;EW\n01100001;{cell};12\n01100002;31.12.2022;7\n"
    staged = stage_city(source("einwohner", stichtag=rule), {FILE: text})
    assert staged.residents == {"01100002": 7}
    assert staged.quarantine == [(FILE, 2, "TAG", cell or None)]
    assert staged.rules == ["a Stichtag in the format of sources.toml"]


@pytest.mark.parametrize("cell", ["31.12.22", "31.12.2019"])
def test_a_stichtag_before_the_first_zuschnitt_goes_to_quarantine(stage_city, source, cell: str) -> None:
    rule = '{ source = "column", column = "TAG", format = "%d.%m.%Y" }'
    text = f"BBS;TAG;EW\n01100001;{cell};12\n01100002;31.12.2022;7\n"
    staged = stage_city(source("einwohner", stichtag=rule), {FILE: text})
    assert staged.quarantine == [(FILE, 2, "TAG", cell)]
    assert staged.rules == ["a Stichtag that lies in a Zuschnitt of city.toml"]


def test_a_stichtag_that_the_profile_gives(stage_city, source) -> None:
    rule = '{ source = "fixed", fixed = 2023-06-30 }'
    assert stage_city(source("einwohner", stichtag=rule), {FILE: TABLE}).stichtage == ["2023-06-30"]


@pytest.mark.parametrize(
    ("dialect", "cell"),
    [
        ('missing = { "999" = "unbekannt" }', "999"),
        ('missing = { "0" = "unbekannt" }', "0"),
        ('missing = { "99.999" = "unbekannt" }, thousands = "."', "99.999"),
    ],
)
def test_a_sign_that_looks_like_a_number_is_a_sign(stage_city, source, dialect: str, cell: str) -> None:
    staged = stage_city(source("einwohner", dialect=f"{{ {dialect} }}"), {FILE: f"BBS;EW\n01100001;{cell}\n"})
    assert staged.residents == {"01100001": None}
    assert staged.statuses == {"01100001": "unbekannt"}


# --- Thousands, marks, noise ---


@pytest.mark.parametrize("sign", [" ", "\xa0", "\u202f", "\u2009"])
def test_a_blank_between_thousands_is_any_blank(stage_city, source, sign: str) -> None:
    staged = stage_city(source("einwohner", dialect='{ thousands = " " }'), {FILE: f"BBS;EW\n01100001;1{sign}234\n"})
    assert staged.residents == {"01100001": 1234}


@pytest.mark.parametrize("sign", ["'", "\u2019"])
def test_an_apostrophe_between_thousands_is_either_of_them(stage_city, source, sign: str) -> None:
    text = f"BBS;EW\n01100001;1{sign}234{sign}567\n01100002;1{sign}23\n01100003;48\n"
    staged = stage_city(source("einwohner", dialect="""{ thousands = "'" }"""), {FILE: text})
    assert staged.residents == {"01100001": 1234567, "01100003": 48}
    assert staged.quarantine == [(FILE, 3, "EW", f"1{sign}23")]


MARKS = '{ marks = { "(#)" = "unsicher", "# p" = "gilt", "# r" = "gilt", "# 1)" = "gilt", "<#" = "unbekannt" } }'


@pytest.mark.parametrize(
    ("cell", "value", "status"),
    [
        ("(48)", None, "unsicher"), ("48 p", 48, "ok"), ("250 r", 250, "ok"), ("250\xa0r", 250, "ok"),
        ("250 1)", 250, "ok"), ("<3", None, "unbekannt"), ("48", 48, "ok"),
    ],
)  # fmt: skip
def test_a_mark_beside_a_figure_states_what_the_profile_says(stage_city, source, cell: str, value, status: str) -> None:
    staged = stage_city(source("einwohner", dialect=MARKS), {FILE: f"BBS;EW\n01100001;{cell}\n01100002;7\n"})
    assert staged.residents == {"01100001": value, "01100002": 7}
    assert staged.statuses == {"01100001": status, "01100002": "ok"}


@pytest.mark.parametrize("cell", ["(48", "48 s", "2501)", "250 2)", "<", "( 48)", "(-48) p", "> 3"])
def test_a_mark_that_is_not_declared_goes_to_quarantine(stage_city, source, cell: str) -> None:
    staged = stage_city(source("einwohner", dialect=MARKS), {FILE: f"BBS;EW\n01100001;{cell}\n01100002;7\n"})
    assert staged.residents == {"01100002": 7}
    assert staged.quarantine == [(FILE, 2, "EW", cell)]


@pytest.mark.parametrize("mark", ["#", "p", "##", "#1)", "-#", "#0 p", "1#", "#,5", "# 001)"])
def test_a_mark_that_could_be_part_of_a_figure_is_refused(refusal, source, mark: str) -> None:
    dialect = f'{{ thousands = " ", marks = {{ "{mark}" = "gilt" }} }}'
    assert "`marks`: expected a text with one #" in refusal(source("einwohner", dialect=dialect), {FILE: TABLE})


def test_one_mark_with_two_kinds_of_blanks_is_one(refusal, source) -> None:
    dialect = '{ marks = { "# r" = "gilt", "#\\u00a0r" = "gilt" } }'
    assert "a blank stands for every kind of blank, so '# r' is there twice" in refusal(
        source("einwohner", dialect=dialect), {FILE: TABLE}
    )


def test_a_mark_states_a_word_of_the_vocabulary(refusal, source) -> None:
    dialect = '{ marks = { "(#)" = "nichts" } }'
    assert "expected one of gilt, unbekannt" in refusal(source("einwohner", dialect=dialect), {FILE: TABLE})


def test_a_row_with_a_mark_below_the_footer_is_a_row(refusal, source) -> None:
    dialect = MARKS.replace("{ marks", '{ footer = "Quelle", marks')
    message = refusal(source("einwohner", dialect=dialect), {FILE: f"{TABLE}Quelle\n01100003;(48)\n"})
    assert "found what looks like a row: '01100003', '(48)'" in message


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1234,00000000001", 1234), ("1233,99999999999", 1234), ("0,00000000000001", 0), ("-0,00000000000001", 0)],
)
def test_the_noise_of_a_spreadsheet_is_no_fraction_of_a_person(stage_city, source, cell: str, value: int) -> None:
    assert stage_city(source("einwohner"), {FILE: f"BBS;EW\n01100001;{cell}\n"}).residents == {"01100001": value}


@pytest.mark.parametrize("cell", ["1234,00001", "1233,5", "0,000001"])
def test_more_than_noise_is_no_whole_number(stage_city, source, cell: str) -> None:
    staged = stage_city(source("einwohner"), {FILE: f"BBS;EW\n01100001;{cell}\n01100002;7\n"})
    assert staged.rules == ["a whole number"]


# --- Dates as numbers ---


def test_a_date_as_the_number_of_a_workbook_only_where_the_profile_says_so(stage_city, source) -> None:
    text = "BBS;TAG;EW\n01100001;44926;12\n01100002;31.12.2022;7\n"
    rule = '{ source = "column", column = "TAG", format = "excel" }'
    staged = stage_city(source("einwohner", stichtag=rule), {FILE: text})
    assert staged.stichtage == ["2022-12-31"]
    assert staged.quarantine == [(FILE, 3, "TAG", "31.12.2022")]
    other = stage_city(source("einwohner", stichtag=rule.replace("excel", "%d.%m.%Y")), {FILE: text})
    assert other.quarantine == [(FILE, 2, "TAG", "44926")]


def test_two_digits_are_a_year_only_where_the_profile_says_so(stage_city, source) -> None:
    text = "BBS;TAG;EW\n01100001;31.12.22;12\n01100002;31.12.2022;7\n"
    rule = '{ source = "column", column = "TAG", format = "%d.%m.%y" }'
    staged = stage_city(source("einwohner", stichtag=rule), {FILE: text})
    assert staged.residents == {"01100001": 12}
    assert staged.quarantine == [(FILE, 3, "TAG", "31.12.2022")]
