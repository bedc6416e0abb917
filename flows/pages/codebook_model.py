"""What the codebook's page shows: figures, what they are made of and where that comes from, out of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import duckdb
from pydantic import BaseModel, ConfigDict

from flows.base.db import records
from flows.pages.codebook_indices import IndexEntry, index_entries
from flows.pages.codebook_types import TypologyEntry, typology_entries
from flows.profile.protection import PUBLISHED_AS
from flows.profile.vocabulary import Words, years


class _Row(BaseModel):
    """A row of a table of the catalogue; columns that the page does not show are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class City(_Row):
    """katalog.stadt: whose codebook this is."""

    name: str
    synthetisch: bool


class Raumebene(_Row):
    """katalog.raumebene: a level of space for which figures are published."""

    raumebene: str
    label_de: str
    label_en: str


class Merkmal(_Row):
    """katalog.merkmal: a quantity that is counted."""

    merkmal: str
    label_de: str
    label_en: str
    einheit: str
    art: str
    thema: str
    geschuetzt: bool


class Indikator(_Row):
    """katalog.indikator: a figure that is published."""

    indikator_id: str
    label_de: str
    label_en: str
    beschreibung_de: str
    beschreibung_en: str
    einheit: str
    nachkommastellen: int
    typ: str
    faktor: float
    abstand_jahre: int | None
    bezug: str
    thema: str
    quelle: str
    richtung: str
    schutzklasse: str
    einschraenkung_de: str | None
    einschraenkung_en: str | None
    hinweise: str | None
    suchworte: str | None

    @property
    def reference(self) -> Words:
        """What in time the figure refers to."""
        if self.abstand_jahre is not None:
            span = years(self.abstand_jahre)
            return Words(f"Zeitraum: {span.de} bis zum Stichtag", f"period: {span.en} up to the date")
        if self.bezug == "zeitraum":
            return Words("Zeitraum: Kalenderjahr, das am Stichtag endet", "period: calendar year ending on the date")
        return Words("Stichtag", "reference date")


class IndikatorTeil(_Row):
    """katalog.indikator_teil: a Merkmal above or below the line of an Indikator."""

    indikator_id: str
    rolle: str
    merkmal: str


class Schutzklasse(_Row):
    """katalog.schutzklasse: what is suppressed, rounded or overlaid."""

    schutzklasse: str
    mindest_zaehler: int
    mindest_nenner: int
    mindest_gruppe: int
    mindest_faelle: int
    hoechst_beitrag: float | None
    begruendung: str | None
    verfahren: str
    rundungsbasis: int | None
    geheimnis_kennung: str | None

    @property
    def rule(self) -> Words:
        """The rules as sentences."""
        return _sentences([self._counts, self._below_the_line, self._groups, self._sums, self._dominated])

    def rule_for(self, typ: str) -> Words:
        """Return the sentences that matter to an Indikator of type `typ`; a count has no denominator."""
        if typ != "anzahl":
            return self.rule
        return _sentences([self._counts, self._groups, self._sums, self._dominated])

    @property
    def _counts(self) -> Words:
        if self.verfahren == PUBLISHED_AS["cell-key"]:
            return Words(
                "Anzahlen werden durch einen Schlüssel verändert (Cell-Key-Methode); Summen können sich unterscheiden.",
                "Counts are changed by a key (cell key method); sums may differ from each other.",
            )
        if self.rundungsbasis is not None:
            return Words(
                f"Anzahlen unter {self.rundungsbasis} zwischen den Linien aller Zuschnitte werden zu 0 oder "
                f"{self.rundungsbasis} gerundet, so dass alles weiter aufgeht.",
                f"Counts below {self.rundungsbasis} between the lines of all Zuschnitte are rounded to 0 or "
                f"{self.rundungsbasis}, so that everything still adds up.",
            )
        if self.mindest_zaehler <= 1:
            return Words("Für Anzahlen gilt keine Schwelle.", "There is no threshold for counts.")
        most = self.mindest_zaehler - 1
        small = {1: Words("1", "1"), 2: Words("1 und 2", "1 and 2")}.get(most, Words(f"1 bis {most}", f"1 to {most}"))
        return Words(f"Anzahlen von {small.de} werden unterdrückt.", f"Counts of {small.en} are suppressed.")

    @property
    def _below_the_line(self) -> Words:
        if self.mindest_nenner <= 1:
            return Words("", "")
        return Words(
            f"Quoten mit einem Nenner unter {self.mindest_nenner} werden unterdrückt.",
            f"Rates with a denominator below {self.mindest_nenner} are suppressed.",
        )

    @property
    def _groups(self) -> Words:
        if not self.mindest_gruppe:
            return Words("", "")
        return Words(
            f"Anteile von 0 und 100 % unter weniger als {self.mindest_gruppe} Personen werden unterdrückt.",
            f"Shares of 0 and 100 % among fewer than {self.mindest_gruppe} people are suppressed.",
        )

    @property
    def _sums(self) -> Words:
        if not self.mindest_faelle:
            return Words("", "")
        return Words(
            f"Summen über weniger als {self.mindest_faelle} Fälle werden unterdrückt.",
            f"Sums over fewer than {self.mindest_faelle} cases are suppressed.",
        )

    @property
    def _dominated(self) -> Words:
        if self.hoechst_beitrag is None:
            return Words("", "")
        most = f"{100 * self.hoechst_beitrag:g}"
        return Words(
            f"Summen, zu denen ein Fall mehr als {most.replace('.', ',')} % beiträgt, werden unterdrückt.",
            f"Sums to which one case contributes more than {most} % are suppressed.",
        )


