"""Every way in which an office writes a text file comes to the same typed rows, or is refused."""

import pytest

from tests.stage.deliveries import FILE, RESIDENTS, TABLE

# --- Encodings ---


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "UTF_8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-16-le", "utf-32", "cp850", "iso-8859-15",
     "mac_roman", "cp037"],
)  # fmt: skip
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
        ("utf-8", "utf-8-sig", "expected utf-8 as sources.toml says, found the mark of utf-8-sig"),
        ("cp1252", "utf-8", "expected cp1252 as sources.toml says, found bytes that are utf-8"),
        ("latin-1", "utf-8", "expected latin-1 as sources.toml says, found bytes that are utf-8"),
        ("cp1252", "utf-8-sig", "expected cp1252 as sources.toml says, found the mark of utf-8-sig"),
        ("cp1252", "utf-16", "expected cp1252 as sources.toml says, found the mark of utf-16"),
        ("iso-8859-15", "utf-8", "expected iso-8859-15 as sources.toml says, found bytes that are utf-8"),
        ("cp850", "utf-8", "expected cp850 as sources.toml says, found bytes that are utf-8"),
        ("utf-16", "utf-32", "expected utf-16 as sources.toml says, found the mark of utf-32"),
        ("utf-16-le", "utf-16", "expected utf-16-le as sources.toml says, found the mark of utf-16"),
        ("utf-16", "utf-8", "expected utf-16 as sources.toml says, found bytes that are not"),
    ],
)
def test_another_encoding_than_the_contract_says_is_refused(refusal, source, said: str, real: str, told: str) -> None:
    content = (TABLE + "Grün;1\n").encode(real)
    message = refusal(source("einwohner", dialect=f'{{ encoding = "{said}" }}'), {FILE: content})
    assert message.startswith(f"File {FILE}: {told}")


@pytest.mark.parametrize(("encoding", "byte"), [("utf-8", b"\xfc"), ("cp1252", b"\x81")])
def test_a_byte_of_another_encoding_is_told_with_its_line(refusal, source, encoding: str, byte: bytes) -> None:
    """More lines than are read in one piece."""
    rows = "".join(f"{1_100_000 + number:08};1\n" for number in range(100_000))
    content = f"BBS;EW\n{rows}".encode() + b"0110" + byte + b";5\n"
    message = refusal(source("einwohner", dialect=f'{{ encoding = "{encoding}" }}'), {FILE: content})
    assert message == (
        f"File {FILE}, line 100002: expected {encoding} as sources.toml says, found bytes that are not: "
        f"0x{byte.hex()} after '0110'. Correct `encoding` in sources.toml or ask the supplier."
    )


@pytest.mark.parametrize(("said", "real"), [("iso-8859-2", "cp1250"), ("iso-8859-15", "cp1252")])
def test_signs_where_the_encoding_has_control_characters_are_refused(refusal, source, said: str, real: str) -> None:
    content = (TABLE + "\u201eGr\u00fcn\u201d;1\n").encode(real)
    message = refusal(source("einwohner", dialect=f'{{ encoding = "{said}" }}'), {FILE: content})
    assert message.startswith(f"File {FILE}: expected {said} as sources.toml says, found bytes that are {real}")


@pytest.mark.parametrize("name", ["klingon", "hex", "rot13", "idna", "unicode_escape", "", "a\\u0000b"])
def test_an_encoding_that_is_none_of_texts_is_refused(refusal, source, name: str) -> None:
    message = refusal(source("einwohner", dialect=f'{{ encoding = "{name}" }}'), {FILE: TABLE})
    assert "expected an encoding of texts that Python knows" in message


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
    text = f"Amt;für\nStatistik\n\n{TABLE}01100003;x\n__________\n01100004 fehlt\nQuelle: Register\n"
    staged = stage_city(source("einwohner", dialect='{ preamble = 3, footer = "_____" }'), {FILE: text})
    assert staged.residents == RESIDENTS
    assert staged.quarantine == [(FILE, 7, "EW", "x")]
    assert staged.files == [(FILE, 6, 2, 1, 3)]


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


@pytest.mark.parametrize("end", ["\n\x1a", "\r\n\x1a", "\x1a", "\r\n" + 99 * "\x1a"])
def test_the_sign_by_which_dos_ends_a_file_is_no_row(stage_city, source, end: str) -> None:
    staged = stage_city(source("einwohner"), {FILE: f"BBS;EW\n01100001;12\n01100002;7{end}"})
    assert staged.residents == RESIDENTS
    assert staged.quarantine == []


def test_elsewhere_that_sign_is_a_part_of_its_cell(stage_city, source) -> None:
    staged = stage_city(source("einwohner"), {FILE: "BBS;EW\n01100001;1\x1a\n01100002;7\n"})
    assert staged.quarantine == [(FILE, 2, "EW", "1\x1a")]


def test_a_file_of_nothing_but_total_rows_is_refused(refusal, source) -> None:
    contract = (
        'matrix = { unit = "BBS", merkmale = { einwohner = ["EW"] }, '
        'drop = [{ column = "BBS", equals = ["Summe"], rule = "total row" }] }'
    )
    assert "found only rows that a rule leaves out" in refusal(
        source("einwohner", contract), {FILE: "BBS;EW\nSumme;0\n"}
    )


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
