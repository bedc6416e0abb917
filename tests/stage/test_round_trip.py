"""Any table, written in any dialect, comes back equal; read in another than its own, it does so or is refused."""

import csv
import io
import zipfile
from decimal import Decimal

import pytest
import xlsxwriter
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from flows.base.errors import FortschreibungError
from flows.profile.dialect import Dialect, Long
from tests.parameters import first_of

SIGNS = {"-": "nichts", ".": "unbekannt", "...": "spaeter", "x": "sinnlos", "/": "unsicher"}
SETTINGS = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
FILE = "einwohner_2022.csv"
UNIT, NOTE, COUNT, AREA = "BBS", "Anmerkung", "Personen / Einwöhner", "Wohnen / Fläche"

units = st.integers(1, 9_999_999).map(lambda number: f"0{number:07}")
signs = st.sampled_from(sorted(SIGNS))
counts = st.one_of(st.integers(0, 10**9), st.sampled_from([0, 999, 1000, 1_000_000]), signs)
areas = st.one_of(st.decimals(0, 10**6, places=2), st.decimals(0, 1, places=4), signs)
notes = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
tables = st.lists(
    st.tuples(units, notes, counts, areas), min_size=1, max_size=8, unique_by=lambda row: row[0]
)  # fmt: skip
NUMBER_SIGNS = [(",", "."), (",", ""), (",", " "), (".", ","), (".", "")]
NEWLINES = ["\n", "\r\n", "\r"]


@st.composite
def dialects(draw) -> tuple[Dialect, str, list[str]]:
    """A dialect, the line ending it is written with, and the lines above the header."""
    decimal, thousands = draw(st.sampled_from(NUMBER_SIGNS))
    preamble = draw(st.lists(st.sampled_from(["", "Amt für Statistik", "Stand;;", "'"]), max_size=4))
    dialect = Dialect(
        encoding=draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])),
        delimiter=draw(st.sampled_from(";,\t|")),
        quote=draw(st.sampled_from(['"', "'", ""])),
        decimal=decimal,
        thousands=thousands,
        member=draw(st.sampled_from([None, "*.csv"])),
        preamble=len(preamble),
        header_rows=draw(st.sampled_from([1, 1, 2])),
        blank_headers=draw(st.sampled_from([[], [NOTE]])),
        footer=draw(st.sampled_from([None, "_____"])),
        units=draw(st.sampled_from([{}, {AREA: 1000}, {COUNT: 1000, AREA: 0.01}])),
        missing=SIGNS,
    )
    assume(dialect.quote or dialect.delimiter not in (decimal, thousands))
    return dialect, draw(st.sampled_from(NEWLINES)), preamble


def header(dialect: Dialect) -> list[list[str]]:
    """The header's rows, the note's column without a name where the dialect gives it one."""
    note = "" if dialect.blank_headers else NOTE
    if dialect.header_rows == 1:
        return [[UNIT, note, COUNT, AREA]]
    (above, count), (beside, area) = COUNT.split(" / "), AREA.split(" / ")
    return [["", "", above, beside], [UNIT, note, count, area]]


def number(cell: int | Decimal | str, dialect: Dialect) -> str:
    if isinstance(cell, str):
        return cell
    return f"{cell:,}".replace(",", "t").replace(".", dialect.decimal).replace("t", dialect.thousands)


def written(table: list[tuple], dialect: Dialect, newline: str, preamble: list[str]) -> bytes:
    out = io.StringIO(newline="")
    out.writelines(line + newline for line in preamble)
    quoting = csv.QUOTE_ALL if dialect.quote else csv.QUOTE_NONE
    to = csv.writer(
        out, delimiter=dialect.delimiter, lineterminator=newline, quotechar=dialect.quote or None, quoting=quoting
    )
    to.writerows(header(dialect))
    for unit, note, *figures in table:
        kept = note.encode(dialect.encoding, "ignore").decode(dialect.encoding)
        if dialect.encoding == "latin-1":  # its control characters are cp1252 by another name, and refused
            kept = "".join(c for c in kept if not "\x80" <= c <= "\x9f")
        if not dialect.quote:  # then no note may hold what divides
            kept = "".join(c for c in kept if c not in f"{dialect.delimiter}\r\n")
        to.writerow([unit, kept, *(number(cell, dialect) for cell in figures)])
    if dialect.footer:
        out.write(f"{dialect.footer}{newline}Quelle: {dialect.quote}{newline}")
    content = out.getvalue().encode(dialect.encoding)
    return packed(content) if dialect.member else content


