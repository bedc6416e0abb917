"""Every way in which an office writes a table comes to the same typed rows, or is refused."""

import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter

TABLE = "BBS;EW\n01100001;12\n01100002;7\n"
RESIDENTS = {"01100001": 12, "01100002": 7}
FILE = "einwohner_2022.csv"


def zipped(**members: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_csv", ".csv"), content)
    return out.getvalue()


def workbook(rows: list[list[object]], sheet: str = "Tabelle") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                if isinstance(cell, (dt.date, dt.datetime)):
                    page.write_datetime(y, x, cell, day)
                else:
                    page.write(y, x, cell)
    return out.getvalue()


# --- Encodings ---


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
def test_every_encoding_is_read(stage_city, source, encoding: str) -> None:
    text = TABLE.replace("EW", "Einwöhner").replace("\n", "\r\n")
    contract = 'matrix = { unit = "BBS", merkmale = { einwohner = ["Einwöhner"] } }'
    staged = stage_city(
        source("einwohner", contract, dialect=f'{{ encoding = "{encoding}" }}'), {FILE: text.encode(encoding)}
    )
    assert staged.residents == RESIDENTS
    assert staged.files == [(FILE, 2, 2, 0, 0)]


@pytest.mark.parametrize(
    ("said", "real", "told"),
    [
        ("utf-8", "cp1252", "expected utf-8 as sources.toml says, found bytes that are not"),
        ("utf-8", "utf-8-sig", "expected utf-8 as sources.toml says, found the mark of utf-8-sig"),
        ("cp1252", "utf-8", "expected cp1252 as sources.toml says, found bytes that are utf-8"),
        ("latin-1", "utf-8", "expected latin-1 as sources.toml says, found bytes that are utf-8"),
        ("cp1252", "utf-8-sig", "expected cp1252 as sources.toml says, found the mark of utf-8-sig"),
        ("cp1252", "utf-16", "expected cp1252 as sources.toml says, found the mark of utf-16"),
        ("utf-16", "utf-8", "expected utf-16 as sources.toml says, found bytes that are not"),
    ],
)
def test_another_encoding_than_the_contract_says_is_refused(refusal, source, said: str, real: str, told: str) -> None:
    content = (TABLE + "Grün;1\n").encode(real)
    message = refusal(source("einwohner", dialect=f'{{ encoding = "{said}" }}'), {FILE: content})
    assert message.startswith(f"File {FILE}: {told}")


def test_zero_bytes_are_no_text(refusal, source) -> None:
    message = refusal(source("einwohner"), {FILE: TABLE.encode("utf-16-le")})
    assert message.startswith(f"File {FILE}, line 1: expected text, found zero bytes")


# --- Shape ---


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_read_and_counted(stage_city, source, newline: str) -> None:
    staged = stage_city(source("einwohner"), {FILE: (TABLE + "01100003;viele\n").replace("\n", newline).encode()})
    assert staged.residents == RESIDENTS
    assert staged.quarantine == [(FILE, 4, "EW", "viele")]


def test_a_missing_newline_at_the_end_and_empty_lines_do_not_matter(stage_city, source) -> None:
    staged = stage_city(source("einwohner"), {FILE: "BBS;EW\n\n01100001;12\n;\n01100002;7"})
    assert staged.residents == RESIDENTS


@pytest.mark.parametrize(("delimiter", "toml"), [(",", ","), ("\t", "\\t"), ("|", "|"), (" ", " ")])
def test_every_delimiter_is_read(stage_city, source, delimiter: str, toml: str) -> None:
    dialect = f'{{ delimiter = "{toml}" }}'
    assert (
        stage_city(source("einwohner", dialect=dialect), {FILE: TABLE.replace(";", delimiter)}).residents == RESIDENTS
    )


def test_quoted_cells_hold_delimiters_quotes_and_newlines(stage_city, source) -> None:
    contract = 'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"] }, ignore = ["Name; lang"] }'
    text = '"BBS";"Name; lang";"EW"\n"01100001";"A ""B""\nC; D";"12"\n"01100002";"#";7\n'
    staged = stage_city(source("einwohner", contract), {FILE: text})
    assert staged.residents == RESIDENTS


def test_a_file_that_quotes_nothing_may_hold_quotes(stage_city, source) -> None:
    contract = 'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"] }, ignore = ["NAME"] }'
    text = 'BBS;NAME;EW\n01100001;Straße "Am Markt;12\n01100002;";7\n'
    assert stage_city(source("einwohner", contract, dialect='{ quote = "" }'), {FILE: text}).residents == RESIDENTS


def test_a_cell_that_looks_like_a_comment_is_a_cell(stage_city, source) -> None:
    staged = stage_city(source("einwohner"), {FILE: TABLE + "#1100003;5\n"})
    assert staged.quarantine == [(FILE, 4, "BBS", "#1100003")]


def test_preamble_and_footer_are_passed_over_and_lines_stay_exact(stage_city, source) -> None:
    text = f"Amt;für\nStatistik\n\n{TABLE}01100003;x\n__________\n01100004;99\nQuelle: Register\n"
    staged = stage_city(source("einwohner", dialect='{ preamble = 3, footer = "_____" }'), {FILE: text})
    assert staged.residents == RESIDENTS
    assert staged.quarantine == [(FILE, 7, "EW", "x")]


def test_a_total_row_is_dropped_by_its_rule_and_counted(stage_city, source) -> None:
    contract = (
        'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"] }, '
        'drop = [{ column = "BBS", equals = ["Summe"], rule = "total row" }] }'
    )
    staged = stage_city(source("einwohner", contract), {FILE: TABLE + "Summe;19\n"})
    assert staged.residents == RESIDENTS
    assert staged.files == [(FILE, 3, 2, 0, 1)]


def test_columns_in_another_order_in_another_year(stage_city, source) -> None:
    staged = stage_city(source("einwohner"), {FILE: TABLE, "einwohner_2023.csv": "EW;BBS\n13;01100001\n"})
    assert staged.rows("SELECT stichtag::VARCHAR, wert FROM stage.zaehlung WHERE basis_id = '01100001' ORDER BY 1") == [
        ("2022-12-31", 12), ("2023-12-31", 13),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["zeile", "Zeile", "datei", "DATEI", "basis_text", "stichtag_text"])
def test_a_column_that_is_called_like_one_of_ours_does_not_get_in_the_way(stage_city, source, name: str) -> None:
    contract = f'matrix = {{ unit = "BBS", merkmale = {{ einwohner = ["EW"] }}, ignore = ["{name}"] }}'
    text = f"{name};BBS;EW\n1;01100001;12\n2;01100002;7\n3;01100003;x\n"
    staged = stage_city(source("einwohner", contract), {FILE: text})
    assert staged.residents == RESIDENTS
    assert staged.quarantine == [(FILE, 4, "EW", "x")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("BBS;EW;EW\n01100001;1;2\n", "line 1: expected a header of different column names, found 'EW' more than once"),
        ("BBS;EW;ew\n01100001;1;2\n", "found 'EW', 'ew' more than once"),
        ("BBS;EW;\n01100001;1;\n", "found a column without a name"),
        ("\n\n\n", "found nothing"),
        ("BBS;EW\n01100001;1;2\n", "line 2: expected 2 columns as in the header, found 3"),
        ("BBS;EW\n01100001;1\n0110", "line 3: expected 2 columns as in the header, found 1"),
        ('BBS;EW\n01100001;"1\n0110', "line 3: expected a CSV row, found unexpected end of data"),
        ("BBS;EW\n", "expected rows below the header in line 1, found none"),
    ],
)
def test_a_shape_that_cannot_be_right_is_refused_with_its_line(refusal, source, text: str, told: str) -> None:
    message = refusal(source("einwohner"), {FILE: text})
    assert message.startswith(f"File {FILE}")
    assert told in message


