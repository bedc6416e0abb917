"""What the codebook's page shows of the indices: formula, classes, what they are not for, how to write about them."""

from __future__ import annotations

import duckdb
from pydantic import BaseModel, ConfigDict

from flows.base.db import records


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class IndexComponent(_Row):
    """katalog.index_komponente with the names of the Indikator."""

    indikator_id: str
    label_de: str
    label_en: str
    gewicht: float
    richtung: str


class IndexClass(_Row):
    """katalog.index_klasse: a class of an index, or of its change."""

    klassenart: str
    klasse: int
    klassengrenze: float | None
    label_de: str
    label_en: str


class IndexEntry(_Row):
    """katalog.index_definition with its components and classes."""

    index_id: str
    index_version: str
    label_de: str
    label_en: str
    beschreibung_de: str
    beschreibung_en: str
    einschraenkung_de: str
    einschraenkung_en: str
    wortwahl_de: str
    wortwahl_en: str
    quelle: str
    standardisierung: str
    verdichtung: str
    nachskalierung: str
    klassierung: str
    basisstichtag: str | None
    mindest_einwohner: int
    abstand_jahre: int | None
    komponenten: tuple[IndexComponent, ...]
    klassen: tuple[IndexClass, ...]


def index_entries(con: duckdb.DuckDBPyConnection) -> tuple[IndexEntry, ...]:
    """Return the indices of the schema `katalog` of `con`, in the order of their definitions."""
    definitions = records(con.execute(
        "SELECT * REPLACE (basisstichtag::VARCHAR AS basisstichtag) FROM katalog.index_definition ORDER BY position"
    ))  # fmt: skip
    components = records(con.execute(
        "SELECT komponente.*, indikator.label_de, indikator.label_en FROM katalog.index_komponente AS komponente "
        "INNER JOIN katalog.indikator USING (indikator_id) ORDER BY komponente.position"
    ))  # fmt: skip
    classes = records(con.execute("FROM katalog.index_klasse ORDER BY klassenart, klasse"))

    def of(rows: list[dict[str, object]], entry: dict[str, object]) -> list[dict[str, object]]:
        key = ("index_id", "index_version")
        return [row for row in rows if all(row[name] == entry[name] for name in key)]

    return tuple(
        IndexEntry.model_validate({**entry, "komponenten": of(components, entry), "klassen": of(classes, entry)})
        for entry in definitions
    )