def packed(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("liesmich.txt", "x")
        archive.writestr("Daten/tabelle.csv", content)
    return out.getvalue()


CONTRACT = (
    f'matrix = {{ unit = "{UNIT}", ignore = ["{NOTE}"], '
    f'merkmale = {{ einwohner = ["{COUNT}"], wohnflaeche_qm = ["{AREA}"] }} }}'
)


@pytest.fixture
def bench(workbench, small_city, source):
    return workbench(small_city.with_sources(source("einwohner", CONTRACT)))


def expected(table: list[tuple], factors: dict[str, float]) -> dict[tuple, tuple]:
    told = {}
    for unit, _, count, area in table:
        for merkmal, cell, column in (("einwohner", count, COUNT), ("wohnflaeche_qm", area, AREA)):
            by = Decimal(str(factors.get(column, 1)))
            figure = (0 if cell == "-" else None, SIGNS[cell]) if isinstance(cell, str) else (float(cell * by), "ok")
            told[unit, merkmal] = figure
    return told


def staged_as(staged) -> dict[tuple, tuple]:
    found = staged.rows("SELECT basis_id, merkmal, wert, status FROM stage.zaehlung")
    return {(unit, merkmal): (wert, status) for unit, merkmal, wert, status in found}


@pytest.mark.thorough
@pytest.mark.parametrize("examples", first_of((40,), nightly=(150,)))
def test_any_table_in_any_dialect(bench, examples: int) -> None:
    @given(tables, dialects())
    @settings(SETTINGS, max_examples=examples)
    def holds(table, drawn) -> None:
        dialect, newline, preamble = drawn
        staged = bench.stage({FILE: written(table, dialect, newline, preamble)}, dialect)
        assert staged.quarantine == []
        assert staged_as(staged) == expected(table, dialect.units)
        notes = 2 if dialect.footer else 0
        assert staged.files == [(FILE, len(table) + notes, len(table), 0, notes)]

    holds()


@pytest.mark.thorough
@pytest.mark.parametrize("examples", first_of((30,), nightly=(100,)))
def test_any_table_read_in_another_dialect_comes_back_equal_or_is_refused(bench, examples: int) -> None:
    """Only the signs of numbers cannot be distinguished: both read as the profile says."""

    @given(tables, dialects(), dialects())
    @settings(SETTINGS, max_examples=examples)
    def holds(table, drawn, other) -> None:
        (dialect, newline, preamble), (told, _, _) = drawn, other
        table = [(unit, "".join(c for c in note if c not in "\"'"), *cells) for unit, note, *cells in table]
        told = told.model_copy(update={key: getattr(dialect, key) for key in ("decimal", "thousands", "units")})
        try:
            staged = bench.stage({FILE: written(table, dialect, newline, preamble)}, told)
        except FortschreibungError:
            return
        assert staged.quarantine or staged_as(staged) == expected(table, dialect.units)

    holds()


@pytest.mark.thorough
@pytest.mark.parametrize("examples", first_of((12,), nightly=(40,)))
def test_any_table_in_two_editions_of_a_source(workbench, small_city, source, examples: int) -> None:
    """The older years have other column names and another dialect; both come back under the contract's names."""
    variant = (
        "[[source.einwohner.variant]]\nlast = 2021\n"
        f'columns = {{ RAUMID = "{UNIT}", E_E = "{COUNT}", QM = "{AREA}" }}\nignore = ["STADTTEIL"]\n'
        '[source.einwohner.variant.dialect]\nencoding = "cp1252"\ndelimiter = ","\ndecimal = "."\nthousands = ""\n'
        'missing = { "-" = "nichts", "." = "unbekannt", "..." = "spaeter", "x" = "sinnlos", "/" = "unsicher" }\n'
    )
    bench = workbench(small_city.with_sources(source("einwohner", CONTRACT) + variant))

    @given(tables, tables, dialects())
    @settings(SETTINGS, max_examples=examples)
    def holds(older, newer, drawn) -> None:
        dialect, newline, preamble = drawn
        out = io.StringIO(newline="")
        to = csv.writer(out)
        to.writerow(["STADTTEIL", "QM", "RAUMID", "E_E"])
        to.writerows(["Süd", str(area), unit, str(count)] for unit, _, count, area in older)
        staged = bench.stage(
            {"einwohner_2021.csv": out.getvalue().encode("cp1252"), FILE: written(newer, dialect, newline, preamble)},
            dialect,
        )
        found = staged.rows("SELECT year(stichtag), basis_id, merkmal, wert, status FROM stage.zaehlung")
        assert {(year, *key[:2]): tuple(key[2:]) for year, *key in found} == {
            (year, *key): figure
            for year, table, factors in ((2021, older, {}), (2022, newer, dialect.units))
            for key, figure in expected(table, factors).items()
        }

    holds()


@pytest.mark.thorough
@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_any_table_in_a_workbook(bench, ods, form: str) -> None:
    @given(tables, dialects(), st.booleans(), st.booleans())
    @settings(SETTINGS, max_examples=25)
    def holds(table, drawn, as_text, in_an_area) -> None:
        dialect, _, _ = drawn
        left, above = (2, 3) if in_an_area else (0, dialect.preamble)
        rows = [["Amt für Statistik"]] * above + [[""] * left + row for row in header(dialect)]
        for unit, note, *figures in table:
            cells = [number(cell, dialect) if as_text else cell for cell in figures]
            kept = "".join(c for c in note if c.isprintable() and c < "\ufffe")
            rows.append([""] * left + [unit, kept, *cells])
        rows += [[""] * left + [dialect.footer], ["Quelle"]] if dialect.footer else []
        dialect = dialect.model_copy(
            update={
                "format": form, "sheet": "Tabelle", "member": None, "preamble": above,
                "area": f"C4:F{len(rows) + 9 if dialect.footer else ''}" if in_an_area else None,
                "cells": {"A1": "Amt für Statistik"} if above else {},
            }
        )  # fmt: skip
        rows = [[float(cell) if isinstance(cell, Decimal) else cell for cell in row] for row in rows]
        staged = bench.stage({FILE: ods(rows) if form == "ods" else workbook(rows)}, dialect)
        assert staged.quarantine == []
        assert staged_as(staged) == expected(table, dialect.units)
        notes = 2 if dialect.footer else 0
        assert staged.files == [(FILE, len(table) + notes, len(table), 0, notes)]

    holds()


def workbook(rows: list[list]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Tabelle")
        for line, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(line, place, cell)
                else:
                    sheet.write_number(line, place, cell)
    return out.getvalue()


@pytest.mark.thorough
@pytest.mark.parametrize("examples", first_of((20,), nightly=(60,)))
def test_any_table_as_a_long_file(bench, examples: int) -> None:
    @given(tables, dialects(), st.randoms(use_true_random=False), st.sampled_from([1, 1000]))
    @settings(SETTINGS, max_examples=examples)
    def holds(table, drawn, chance, factor) -> None:
        dialect, newline, preamble = drawn
        out = io.StringIO(newline="")
        quoting = csv.QUOTE_ALL if dialect.quote else csv.QUOTE_NONE
        to = csv.writer(
            out, delimiter=dialect.delimiter, lineterminator=newline, quotechar=dialect.quote or None, quoting=quoting
        )
        counted = "Tsd." if factor > 1 else "Anzahl"
        lines = [(unit, "EW", number(count, dialect), counted) for unit, _, count, _ in table]
        lines += [(unit, "QM", number(area, dialect), "qm") for unit, _, _, area in table]
        lines += [(unit, "HH", "7", "Anzahl") for unit, *_ in table]
        chance.shuffle(lines)
        out.writelines(line + newline for line in preamble)
        to.writerow(["BBS", "attribute_code", "value", "value_unit"])
        to.writerows(lines)
        long = Long(
            value="value", unit="value_unit", units={"Anzahl": 1, "Tsd.": 1000, "qm": 1},
            columns={COUNT: {"attribute_code": ["EW", "INSGESAMT"]}, AREA: {"attribute_code": "QM"}},
        )  # fmt: skip
        content = out.getvalue().encode(dialect.encoding)
        dialect = dialect.model_copy(
            update={"long": long, "header_rows": 1, "blank_headers": [], "units": {}, "footer": None}
        )
        staged = bench.stage({FILE: packed(content) if dialect.member else content}, dialect)
        assert staged.quarantine == []
        assert staged_as(staged) == expected(table, {COUNT: factor})
        assert staged.files == [(FILE, 3 * len(table), 2 * len(table), 0, len(table))]

    holds()


@pytest.mark.thorough
def test_one_unread_cell_among_many_is_found_at_its_line(bench) -> None:
    @given(tables, dialects(), st.data())
    @settings(SETTINGS, max_examples=40)
    def holds(table, drawn, data) -> None:
        dialect, newline, preamble = drawn
        table = [(unit, "", *cells) for unit, _, *cells in table]  # notes may hold newlines, and move the line
        at = data.draw(st.integers(0, len(table) - 1))
        table[at] = (table[at][0], "", "viele", table[at][3])
        staged = bench.stage({FILE: written(table, dialect, newline, preamble)}, dialect)
        line = len(preamble) + dialect.header_rows + 1 + at
        assert staged.quarantine == [(FILE, line, COUNT, "viele")]

    holds()
