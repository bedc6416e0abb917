"""Lines that are written plainly are read at once, all others by cell; which of the two it was, cannot be seen."""

import csv
import tempfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.base.errors import ContractBroken
from flows.profile.dialect import Dialect
from flows.stage import count_tables
from tests.parameters import first_of

FILE = "einwohner_2022.csv"
SIGNS = {"-": "nichts", ".": "unbekannt"}
CONTRACT = """
matrix.unit = "BBS"
matrix.ignore = ["NAME"]
matrix.drop = [{ column = "BBS", equals = ["Summe"], rule = "total row" }]
matrix.merkmale = { einwohner = ["A", "B"], weiblich = ["B"], wohnflaeche_qm = ["QM"] }
"""
HEADER = "BBS;A;B;QM;NAME\n"


@pytest.fixture
def bench(workbench, small_city, source):
    return workbench(
        small_city.with_sources(
            source("einwohner", CONTRACT, dialect='{ missing = { "-" = "nichts", "." = "unbekannt" } }')
        )
    )


def figures(staged) -> list[tuple]:
    return staged.rows("SELECT basis_id, merkmal, wert, status FROM stage.zaehlung ORDER BY ALL")


def plain(staged) -> list[int]:
    return [line for (line,) in staged.rows("SELECT zeile FROM zeile_zahlen ORDER BY zeile")]


@pytest.mark.parametrize(
    "line",
    [
        "01100001;3;4;50,5;Nord",
        "01100001;0;0;0,00;",
        "01100001;-;-;-;am Markt",
        "01100001;-;4;-;",
        '"01100001";"3";4;"50,5";"Nord"',
        "01100001;003;4;50;Nord",
    ],
)
def test_digits_and_one_way_of_writing_zero_are_plain(bench, line: str) -> None:
    assert plain(bench.stage({FILE: f"{HEADER}{line}\n"})) == [2]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("01100001;0;-;50;Nord", "zero is written in two ways"),
        ("01100001;3;.;50;Nord", "a figure is unknown"),
        ("01100001;3;-4;50;Nord", "a figure is negative"),
        ("01100001;3;4,5;50;Nord", "a count is no whole number"),
        ("01100001;3; 4;50;Nord", "there is a space"),
        ("01100001\u00a0;3;4;50;Nord", "there is a space outside of ASCII"),
        ("01100001;3;;50;Nord", "a cell is empty"),
        ("01100001;3;1e2;50;Nord", "DuckDB would take this for 100"),
        ("01100001;3;4;1_000;Nord", "DuckDB would take this for 1000"),
        ("01100001;3;1234567890123456;5;Nord", "a number is too long to be exact"),
        ("Summe;3;4;50;Nord", "a rule leaves the row out"),
    ],
)
def test_everything_else_is_not_plain(bench, line: str, why: str) -> None:
    staged = bench.stage({FILE: f"{HEADER}01100002;1;1;1;\n{line}\n"})
    assert plain(staged) == [2], why
    assert sum(staged.files[0][2:]) == 2


def test_a_row_that_breaks_a_rule_is_told_with_its_line_among_plain_ones(bench) -> None:
    lines = [f"0110000{unit};3;4;50;Nord" for unit in range(1, 8)]
    lines[4] = "01100005;3;x;50;Nord"
    staged = bench.stage({FILE: HEADER + "\n".join(lines)})
    assert plain(staged) == [2, 3, 4, 5, 7, 8]
    assert staged.quarantine == [(FILE, 6, "B", "x")]
    assert staged.files == [(FILE, 7, 6, 1, 0)]


def test_rules_about_unit_and_stichtag_apply_to_digit_lines(bench) -> None:
    lines = ["01100001;1;1;1;", "1100002;1;1;1;", "01100001;2;2;2;"]
    staged = bench.stage({FILE: HEADER + "\n".join(lines)})
    assert plain(staged) == [2, 3, 4]
    assert staged.quarantine == [(FILE, 3, "BBS", "1100002"), (FILE, 4, "BBS", "01100001")]
    assert figures(staged) == [("01100001", m, None, "unbekannt") for m in ("einwohner", "weiblich", "wohnflaeche_qm")]


