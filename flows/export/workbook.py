"""The release as one workbook for people who work in Excel: a cover, the codebook, the figures by year, the units.

The figures stand one row per unit and Stichtag, one column per Indikator, one sheet a Raumebene: the long table
would be more than a workbook is good for, and is in csv/ and parquet/. A sheet of figures holds each Stichtag once, on
the Zuschnitt on which it is read; the same on other Zuschnitte stands in sheets of its own at the end, which say so.
Numbers are numbers, ids are text (with their leading zeros), dates are dates. A missing figure is a word that says why:
SUM and AVERAGE pass over it, while a difference would take an empty cell for 0. Everything is written in a fixed order
and dated by the Stichtag, so that the same release has the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import xlsxwriter

from flows.base.db import columns_of, quoted, set_variables, sql
from flows.export.cover import NAME as COVER
from flows.export.cover import Cover
from flows.export.faces import Faces
from flows.export.open_formats import csv_columns
from flows.export.sheet_rows import SheetRows, keep_rows, prepare_cells, put_in
from flows.export.worksheets import Head, SheetNames, Worksheet
from flows.profile.vocabulary import vocabulary
from flows.release.job import ReleaseJob
from flows.release.main_index import find_main_index
from flows.release.table_contract import Table, contract

NAME = "fortschreibung.xlsx"
_WIDTHS = {
    "label_de": 34, "label_en": 34, "beschreibung_de": 60, "beschreibung_en": 60, "einschraenkung_de": 40,
    "einschraenkung_en": 40, "indikator_id": 30, "name": 28, "zuschnitt": 11, "stichtag": 10, "methode": 20,
    "zaehler": 30, "nenner": 30, "blaetter": 40, "wartet_auf": 60,
}  # fmt: skip
_ROW = ("zuschnitt", "raum_id", "name", "stichtag", "methode")  # what begins a row of figures
_FIXED = 4  # of these stay in sight
_OF_SCORES = 2
"""Decimals of a score, as it is shown everywhere."""
_FIGURES_SCALE = 55  # percent, of print

# one row per Indikator, with what stands above and below its line; what is printed comes first
_CODEBOOK = """
SELECT
    i.indikator_id,
    i.label_de,
    i.einheit,
    i.beschreibung_de,
    i.einschraenkung_de,
    string_agg(t.merkmal, ' + ' ORDER BY t.merkmal) FILTER (t.rolle = 'zaehler') AS zaehler,
    string_agg(t.merkmal, ' + ' ORDER BY t.merkmal) FILTER (t.rolle = 'nenner') AS nenner,
    i.* EXCLUDE (indikator_id, label_de, einheit, beschreibung_de, einschraenkung_de)
