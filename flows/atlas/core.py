"""What the atlas knows before it loads a figure: the release, its units, Indikatoren and indices, words and colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from flows.atlas.age_bands import OLDEST, age_bands
from flows.atlas.first_view import RADIUS
from flows.atlas.indices import AtlasClass, AtlasIndex
from flows.atlas.letters import letters
from flows.atlas.types import AtlasTypology
from flows.atlas.units import WIDTH
from flows.base.db import records
from flows.pages.map_frame import INK, LINE
from flows.pages.map_picture import CIRCLE, LAND
from flows.profile.vocabulary import Gap, Named, Word, vocabulary
from flows.release import map_classes


@dataclass(frozen=True)
class Files:
    """Which file of the atlas holds the figures of an Indikator or of an index."""

    indikatoren: Mapping[str, str]
    indices: Mapping[str, str]


def core_content(
    con: duckdb.DuckDBPyConnection, units: Sequence[Mapping[str, Any]],
    classed: tuple[Sequence[AtlasIndex], Sequence[AtlasTypology]], first: Mapping[str, Any], files: Files,
    drawn: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Return the first content that the page loads; `drawn` says which units have outlines, and how high."""
    (release,), (indices, typologies) = records(con.execute("FROM _release")), classed
    levels = records(con.execute("FROM raumebene ORDER BY rang"))
    zuschnitte = [name for (name,) in con.execute("SELECT zuschnitt FROM zuschnitt ORDER BY zuschnitt").fetchall()]
    days = con.execute("SELECT DISTINCT stichtag::VARCHAR FROM wert_alle ORDER BY 1").fetchall()
    ids = [level["raumebene"] for level in levels]
    indikatoren = records(con.execute("FROM indikator ORDER BY position"))
    counts = [row["indikator_id"] for row in indikatoren if row["typ"] == "anzahl"]
    return {
        "release": {
            name: release[name]
            for name in (
                "version", "stadt_id", "stadt", "synthetisch", "zuschnitt", "lizenz", "namensnennung", "herausgeber",
            )
        },
        "first": first,
        "width": WIDTH, **drawn,
        "levels": [[level["raumebene"], level["label_de"], level["label_en"]] for level in levels],
        "zuschnitte": zuschnitte,
        "days": [day for (day,) in days],
        "units": _units(units, ids, zuschnitte),
        "indikatoren": [
            {
                "id": row["indikator_id"], "label": [row["label_de"], row["label_en"]], "unit": row["einheit"],
                "decimals": row["nachkommastellen"], "type": row["typ"], "theme": row["thema"],
                "direction": row["richtung"], "search": row["suchworte"] or "",
                "file": files.indikatoren[row["indikator_id"]],
            }
            for row in indikatoren
        ],
        "indices": [
            {
                "id": each.id, "label": [each.label_de, each.label_en], "measure": each.massstab,
                "classes": _classes(each.classes), "changes": _classes(each.changes), "years": each.years,
                "indikatoren": each.indikatoren, "concerns": each.definition["betrifft"],
                "file": files.indices[each.id], "types": False,
            }
            for each in indices
        ] + [
            {
                "id": each.id, "label": [each.typology["label_de"], each.typology["label_en"]], "measure": "",
                "classes": _classes(each.types), "changes": [], "years": None, "indikatoren": each.indikatoren,
                "concerns": None, "file": files.indices[each.id], "types": True,
            }
            for each in typologies
        ],
        "words": _words(),
        "letters": {letter: name for name, letter in letters().items() if letter},
        "colours": {
            "shares": map_classes.CLASSES, "zero": map_classes.ZERO, "same": map_classes.SAME,
            "fewer": map_classes.FEWER, "more": map_classes.MORE,
            "land": LAND, "edge": LINE, "ink": INK, "circle": CIRCLE, "radius": RADIUS,
        },
        "ages": [[band.indikator_id, band.begin, band.end] for band in age_bands(counts)],
        "oldest": OLDEST,
    }  # fmt: skip


def _units(units: Sequence[Mapping[str, Any]], levels: Sequence[str], zuschnitte: Sequence[str]) -> list[list[Any]]:
    """Return of each unit: id, name, places of its Raumebene and Zuschnitt, km², places of the units it lies in."""
    places = {(row["zuschnitt"], row["raumebene"], row["raum_id"]): row["stelle"] for row in units}

    def lies_in(row: Mapping[str, Any]) -> list[int]:
        found = (places.get((row["zuschnitt"], level, unit)) for level, unit in row["groesser"].items())
        return [place for place in found if place is not None]

    return [
        [
            row["raum_id"], row["name"] or "", levels.index(row["raumebene"]), zuschnitte.index(row["zuschnitt"]),
            None if row["flaeche_km2"] is None else round(row["flaeche_km2"], 3), lies_in(row),
        ]
        for row in units
    ]  # fmt: skip


def _classes(classes: Sequence[AtlasClass]) -> list[list[str]]:
    return [[each.label_de, each.label_en, each.colour] for each in classes]


def _words() -> dict[str, Any]:
    words = vocabulary()
    return {
        "theme": _meanings(words.theme),
        "status": {name: _gap(each) for name, each in {**words.index_status, **words.status}.items()},
        "method": {name: [each.short_de, each.short_en] for name, each in words.method.items()},
        "estimates": words.estimates,
        "event": _names(words.event),
        "verdict": _meanings(words.change_verdict),
        "same": words.same_unit,
    }


def _meanings(words: Mapping[str, Word]) -> dict[str, list[str]]:
    return {name: [word.de, word.en] for name, word in words.items()}


def _names(words: Mapping[str, Named]) -> dict[str, list[str]]:
    return {name: [word.short_de, word.short_en] for name, word in words.items()}


def _gap(word: Gap) -> dict[str, Any]:
    return {"name": [word.short_de, word.short_en], "fill": word.fill}