def _sentences(each: Sequence[Words]) -> Words:
    return Words(" ".join(one.de for one in each if one.de), " ".join(one.en for one in each if one.en))


class RaumGesperrt(_Row):
    """raum_gesperrt: a unit of which a class publishes nothing."""

    schutzklasse: str
    zuschnitt: str
    raumebene: str
    raum_id: str
    begruendung: str


class Hinweis(_Row):
    """katalog.hinweis: a usage warning; the words before the first colon name it."""

    hinweis: str
    text_de: str
    text_en: str

    @property
    def name(self) -> Words:
        """The warning in a few words."""
        return Words(self.text_de.partition(": ")[0], self.text_en.partition(": ")[0])

    @property
    def advice(self) -> Words:
        """What the warning says beyond its name."""
        return Words(self.text_de.partition(": ")[2], self.text_en.partition(": ")[2])


class Ausstehend(_Row):
    """katalog.ausstehend: a Merkmal that an Indikator without figures waits for, and the source that would bring it."""

    indikator_id: str
    merkmal: str
    quelle: str


class Herkunft(_Row):
    """katalog.herkunft: a Lieferung and the Merkmal that is read from it, None where it describes space."""

    merkmal: str | None
    quelle: str
    titel_de: str
    titel_en: str
    datei: str
    tabelle: str


class Origin(NamedTuple):
    """A source, and its files in order."""

    titel: Words
    tabelle: str
    dateien: tuple[str, ...]


