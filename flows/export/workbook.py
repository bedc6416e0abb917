"""The release as one workbook for people who work in Excel: a cover, the codebook, the units, the figures by year.

The figures stand one row per unit and Stichtag, one column per Indikator, one sheet a Raumebene: the long table
would be more than a workbook is good for, and is in csv/ and parquet/. Numbers are numbers, ids are text (with
their leading zeros), dates are dates. Everything is written in a fixed order and dated by the Stichtag, so that the
same release has the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from flows.base.db import quoted, set_variables, sql
from flows.export.open_formats import csv_columns
from flows.export.sheet_rows import keep_rows, prepare_cells, put_in
from flows.export.wide_figures import show_units
from flows.profile.vocabulary import vocabulary
from flows.release.job import ReleaseJob
from flows.release.table_contract import Table

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
    prepare_cells(con)
    queries = [("Codebuch", keep_rows(con, 2, _CODEBOOK))]
    for table in units:
        show_units(con, table)
        set_variables(con, raumebene=table.name)
        named = {"raum_id": f"{table.name}_id"}
        queries.append((f"{table.name}_jahr", keep_rows(con, len(queries) + 2, sql("export/raum_jahr"), named)))
    for table in units:
        columns = ", ".join(quoted(column.name) for column in csv_columns(table))
        query = f"SELECT {columns} FROM {quoted(table.name)}"  # noqa: S608 -- contract names
        queries.append((table.name, keep_rows(con, len(queries) + 2, query)))
    sheets = dict(enumerate(queries, start=2))
    empty = io.BytesIO()
    with xlsxwriter.Workbook(empty, {"constant_memory": True, "tmpdir": str(path.parent)}) as book:
        created = dt.datetime.combine(job.stichtag_max, dt.time())
        book.set_properties({"title": f"{job.city_name} {version}", "author": job.publisher, "created": created})
        head, date = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "dd.mm.yyyy"})
        cover = _sheet(book, _COVER, ("Angabe", "Inhalt"), len(_cover(job, version)), head)
        for row, (name, content) in enumerate(_cover(job, version), start=1):
            cover.write_string(row, 0, name)
            if isinstance(content, dt.date):
                cover.write_datetime(row, 1, content, date)
            else:
                cover.write_string(row, 1, content)
        for name, found in sheets.values():
            _sheet(book, name, found.headings, found.rows, head)
    put_in(con, empty, {number: found for number, (_, found) in sheets.items()}, path)
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


def _sheet(book: Any, name: str, headings: Sequence[str], rows: int, head: Any) -> Any:
    """Add a worksheet with its headings, frozen, and a filter over the `rows` below them."""
    sheet = book.add_worksheet(name[:_LONGEST_NAME])
    sheet.freeze_panes(1, 0)
    for at, heading in enumerate(headings):
        sheet.set_column(at, at, 90 if heading == "Inhalt" else _WIDTHS.get(heading, 15))
        sheet.write_string(0, at, heading, head)
    sheet.autofilter(0, 0, rows, len(headings) - 1)
    return sheet