def test_a_line_of_digits_within_a_cell_is_no_row(bench) -> None:
    inside = '01100001;3;4;50;"Nord\n01100009;7;7;7;x\nOst"\n01100002;1;1;1;\n'
    staged = bench.stage({FILE: HEADER + inside})
    assert plain(staged) == []
    assert staged.residents == {"01100001": 7, "01100002": 2}
    assert staged.files == [(FILE, 2, 2, 0, 0)]


def test_files_of_one_source_may_have_their_columns_in_any_order(bench) -> None:
    staged = bench.stage(
        {FILE: f"{HEADER}01100001;1;2;3;N\n", "einwohner_2023.csv": "B;NAME;BBS;QM;A\n2;N;01100001;3;1\n"}
    )
    assert plain(staged) == [2, 2]
    assert staged.rows("SELECT DISTINCT merkmal, wert FROM stage.zaehlung ORDER BY ALL") == [
        ("einwohner", 3), ("weiblich", 2), ("wohnflaeche_qm", 3),
    ]  # fmt: skip


cells = st.sampled_from(
    ["0", "7", "12", "1.234", "-", ".", "", "x", "-3", "4,0", "1,5", " 8", '"9"', "00", "1e2", '"', "0,5"]
)
units = st.sampled_from(["01100001", "01100002", "1100003", "Summe", "", '"01100004"', " 01100005", "x\x1fy"])
names = st.sampled_from(["", "Nord", "am Markt", '"a;b"', '"a\nb"', " ", "\xa0Ost"])
rows = st.lists(st.tuples(units, cells, cells, cells, names).map(";".join), min_size=1, max_size=7)


@pytest.mark.thorough
@pytest.mark.parametrize("examples", first_of((40,), nightly=(200,)))
def test_every_file_is_staged_as_if_it_were_read_by_cell(bench, monkeypatch: pytest.MonkeyPatch, examples: int) -> None:
    def staged(content: str, dialect: Dialect) -> tuple:
        try:
            found = bench.stage({FILE: content}, dialect)
        except ContractBroken as problem:
            return (str(problem),)
        left_out = found.rows("SELECT regel, zeilen FROM stage.entfallen")
        return figures(found), found.quarantine, found.rules, found.files, left_out

    @given(
        rows, st.sampled_from([("", ","), (".", ","), (",", ".")]), st.sampled_from([None, "Summe"]),
        st.sampled_from([SIGNS, SIGNS | {"7": "unsicher"}, {"0": "unbekannt"}, {"-": "nichts", "": "nichts"}]),
        st.sampled_from(["", ";;;;\nSumme\n01100006;1;1;1;\n", "Summe;;;;\n\xa0;;;;\n"]),
    )  # fmt: skip
    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    def holds(
        lines: list[str], separators: tuple[str, str], footer: str | None, signs: dict[str, str], below: str
    ) -> None:
        content = HEADER + "\n".join(lines) + "\n" + below
        dialect = Dialect(thousands=separators[0], decimal=separators[1], footer=footer, missing=signs)
        at_once = staged(content, dialect)
        with monkeypatch.context() as patch:
            patch.setattr(count_tables, "can_be_plain", lambda *_: False)
            assert staged(content, dialect) == at_once

    holds()


def test_a_large_file_is_numbered_to_its_last_line(bench) -> None:
    """More lines than are read in one piece, more than DuckDB reads in one piece."""
    with tempfile.TemporaryFile("w+", newline="") as file:
        to = csv.writer(file, delimiter=";", lineterminator="\n")
        to.writerow(["BBS", "A", "B", "QM", "NAME"])
        to.writerows([f"{1_100_000 + number:08}", 1, 1, 1, "x" * 40] for number in range(60_000))
        file.write("01900001;1;falsch;1;\n")
        file.seek(0)
        staged = bench.stage({FILE: file.read()})
    assert staged.quarantine == [(FILE, 60_002, "B", "falsch")]