def test_a_file_of_nothing_but_total_rows_is_refused(refusal, source) -> None:
    contract = (
        'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"] }, '
        'drop = [{ column = "BBS", equals = ["Summe"], rule = "total row" }] }'
    )
    assert "found only rows that a rule leaves out" in refusal(
        source("einwohner", contract), {FILE: "BBS;EW\nSumme;0\n"}
    )


# --- Numbers, dates, missing-value signs ---


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


@pytest.mark.parametrize(
    ("pattern", "name", "stichtag"),
    [
        (r"ew_(?P<year>\d{4})\.csv", "ew_2022.csv", "2022-12-31"),
        (r"ew_(?P<year>\d{4})-(?P<half>0[12])\.csv", "ew_2022-01.csv", "2022-06-30"),
        (r"ew_(?P<year>\d{4})-(?P<half>0[12])\.csv", "ew_2022-02.csv", "2022-12-31"),
        (r"ew_(?P<year>\d{4})(?P<month>\d{2})\.csv", "ew_202402.csv", "2024-02-29"),
        (r"ew_(?P<year>\d{4})(?P<month>\d{2})\.csv", "ew_202412.csv", "2024-12-31"),
    ],
)
def test_a_stichtag_in_the_name(stage_city, source, pattern: str, name: str, stichtag: str) -> None:
    assert stage_city(source("einwohner", file=f"'{pattern}'"), {name: TABLE}).stichtage == [stichtag]


