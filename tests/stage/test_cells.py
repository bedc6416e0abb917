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
