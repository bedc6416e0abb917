"""Any table, written in any dialect, comes back equal."""

import csv
import io

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.profile.dialect import Dialect, Long

SIGNS = {"-": "nichts", ".": "unbekannt", "...": "spaeter", "x": "sinnlos", "/": "unsicher"}
SETTINGS = settings(
    deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
FILE = "einwohner_2022.csv"

units = st.integers(1, 9_999_999).map(lambda number: f"0{number:07}")
cells = st.one_of(st.integers(0, 10**9), st.sampled_from([0, 999, 1000, 1_000_000]), st.sampled_from(sorted(SIGNS)))
notes = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
tables = st.lists(st.tuples(units, cells, notes), min_size=1, max_size=8, unique_by=lambda row: row[0])


@st.composite
def dialects(draw) -> tuple[Dialect, str, list[str]]:
    """A dialect, the line ending it is written with, and the lines above the header."""
    decimal, thousands = draw(st.sampled_from([(",", "."), (",", ""), (",", " "), (".", ","), (".", "")]))
    preamble = draw(st.lists(st.sampled_from(["", "Amt für Statistik", "Stand;;", "'"]), max_size=4))
    dialect = Dialect(
        encoding=draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])),
        delimiter=draw(st.sampled_from(";,\t|")),
        quote=draw(st.sampled_from(['"', "'", ""])),
        decimal=decimal,
        thousands=thousands,
        preamble=len(preamble),
        footer=draw(st.sampled_from([None, "_____"])),
        missing=SIGNS,
    )
    return dialect, draw(st.sampled_from(["\n", "\r\n"])), preamble


def written(table: list[tuple], dialect: Dialect, newline: str, preamble: list[str]) -> bytes:
    out = io.StringIO(newline="")
    out.writelines(line + newline for line in preamble)
    quoting = csv.QUOTE_ALL if dialect.quote else csv.QUOTE_NONE
    to = csv.writer(
        out, delimiter=dialect.delimiter, lineterminator=newline, quotechar=dialect.quote or None, quoting=quoting
    )
    to.writerow(["BBS", "Anmerkung", "Einwöhner"])
    for unit, cell, note in table:
        number = f"{cell:,}".replace(",", dialect.thousands) if isinstance(cell, int) else cell
        kept = note.encode(dialect.encoding, "ignore").decode(dialect.encoding)
        if dialect.encoding == "latin-1":  # its control characters are cp1252 by another name, and refused
            kept = "".join(c for c in kept if not "\x80" <= c <= "\x9f")
        if not dialect.quote:  # then neither cell nor note may hold what divides
            number = number.replace(dialect.delimiter, "")
            kept = "".join(c for c in kept if c not in f"{dialect.delimiter}\r\n")
        to.writerow([unit, kept, number])
    if dialect.footer:
        out.write(f"{dialect.footer}{newline}Quelle: {dialect.quote}{newline}")
    return out.getvalue().encode(dialect.encoding)


@pytest.fixture
def bench(workbench, small_city, source):
    contract = 'matrix = { unit = "BBS", merkmale = { einwohner = ["Einwöhner"] }, ignore = ["Anmerkung"] }'
    signs = ", ".join(f'"{sign}" = "{status}"' for sign, status in SIGNS.items())
    return workbench(small_city.with_sources(source("einwohner", contract, dialect=f"{{ missing = {{ {signs} }} }}")))


def expected(table: list[tuple]) -> dict[str, tuple]:
    return {
        unit: (cell, "ok") if isinstance(cell, int) else (0 if cell == "-" else None, SIGNS[cell])
        for unit, cell, _ in table
    }


def staged_as(staged) -> dict[str, tuple]:
    assert staged.quarantine == []
    return {
        unit: (wert, status) for unit, wert, status in staged.rows("SELECT basis_id, wert, status FROM stage.zaehlung")
    }


def test_any_table_in_any_dialect(bench) -> None:
    @given(tables, dialects())
    @settings(SETTINGS, max_examples=120)
    def holds(table, drawn) -> None:
        dialect, newline, preamble = drawn
        staged = bench.stage({FILE: written(table, dialect, newline, preamble)}, dialect)
        assert staged_as(staged) == expected(table)
        assert staged.files == [(FILE, len(table), len(table), 0, 0)]

    holds()


def test_any_table_in_a_workbook(bench) -> None:
    @given(tables, st.booleans(), st.integers(0, 3))
    @settings(SETTINGS, max_examples=25)
    def holds(table, as_text, preamble) -> None:
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
            sheet = book.add_worksheet("Tabelle")
            for line in range(preamble):
                sheet.write(line, 0, "Amt für Statistik")
            sheet.write_row(preamble, 0, ["BBS", "Anmerkung", "Einwöhner"])
            for line, (unit, cell, note) in enumerate(table, start=preamble + 1):
                sheet.write_string(line, 0, unit)
                sheet.write_string(line, 1, "".join(c for c in note if c.isprintable()))
                if isinstance(cell, int) and not as_text:
                    sheet.write_number(line, 2, cell)
                else:
                    sheet.write_string(line, 2, str(cell))
        dialect = Dialect(format="xlsx", sheet="Tabelle", preamble=preamble, missing=SIGNS)
        assert staged_as(bench.stage({FILE: out.getvalue()}, dialect)) == expected(table)

    holds()


def test_any_table_as_a_long_file(bench) -> None:
    @given(tables, st.randoms(use_true_random=False), st.sampled_from([1, 1000]))
    @settings(SETTINGS, max_examples=40)
    def holds(table, chance, factor) -> None:
        out = io.StringIO(newline="")
        to = csv.writer(out, delimiter=";", lineterminator="\n")
        lines = [(unit, "EW", str(cell), "Tsd." if factor > 1 else "Anzahl") for unit, cell, _ in table]
        lines += [(unit, "QM", "7", "qm") for unit, *_ in table]
        chance.shuffle(lines)
        to.writerow(["BBS", "attribute_code", "value", "value_unit"])
        to.writerows(lines)
        long = Long(
            value="value", unit="value_unit", units={"Anzahl": 1, "Tsd.": 1000},
            columns={"Einwöhner": {"attribute_code": ["EW", "INSGESAMT"]}},
        )  # fmt: skip
        staged = bench.stage({FILE: out.getvalue().encode()}, Dialect(long=long, missing=SIGNS))
        scaled = [(unit, cell * factor if isinstance(cell, int) else cell, note) for unit, cell, note in table]
        assert staged_as(staged) == expected(scaled)
        assert staged.files == [(FILE, 2 * len(table), len(table), 0, len(table))]

    holds()


def test_one_unread_cell_among_many_is_found_at_its_line(bench) -> None:
    @given(tables, dialects(), st.data())
    @settings(SETTINGS, max_examples=40)
    def holds(table, drawn, data) -> None:
        dialect, newline, preamble = drawn
        table = [(unit, cell, "") for unit, cell, _ in table]  # notes may hold newlines, and move the line
        at = data.draw(st.integers(0, len(table) - 1))
        table[at] = (table[at][0], "viele", "")
        staged = bench.stage({FILE: written(table, dialect, newline, preamble)}, dialect)
        assert staged.quarantine == [(FILE, len(preamble) + 2 + at, "Einwöhner", "viele")]

    holds()
