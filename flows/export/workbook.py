"""The release as one workbook for people who work in Excel: a cover, the codebook, the units, the figures by year.

The figures stand one row per unit and Stichtag, one column per Indikator, one sheet a Raumebene: the long table
would be more than a workbook is good for, and is in csv/ and parquet/. Numbers are numbers, ids are text (with
their leading zeros), dates are dates. Everything is written in a fixed order and dated by the Stichtag, so that the
same release has the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from flows.base.db import set_variables, sql
from flows.export.open_formats import csv_columns
from flows.export.wide_figures import show_units
from flows.profile.vocabulary import vocabulary
from flows.release.job import ReleaseJob
from flows.release.table_contract import Table, quoted

NAME = "fortschreibung.xlsx"
_COVER = "Fortschreibung"
_WIDTHS = {"label_de": 34, "label_en": 34, "beschreibung_de": 60, "beschreibung_en": 60, "name": 30, "zuschnitt": 12}
_LONGEST_NAME = 31  # what Excel takes as the name of a sheet

# one row per Indikator, with what stands above and below its line
_CODEBOOK = """
SELECT
    i.*,
    string_agg(t.merkmal, ' + ' ORDER BY t.merkmal) FILTER (t.rolle = 'zaehler') AS zaehler,
    string_agg(t.merkmal, ' + ' ORDER BY t.merkmal) FILTER (t.rolle = 'nenner') AS nenner
FROM indikator AS i
LEFT JOIN indikator_teil AS t USING (indikator_id)
GROUP BY ALL
ORDER BY i.position
"""


def write_workbook(
    con: duckdb.DuckDBPyConnection,
    job: ReleaseJob,
    version: str,
    units: Sequence[Table],
    path: Path,
) -> Path:
    """Write the workbook of the release open in `con` to `path`; `units` are the tables of its Raumebenen.

    The figures are those of `flows.export.wide_figures`.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "tmpdir": str(path.parent)}
    with xlsxwriter.Workbook(str(path), options) as book:
        created = dt.datetime.combine(job.stichtag_max, dt.time())
        book.set_properties({"title": f"{job.city_name} {version}", "author": job.publisher, "created": created})
        sheets = _Sheets(book)
        sheets.add(_COVER, ("Angabe", "Inhalt"), _cover(job, version))
        sheets.add_query(con, "Codebuch", _CODEBOOK)
        for table in units:
            show_units(con, table)
            set_variables(con, raumebene=table.name)
            sheets.add_query(con, f"{table.name}_jahr", sql("export/raum_jahr"), {"raum_id": f"{table.name}_id"})
        for table in units:
            columns = ", ".join(quoted(column.name) for column in csv_columns(table))
            sheets.add_query(
                con,
                table.name,
                f"SELECT {columns} FROM {quoted(table.name)}",  # noqa: S608 -- contract names
            )
    return path


def _cover(job: ReleaseJob, version: str) -> list[tuple[Any, ...]]:
    synthetic = [("Hinweis", "Synthetische Daten: keine Zahl beschreibt einen wirklichen Ort oder wirkliche Menschen.")]
    return [
        ("Stadt", job.city_name),
        *(synthetic if job.synthetic else []),
        ("Fortschreibung", version),
        ("Stichtage bis", job.stichtag_max),
        ("Zuschnitt", job.zuschnitt),
        ("Lizenz", job.licence),
        *([("Lizenztext", job.licence_url)] if job.licence_url else []),
        ("Namensnennung", job.attribution),
        ("Herausgeber", job.publisher),
        ("Kontakt", job.contact),
        ("Leere Felder", "Wo ein Wert fehlt, steht sein Grund in der Tabelle wert (csv/wert.csv), Spalte status:"),
        *((f"status {name}", words.de) for name, words in vocabulary().status.items() if name != "ok"),
    ]


class _Sheets:
    """Adds sheets to a workbook: a frozen head, a filter, dates as dates."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._head = book.add_format({"bold": True, "bottom": 1})
        self._date = book.add_format({"num_format": "dd.mm.yyyy"})

    def add_query(
        self, con: duckdb.DuckDBPyConnection, name: str, query: str, headings: Mapping[str, str] | None = None
    ) -> None:
        found, renamed = con.execute(query), headings or {}
        self.add(name, [renamed.get(column, column) for column, *_ in found.description], found.fetchall())

    def add(self, name: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        sheet = self._book.add_worksheet(name[:_LONGEST_NAME])
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, 90 if column == "Inhalt" else _WIDTHS.get(column, 15))
            sheet.write_string(0, at, column, self._head)
        for row, cells in enumerate(rows, start=1):
            for at, cell in enumerate(cells):
                if isinstance(cell, (int, float)) and not isinstance(cell, bool):
                    sheet.write_number(row, at, cell)
                elif isinstance(cell, dt.date):
                    sheet.write_datetime(row, at, cell, self._date)
                elif cell is not None and cell != "":
                    sheet.write_string(row, at, str(cell))
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