class CodebookPage(_Row):
    """All that the page shows, each list in the order of the catalogue."""

    version: str
    stadt: City
    raumebenen: tuple[Raumebene, ...]
    merkmale: tuple[Merkmal, ...]
    indikatoren: tuple[Indikator, ...]
    indikator_teile: tuple[IndikatorTeil, ...]
    schutzklassen: tuple[Schutzklasse, ...]
    gesperrt: tuple[RaumGesperrt, ...] = ()
    hinweise: tuple[Hinweis, ...]
    ausstehend: tuple[Ausstehend, ...] = ()
    herkunft: tuple[Herkunft, ...] = ()
    indizes: tuple[IndexEntry, ...] = ()
    typologien: tuple[TypologyEntry, ...] = ()

    @property
    def indikatoren_by_theme(self) -> dict[str, list[Indikator]]:
        """The Indikatoren under their themes, both in the order of the codebook."""
        themes: dict[str, list[Indikator]] = {}
        for indikator in self.indikatoren:
            themes.setdefault(indikator.thema, []).append(indikator)
        return themes

    @property
    def merkmal_named(self) -> dict[str, Merkmal]:
        """Each Merkmal under its id."""
        return {merkmal.merkmal: merkmal for merkmal in self.merkmale}

    @property
    def schutzklasse_named(self) -> dict[str, Schutzklasse]:
        """Each class of protection under its id."""
        return {entry.schutzklasse: entry for entry in self.schutzklassen}

    @property
    def hinweis_named(self) -> dict[str, Hinweis]:
        """Each usage warning under its id."""
        return {hinweis.hinweis: hinweis for hinweis in self.hinweise}

    def parts(self, indikator: Indikator, role: str) -> list[Merkmal]:
        """Return the Merkmale above ("zaehler") or below ("nenner") the line of `indikator`."""
        return [
            self.merkmal_named[teil.merkmal]
            for teil in self.indikator_teile
            if teil.indikator_id == indikator.indikator_id and teil.rolle == role
        ]

    def waits_for(self, indikator: Indikator) -> list[tuple[Merkmal, str]]:
        """Return the Merkmale that an Indikator without figures waits for, with the sources that would bring them."""
        found: dict[str, list[str]] = {}
        for entry in self.ausstehend:
            if entry.indikator_id == indikator.indikator_id:
                found.setdefault(entry.merkmal, []).extend([] if entry.quelle == "keine" else [entry.quelle])
        return [(self.merkmal_named[merkmal], ", ".join(sources)) for merkmal, sources in found.items()]

    def users(self, merkmal: Merkmal) -> list[Indikator]:
        """Return the Indikatoren that are made from `merkmal`."""
        using = {teil.indikator_id for teil in self.indikator_teile if teil.merkmal == merkmal.merkmal}
        return [indikator for indikator in self.indikatoren if indikator.indikator_id in using]

    def origins(self, merkmal: Merkmal | None) -> list[Origin]:
        """Return the sources of `merkmal`, each with its files; of None, those that describe the units of space."""
        wanted = merkmal.merkmal if merkmal is not None else None
        rows = [row for row in self.herkunft if row.merkmal == wanted]
        grouped: dict[tuple[str, str], list[Herkunft]] = {}
        for row in rows:
            grouped.setdefault((row.quelle, row.tabelle), []).append(row)
        return [
            Origin(Words(group[0].titel_de, group[0].titel_en), table, tuple(sorted(each.datei for each in group)))
            for (_, table), group in sorted(grouped.items())
        ]

    def ingredients(self, indikator: Indikator) -> list[Merkmal]:
        """Return every Merkmal that `indikator` is made from, numerator first, each once."""
        return list(
            {each.merkmal: each for role in ("zaehler", "nenner") for each in self.parts(indikator, role)}.values()
        )

    def warnings(self, indikator: Indikator) -> list[Hinweis]:
        """Return the usage warnings of `indikator`."""
        return [self.hinweis_named[name] for name in re.findall(r"\w+", indikator.hinweise or "")]


def codebook_page_from(con: duckdb.DuckDBPyConnection, version: str) -> CodebookPage:
    """Return what the page of release `version` shows, read from the schema `katalog` of `con`."""
    return CodebookPage.model_validate(
        {
            "version": version,
            "stadt": _rows(con, "FROM katalog.stadt")[0],
            "raumebenen": _rows(con, "FROM katalog.raumebene ORDER BY rang"),
            "merkmale": _rows(con, "FROM katalog.merkmal ORDER BY position"),
            "indikatoren": _rows(con, "FROM katalog.indikator ORDER BY position"),
            "indikator_teile": _rows(
                con,
                "SELECT teil.* FROM katalog.indikator_teil AS teil JOIN katalog.merkmal USING (merkmal) "
                "ORDER BY teil.indikator_id, teil.rolle, merkmal.position",
            ),
            "schutzklassen": _rows(con, "FROM katalog.schutzklasse ORDER BY schutzklasse"),
            "gesperrt": _rows(con, "FROM katalog.raum_gesperrt ORDER BY ALL"),
            "hinweise": _rows(con, "FROM katalog.hinweis ORDER BY text_de"),
            "ausstehend": _rows(con, "FROM katalog.ausstehend ORDER BY ALL"),
            "herkunft": _rows(con, "FROM katalog.herkunft ORDER BY ALL"),
            "indizes": index_entries(con),
            "typologien": typology_entries(con),
        }
    )


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> Sequence[dict[str, Any]]:
    return records(con.execute(query))
