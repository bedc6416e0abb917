"""What the atlas loads of each index: its definition, its classes with their colours, and what is said of each unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from flows.atlas.letters import letters
from flows.base.db import records, set_variables, sql
from flows.release.map_classes import change_colours, class_colours


@dataclass(frozen=True)
class AtlasClass:
    """A class of an index, from little need to much, or of its change."""

    label_de: str
    label_en: str
    colour: str


@dataclass(frozen=True)
class AtlasIndex:
    """An index in one version and by one measure."""

    id: str
    index_id: str
    index_version: str
    massstab: str
    label_de: str
    label_en: str
    classes: Sequence[AtlasClass]
    changes: Sequence[AtlasClass]
    definition: dict[str, Any]
    indikatoren: Sequence[str]

    @property
    def years(self) -> int | None:
        """The years between the Stichtage of its change."""
        found: int | None = self.definition["abstand_jahre"]
        return found


def atlas_indices(con: duckdb.DuckDBPyConnection) -> list[AtlasIndex]:
    """Return the indices that the release has figures of, in the order of their definitions."""
    definitions = records(con.execute(
        "SELECT index_definition.*, massstab FROM index_definition INNER JOIN "
        "(SELECT DISTINCT index_id, index_version, massstab FROM index_wert_alle) USING (index_id, index_version) "
        "ORDER BY position, massstab DESC"
    ))  # fmt: skip
    names = [row["index_id"] for row in definitions]
    classes = records(con.execute("FROM index_klasse ORDER BY klasse"))
    parts = records(con.execute("FROM index_komponente ORDER BY position"))

    def of(rows: Sequence[dict[str, Any]], entry: dict[str, Any]) -> list[dict[str, Any]]:
        return [row for row in rows if all(row[name] == entry[name] for name in ("index_id", "index_version"))]

    return [
        AtlasIndex(
            id=entry["index_id"] if names.count(entry["index_id"]) == 1 else _long_id(entry),
            index_id=entry["index_id"], index_version=entry["index_version"], massstab=entry["massstab"],
            label_de=entry["label_de"], label_en=entry["label_en"],
            classes=_classes([row for row in of(classes, entry) if row["klassenart"] == "stand"], change=False),
            changes=_classes([row for row in of(classes, entry) if row["klassenart"] != "stand"], change=True),
            definition=entry,
            indikatoren=[row["indikator_id"] for row in of(parts, entry)],
        )
        for entry in definitions
    ]  # fmt: skip


def _long_id(entry: dict[str, Any]) -> str:
    """Return what tells versions and measures of an index apart, fit for the name of a file and an address."""
    return re.sub(r"[^\w.-]", "_", f"{entry['index_id']}_{entry['index_version']}_{entry['massstab']}")


def _classes(rows: Sequence[dict[str, Any]], *, change: bool) -> list[AtlasClass]:
    colours = (change_colours if change else class_colours)(len(rows))
    return [AtlasClass(row["label_de"], row["label_en"], colour) for row, colour in zip(rows, colours, strict=True)]


def index_contents(
    con: duckdb.DuckDBPyConnection, indices: Sequence[AtlasIndex]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each index with what the atlas loads of it; the units are numbered."""
    set_variables(con, worte=list(letters()), zeichen=list(letters().values()))
    con.execute(sql("schema/fehlgrund"))
    rows = {tuple(key): lines for *key, lines in con.execute(sql("atlas/index")).fetchall()}
    for index in indices:
        text = index.definition
        yield (
            index.id,
            {
                "about": [text["beschreibung_de"], text["beschreibung_en"]],
                "caution": [text["einschraenkung_de"], text["einschraenkung_en"]],
                "guidance": [text["wortwahl_de"], text["wortwahl_en"]],
                "lines": rows[index.index_id, index.index_version, index.massstab],
            },
        )
