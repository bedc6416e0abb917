"""The first page of a release: what it is, how much is in it, how to open it in each tool, and how to cite it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import duckdb
from markupsafe import Markup

from flows.base.db import records, set_variables, sql
from flows.pages.both_numbers import number, percent
from flows.pages.index_map import index_picture
from flows.pages.map_picture import picture
from flows.pages.template import page_of
from flows.profile.vocabulary import Words, vocabulary
from flows.release.main_index import find_main_index

NAME = "index.html"


@dataclass(frozen=True)
class Headline:
    """What a release says of itself in numbers (sql/read/erste_seite.sql)."""

    stadt: str
    synthetisch: bool
    version: str
    letzter: dt.date
    erster: dt.date
    stichtage: int
    zuschnitt: str
    herausgeber: str
    kontakt: str
    lizenz: str
    lizenz_url: str | None
    namensnennung: str
    content_hash: str
    vorversion: str | None
    indikatoren: int
    zahlen: int
    geheim: int
    geschaetzt: int
    einwohner: float | None
    einwohner_am: dt.date | None
    karte: str | None
    karte_index: str | None
    vorsicht_de: str | None
    vorsicht_en: str | None

    @property
    def since(self) -> dt.date:
        """The first day of the Zuschnitt."""
        return dt.date.fromisoformat(self.zuschnitt)


@dataclass(frozen=True)
class Way:
    """A way to read a release: with which programs, by which file or folder, and how."""

    programs: str
    path: str
    how: Words


WAYS: Sequence[Way] = (
    Way("Excel, LibreOffice", "fortschreibung.xlsx", Words("Doppelklick.", "Double click.")),
    Way("QGIS, ArcGIS", "geo/", Words("Eine .gpkg-Datei in das Fenster ziehen.", "Drag a .gpkg file into the window.")),
    Way("Python, R, DuckDB", "fortschreibung.duckdb",
        Words("Jede Tabelle mit Erläuterung jeder Spalte.", "Every table, with a comment on each column.")),
    Way("pandas, SPSS, Stata", "csv/", Words("UTF-8, Komma, Dezimalpunkt.", "UTF-8, comma, decimal point.")),
    Way("Power Query", "csv_excel/", Words("Semikolon, Dezimalkomma.", "Semicolon, decimal comma.")),
    Way("Arrow, Spark", "parquet/", Words("Dieselben Tabellen.", "The same tables.")),
)  # fmt: skip

PAGES: Sequence[tuple[str, Words, Words]] = (
    ("atlas/index.html", Words("Atlas", "Atlas"),
     Words("Jeder Indikator und jeder Index als Karte, mit Rangfolge und einem Profil jedes Raums.",
           "Each indicator and index as a map, with a ranking and a profile of each unit.")),
    ("codebook.html", Words("Codebuch", "Codebook"),
     Words("Was jeder Indikator bedeutet, und woraus er gerechnet ist.", "What each indicator means and is made of.")),
    ("changes.html", Words("Änderungen", "Changes"),
     Words("Was sich seit der vorigen Fortschreibung geändert hat.", "What changed since the release before.")),
    ("disclosure.html", Words("Geheimhaltung", "Confidentiality"),
     Words("Wie viele Zahlen fehlen, und wo.", "How many figures are suppressed, and where.")),
    ("checks/index.html", Words("Prüfungen", "Checks"),
     Words("Was vor der Veröffentlichung geprüft wurde.", "What was checked before publication.")),
)  # fmt: skip


REDRAW = (
    "umbau.html", Words("Neue Grenzen", "New boundaries"),
    Words("Was der letzte Neuzuschnitt mit jedem Sozialraum machte.", "What the last redraw did to each Sozialraum."),
)  # fmt: skip


class Awaited(NamedTuple):
    """A delivery that was not there when the release was published."""

    name: Words
    year: int
    until: dt.date
    overdue: bool


def first_page(con: duckdb.DuckDBPyConnection, *, redrawn: bool) -> str:
    """Return the first page of the release open in `con`, which has the spatial extension.

    `redrawn` says whether it has the report of a redraw.
    """
    con.execute(sql("schema/bild_rang"))
    find_main_index(con)
    set_variables(con, schaetzungen=list(vocabulary().estimates))
    (row,) = records(con.execute(sql("read/erste_seite")))
    head = Headline(**row)
    levels = records(con.execute(sql("read/ebene_umfang")))
    drawn = _picture(con, head)
    return page_of(
        "index.html.j2", head=head, levels=levels, ways=WAYS, pages=[*PAGES, REDRAW] if redrawn else PAGES,
        number=number, percent=percent, awaited=_awaited(con),
        picture=None if drawn is None else Markup(drawn),  # noqa: S704 -- our own drawing, its texts escaped
    )  # fmt: skip


def _picture(con: duckdb.DuckDBPyConnection, head: Headline) -> str | None:
    """Return the map of need, or of the Indikator that says most of it where the release has no index."""
    day = head.letzter.isoformat()
    if head.karte_index:
        return index_picture(con, head.karte_index, day)
    return picture(con, head.karte, day) if head.karte else None


def _awaited(con: duckdb.DuckDBPyConnection) -> list[Awaited]:
    rows = con.execute(
        "SELECT titel_de, titel_en, jahr, erwartet_bis, lieferstand = 'ueberfaellig' FROM _deliveries "
        "WHERE lieferstand <> 'vorhanden' ORDER BY erwartet_bis, titel_de"
    ).fetchall()
    return [Awaited(Words(german, english), *rest) for german, english, *rest in rows]