def test_a_stichtag_that_the_profile_gives(stage_city, source) -> None:
    rule = '{ source = "fixed", fixed = 2023-06-30 }'
    assert stage_city(source("einwohner", stichtag=rule), {FILE: TABLE}).stichtage == ["2023-06-30"]


def test_a_name_without_a_year_is_told(refusal, source) -> None:
    message = refusal(source("einwohner", file="'bestand.csv'"), {"bestand.csv": TABLE})
    assert "expected a year in the file name bestand.csv" in message


def test_a_month_that_no_year_has_is_told(refusal, source) -> None:
    pattern = r"'ew_(?P<year>\d{4})(?P<month>\d{2})\.csv'"
    assert "ew_202413.csv" in refusal(source("einwohner", file=pattern), {"ew_202413.csv": TABLE})


# --- Ids ---


def test_ids_are_padded_where_the_contract_says_so(stage_city, source) -> None:
    contract = 'matrix = { unit = "BBS", unit_digits = 8, merkmale = { einwohner = ["EW"] } }'
    staged = stage_city(source("einwohner", contract), {FILE: "BBS;EW\n1100001;12\n01100002;7\n"})
    assert staged.residents == RESIDENTS
    assert staged.rows("SELECT kennungen_ergaenzt FROM stage.datei") == [(1,)]


def test_ids_are_padded_nowhere_else(stage_city, source) -> None:
    staged = stage_city(source("einwohner"), {FILE: "BBS;EW\n1100001;12\n01100002;7\n"})
    assert staged.residents == {"01100002": 7}
    assert staged.quarantine == [(FILE, 2, "BBS", "1100001")]
    assert staged.rules == ["the id of a base unit as city.toml writes them"]


@pytest.mark.parametrize("unit", ["", "-", "110000011", "0110000a", "01100001x"])
def test_padding_makes_no_id_of_what_is_none(stage_city, source, unit: str) -> None:
    contract = 'matrix = { unit = "BBS", unit_digits = 8, merkmale = { einwohner = ["EW"] } }'
    staged = stage_city(source("einwohner", contract), {FILE: f"BBS;EW\n{unit};12\n01100002;7\n"})
    assert staged.residents == {"01100002": 7}
    assert staged.quarantine == [(FILE, 2, "BBS", unit or None)]


# --- Workbooks ---


XLSX = '{ format = "xlsx", sheet = "Tabelle" }'


def xlsx(source, dialect: str = XLSX, **fields: str) -> str:
    return source("einwohner", file=r"'ew_(?P<year>\d{4})\.xlsx'", dialect=dialect, **fields)


def test_a_workbook_with_titles_and_a_footer(stage_city, source) -> None:
    rows = [["Einwohner"], [], ["BBS", "EW"], ["01100001", 12], ["01100002", 7], ["___ Quelle", ""]]
    dialect = '{ format = "xlsx", sheet = "Tabelle", preamble = 2, footer = "___" }'
    assert stage_city(xlsx(source, dialect), {"ew_2022.xlsx": workbook(rows)}).residents == RESIDENTS


