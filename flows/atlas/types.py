"""What the atlas loads of each typology: its types with their colours, and what is said of each unit.

A typology is shown as an index is, with types in place of classes; only that no type is more than another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from flows.atlas.indices import AtlasClass
from flows.atlas.letters import letters
from flows.base.db import has_table, records, set_variables, sql
from flows.pages.type_map import type_colours


@dataclass(frozen=True)
class AtlasTypology:
    """A typology in one version."""

    id: str
    typology: dict[str, Any]
    types: Sequence[AtlasClass]
    indikatoren: Sequence[str]


def atlas_typologies(con: duckdb.DuckDBPyConnection) -> list[AtlasTypology]:
    """Return the typologies of the release, in the order of their definitions; none of an older one without types."""
    if not has_table(con, "typologie_typ"):
        return []
    found = records(con.execute(
        "FROM typologie SEMI JOIN typ USING (typologie_id, typologie_version) ORDER BY position"
    ))  # fmt: skip
    types = records(con.execute("FROM typologie_typ ORDER BY position"))
    traits = records(con.execute("FROM typologie_merkmal ORDER BY position"))

    def of(rows: Sequence[dict[str, Any]], one: dict[str, Any]) -> list[dict[str, Any]]:
        return [row for row in rows if all(row[key] == one[key] for key in ("typologie_id", "typologie_version"))]

    return [
        AtlasTypology(
            re.sub(r"[^\w.-]", "_", f"typen_{one['typologie_id']}_{one['typologie_version']}"), one,
            [AtlasClass(row["label_de"], row["label_en"], colour)
             for row, colour in zip(of(types, one), type_colours(len(of(types, one))), strict=True)],
            [row["indikator_id"] for row in of(traits, one)],
        ) for one in found
    ]  # fmt: skip


def type_contents(
    con: duckdb.DuckDBPyConnection, typologies: Sequence[AtlasTypology]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each typology with what the atlas loads of it; the units are numbered."""
    if not typologies:
        return
    set_variables(con, worte=list(letters()), zeichen=list(letters().values()))
    con.execute(sql("schema/fehlgrund"))
    rows = {tuple(key): lines for *key, lines in con.execute(sql("atlas/typ")).fetchall()}
    for each in typologies:
        text = each.typology
        yield (
            each.id,
            {
                "about": [text["beschreibung_de"], text["beschreibung_en"]],
                "caution": [text["einschraenkung_de"], text["einschraenkung_en"]],
                "lines": rows[text["typologie_id"], text["typologie_version"]],
            },
        )
