"""What the codebook's page shows of typologies: traits, types with their middles, what they are not for."""

from __future__ import annotations

import duckdb
from pydantic import BaseModel, ConfigDict

from flows.base.db import records


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class TraitEntry(_Row):
    """katalog.typologie_merkmal with the names of the Indikator."""

    indikator_id: str
    label_de: str
    label_en: str
    einheit: str
    umformung: str
    mittel: float
    streuung: float
    gewicht: float


class Middle(_Row):
    """katalog.typologie_zentrum with the names of the Indikator."""

    indikator_id: str
    label_de: str
    label_en: str
    einheit: str
    zentrum: float


class TypeEntry(_Row):
    """katalog.typologie_typ with its middle."""

    typ_id: str
    label_de: str
    label_en: str
    beschreibung_de: str
    beschreibung_en: str
    zentren: tuple[Middle, ...]


class TypologyEntry(_Row):
    """katalog.typologie with its traits and types."""

    typologie_id: str
    typologie_version: str
    label_de: str
    label_en: str
    beschreibung_de: str
    beschreibung_en: str
    einschraenkung_de: str
    einschraenkung_en: str
    basisstichtag: str
    mindest_einwohner: int
    grenzfall_unter: float
    merkmale: tuple[TraitEntry, ...]
    typen: tuple[TypeEntry, ...]


def typology_entries(con: duckdb.DuckDBPyConnection) -> tuple[TypologyEntry, ...]:
    """Return the typologies of the schema `katalog` of `con`, in the order of their file."""
    typologies = records(con.execute(
        "SELECT * REPLACE (basisstichtag::VARCHAR AS basisstichtag) FROM katalog.typologie ORDER BY position"
    ))  # fmt: skip
    named = "indikator.label_de, indikator.label_en, indikator.einheit"
    traits = records(con.execute(
        f"SELECT merkmal.*, {named} FROM katalog.typologie_merkmal AS merkmal "  # noqa: S608 -- names of columns
        "INNER JOIN katalog.indikator USING (indikator_id) ORDER BY merkmal.position"
    ))  # fmt: skip
    middles = records(con.execute(
        f"SELECT zentrum.*, {named} FROM katalog.typologie_zentrum AS zentrum "  # noqa: S608 -- names of columns
        "INNER JOIN katalog.typologie_merkmal AS merkmal USING (typologie_id, typologie_version, indikator_id) "
        "INNER JOIN katalog.indikator USING (indikator_id) ORDER BY merkmal.position"
    ))  # fmt: skip
    types = records(con.execute("FROM katalog.typologie_typ ORDER BY position"))

    def of(rows: list[dict[str, object]], entry: dict[str, object], *more: str) -> list[dict[str, object]]:
        key = ("typologie_id", "typologie_version", *more)
        return [row for row in rows if all(row[name] == entry[name] for name in key)]

    return tuple(
        TypologyEntry.model_validate({
            **entry, "merkmale": of(traits, entry),
            "typen": [{**each, "zentren": of(middles, each, "typ_id")} for each in of(types, entry)],
        })
        for entry in typologies
    )  # fmt: skip