def test_numbers_as_text_and_text_as_numbers(stage_city, source) -> None:
    contract = 'matrix = { unit = "BBS", unit_digits = 8, merkmale = { einwohner = ["EW"] } }'
    given = source("einwohner", contract, file=r"'ew_(?P<year>\d{4})\.xlsx'", dialect=XLSX)
    rows = [["BBS", "EW"], [1100001, "12"], ["01100002", 7.0]]
    assert stage_city(given, {"ew_2022.xlsx": workbook(rows)}).residents == RESIDENTS


def test_a_bad_cell_of_a_workbook_is_told_with_its_row(stage_city, source) -> None:
    rows = [["Titel"], [], ["BBS", "EW"], ["01100001", 12], [], ["01100002", 7.5], ["01100003", "viele"]]
    dialect = '{ format = "xlsx", sheet = "Tabelle", preamble = 2 }'
    staged = stage_city(xlsx(source, dialect), {"ew_2022.xlsx": workbook(rows)})
    assert staged.quarantine == [("ew_2022.xlsx", 6, "EW", "7,5"), ("ew_2022.xlsx", 7, "EW", "viele")]


def test_a_real_date_in_a_workbook_is_an_iso_date(stage_city, source) -> None:
    rows = [["BBS", "TAG", "EW"], ["01100001", dt.date(2022, 12, 31), 12]]
    rule = '{ source = "column", column = "TAG", format = "%Y-%m-%d" }'
    assert stage_city(xlsx(source, stichtag=rule), {"ew_2022.xlsx": workbook(rows)}).stichtage == ["2022-12-31"]


def test_another_sheet_is_told(refusal, source) -> None:
    message = refusal(xlsx(source), {"ew_2022.xlsx": workbook([["BBS", "EW"]], sheet="Blatt1")})
    assert "Workbook ew_2022.xlsx: expected the sheet 'Tabelle', found Blatt1" in message


def test_a_damaged_workbook_is_told(refusal, source) -> None:
    content = workbook([["BBS", "EW"], ["01100001", 12]])
    assert "Workbook ew_2022.xlsx cannot be read" in refusal(xlsx(source), {"ew_2022.xlsx": content[:400]})


def test_an_empty_sheet_is_told(refusal, source) -> None:
    assert "found nothing" in refusal(xlsx(source), {"ew_2022.xlsx": workbook([])})


# --- Archives ---


def archive(source, member: str = "*.csv") -> str:
    return source("einwohner", file=r"'ew_(?P<year>\d{4})\.zip'", dialect=f'{{ member = "{member}" }}')


def test_the_member_of_an_archive_is_picked_by_its_pattern(stage_city, source) -> None:
    content = zipped(tabelle_csv=TABLE, liesmich="Lies mich")
    assert stage_city(archive(source), {"ew_2022.zip": content}).residents == RESIDENTS


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"liesmich": "?"}, "expected one member named like '*.csv', found 0; inside are liesmich"),
        ({"a_csv": TABLE, "b_csv": TABLE}, "found 2; inside are a.csv, b.csv"),
    ],
)
def test_no_member_or_two_is_told(refusal, source, members: dict[str, str], told: str) -> None:
    assert told in refusal(archive(source), {"ew_2022.zip": zipped(**members)})


def test_a_member_that_climbs_out_is_refused(refusal, source, tmp_path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("../../../boese.csv", TABLE)
    assert "found '../../../boese.csv', which leads out of it" in refusal(
        archive(source), {"ew_2022.zip": out.getvalue()}
    )
    assert not list(tmp_path.parent.rglob("boese.csv"))


@pytest.mark.parametrize("damage", ["cut", "flipped", "crc", "encrypted"])
def test_a_damaged_or_encrypted_archive_is_told(refusal, source, damage: str) -> None:
    content = bytearray(zipped(tabelle_csv=TABLE * 50))
    if damage == "cut":
        content = content[:60]
    elif damage == "flipped":
        content[45:60] = b"\xff" * 15
    elif damage == "crc":
        at = content.index(b"PK\x01\x02")
        content[at + 16] ^= 1
    else:
        content[6] |= 1
        content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "Archive ew_2022.zip" in refusal(archive(source), {"ew_2022.zip": bytes(content)})