FROM indikator AS i
LEFT JOIN indikator_teil AS t USING (indikator_id)
GROUP BY ALL
ORDER BY i.position
"""
_CODEBOOK_PRINTED = 7  # columns


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
    empty = io.BytesIO()
    with xlsxwriter.Workbook(empty, {"constant_memory": True, "tmpdir": str(path.parent)}) as book:
        created = dt.datetime.combine(job.stichtag_max, dt.time())
        book.set_properties({"title": f"{job.city_name} {version}", "author": job.publisher, "created": created})
        decimals = con.execute("SELECT DISTINCT nachkommastellen FROM indikator ORDER BY ALL").fetchall()
        faces = Faces(book, [_OF_SCORES, *(places for (places,) in decimals)])
        faces.tell(con)
        words = vocabulary()
        set_variables(
            con, index_status=list(words.index_status), typ_status=list(words.type_status),
            index_worte=[each.short_de for each in words.index_status.values()],
            typ_worte=[each.short_de for each in words.type_status.values()],
            oder_wort=" oder ", bis_wort=" bis ",
        )  # fmt: skip
        find_main_index(con)
        for name in ("ausnahme_breit", "belegt", "haupt_breit", "raum_jahr"):
            con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql(f'export/{name}')}")
        sheets = _Sheets(con, job).all(units)
        footer = f"&L{_in_footer(f'{job.city_name} {version}')}&C&A&RSeite &P von &N"
        Cover(job, version, sheets).lay_out(book, faces, footer)
        placed = {number: each.lay_out(book, faces, footer) for number, each in enumerate(sheets, start=2)}
        for each in sheets:
            if each.found.exceptions:
                book.define_name(each.name, f"={each.range}")
    put_in(con, empty, placed, path)
    return path


def _in_footer(text: str) -> str:
    return text.replace("&", "&&")


class _Sheets:
    """The sheets of a workbook but its cover, in order."""

    def __init__(self, con: duckdb.DuckDBPyConnection, job: ReleaseJob) -> None:
        self._con, self._job, self._kept = con, job, 1
        self._names = SheetNames(COVER)
        self._indikatoren = {
            name: Head(label, unit, decimals=decimals)
            for name, label, unit, decimals in con.execute(
                "SELECT indikator_id, label_de, einheit, nachkommastellen FROM indikator ORDER BY position"
            ).fetchall()
        }
        self._kinds = columns_of(con, "raum_jahr")
        self._places = {
            (level, heutig): numbers for level, heutig, *numbers in con.execute(sql("export/blatt")).fetchall()
        }
        self._given = {
            (level, heutig): frozenset(names)
            for level, heutig, names in con.execute(
                "SELECT raumebene, heutig, list(indikator_id) FROM belegt WHERE zahlen > 0 GROUP BY ALL"
            ).fetchall()
        }

        self._with_index = set(con.execute(
            "SELECT DISTINCT raumebene, heutig FROM raum_jahr WHERE index_klasse IS NOT NULL OR typ_id IS NOT NULL"
        ).fetchall())  # fmt: skip
        self._classed = self._heads_of_need()

    def _heads_of_need(self) -> dict[str, Head]:
        """Return what stands above the columns of the main index and the first typology, as far as there are any."""
        names = [
            self._con.execute(f"SELECT label_de FROM {table} LIMIT 1").fetchone()  # noqa: S608 -- ours
            for table in (
                "hauptindex",
                "typologie SEMI JOIN typ USING (typologie_id, typologie_version) ORDER BY position",
            )
        ]
        index, types = (found[0] if found else None for found in names)
        return ({
            "index_punkte": Head(f"{index}: Punkte", decimals=_OF_SCORES),
            "index_klasse": Head(f"{index}: Klassen, die 90 % halten", width=24), "index_rang": Head(f"{index}: Rang"),
        } if index else {}) | ({"typ_id": Head(types, width=30)} if types else {})  # fmt: skip

    def all(self, units: Sequence[Table]) -> list[Worksheet]:
        """Return the codebook, the figures, the units, and what only some want."""
        first = [self._codebook(), *(self._figures(table) for table in units), *map(self._units, units)]
        missing = self._sheet(
            "ohne_zahl",
            "Indikatoren, die ein Blatt mit Zahlen auslässt, weil dort kein Raum eine Zahl hat.",
            sql("export/ohne_zahl"),
            {
                **_heads_of_contract("indikator_id", "label_de", "einheit"),
                "blaetter": Head("Fehlt in den Blättern", width=_WIDTHS["blaetter"]), "grund": Head("Grund"),
                "wartet_auf": Head("Wartet auf das Merkmal (Quelle)", width=_WIDTHS["wartet_auf"]),
            },
            wrapped=True,
        )  # fmt: skip
        others = [self._figures(table, heutig=False) for table in units]
        return [*first, *(each for each in (missing, *others) if each.found.rows)]

    def _codebook(self) -> Worksheet:
        given = columns_of(self._con, "indikator")
        heads = _heads_of_contract(*given) | {
            "zaehler": Head("Zähler", width=_WIDTHS["zaehler"]), "nenner": Head("Nenner", width=_WIDTHS["nenner"]),
        }  # fmt: skip
        book = self._sheet("Codebuch", "Was jeder Indikator zählt.", _CODEBOOK, heads, wrapped=True)
        return replace(book, printed_columns=_CODEBOOK_PRINTED)

    def _figures(self, table: Table, *, heutig: bool = True) -> Worksheet:
        first, rows, newest = self._places.get((table.name, heutig), (0, 0, 0))
        given = self._given.get((table.name, heutig), frozenset())
        classed = self._classed if (table.name, heutig) in self._with_index else {}
        columns = [*_ROW, *classed, *(name for name in self._indikatoren if name in given)]
        exceptions = given | ({"index_punkte"} & set(classed))
        found = SheetRows("raum_jahr", {name: self._kinds[name] for name in columns}, rows, first, exceptions)
        unit_heads = {column.name: column.label_de for column in table.columns}
        own = {
            **_heads_of_contract("zuschnitt", "name", "stichtag"),
            "raum_id": Head(unit_heads[f"{table.name}_id"], width=10),
            "methode": Head("Methode (die unsicherste der Zeile)", width=_WIDTHS["methode"]),
        }
        label = next(level.label_de for level in self._job.raumebenen if level.id == table.name)
        title, ending = (
            (_today_in_words(label), "_jahr") if heutig else (_others_in_words(label, table.name), "_zuschnitt")
        )
        return Worksheet(
            self._names.take(table.name, ending), title, found, {**self._indikatoren, **own, **classed}, _FIXED,
            warning=not heutig, printed=newest, scale=_FIGURES_SCALE, ids={"raum_id": f"{table.name}_id"},
        )  # fmt: skip

    def _units(self, table: Table) -> Worksheet:
        columns = csv_columns(table)
        names = ", ".join(quoted(column.name) for column in columns)
        heads = {each.name: Head(each.label_de, each.unit or "", _WIDTHS.get(each.name)) for each in columns}
        title = table.description_de.replace(", mit Umriss.", "; Umrisse in geo/.")
        return self._sheet(table.name, title, f"SELECT {names} FROM {quoted(table.name)}", heads)  # noqa: S608

    def _sheet(
        self, name: str, title: str, query: str, heads: Mapping[str, Head], *, wrapped: bool = False
    ) -> Worksheet:
        return Worksheet(self._names.take(name), title, self._keep(query), heads, 2, wrapped=wrapped)

    def _keep(self, query: str) -> SheetRows:
        self._kept += 1
        return keep_rows(self._con, f"blatt_{self._kept}", query)


def _heads_of_contract(*names: str) -> dict[str, Head]:
    columns = contract().column
    return {name: Head(columns[name].label_de, columns[name].unit or "", _WIDTHS.get(name)) for name in names}


def _today_in_words(label: str) -> str:
    return (
        f"{label}: jeder Stichtag einmal, der neueste zuerst. Kursiv und blau: geschätzt. "
        "Wort statt Zahl: warum sie fehlt."
    )


def _others_in_words(label: str, level: str) -> str:
    return (
        f"NICHT MIT {level}_jahr ZUSAMMENZÄHLEN! {label}: dieselben Zahlen noch einmal, auf anderen Zuschnitten "
        "(Spalte zuschnitt)."
    )
