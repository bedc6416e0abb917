"""Writes the definitions of indices into the schema katalog, so that SQL reads them as data and releases hold them."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from flows.base.db import Value, insert
from flows.profile.load import Profile


def write_indices(con: duckdb.DuckDBPyConnection, profile: Profile) -> None:
    """Write the definitions of the city's indices, their components and classes; the schema katalog is there."""
    keys: list[Mapping[str, Value]] = [
        {"index_id": each.id, "index_version": each.definition.version} for each in profile.indices
    ]
    named = [(key, each.definition) for key, each in zip(keys, profile.indices, strict=True)]
    insert(
        con, "katalog.index_definition",
        [{
            **key, "position": position, "label_de": d.label_de, "label_en": d.label_en,
            "beschreibung_de": d.description_de, "beschreibung_en": d.description_en,
            "einschraenkung_de": d.limitations_de, "einschraenkung_en": d.limitations_en,
            "wortwahl_de": d.guidance_de, "wortwahl_en": d.guidance_en, "quelle": d.source,
            "standardisierung": d.standardise, "rundung": d.decimals, "verdichtung": d.aggregate,
            "nachskalierung": d.rescale, "klassierung": d.classes.by, "basisstichtag": str(d.base) if d.base else None,
            "mindest_einwohner": d.min_residents, "abstand_jahre": d.dynamics.years if d.dynamics else None,
            "verbleib": d.dynamics.stay if d.dynamics else None, "ueberschneidung": d.overlap, "betrifft": d.concerns,
        } for position, (key, d) in enumerate(named, start=1)],
    )  # fmt: skip
    insert(
        con, "katalog.index_komponente",
        [{**key, "position": position, "indikator_id": part.indikator, "gewicht": part.weight, "richtung": direction}
         for key, each in zip(keys, profile.indices, strict=True)
         for position, (part, direction) in enumerate(
             zip(each.definition.component, each.directions, strict=True), start=1)],
    )  # fmt: skip
    insert(
        con, "katalog.index_klasse",
        [{**key, "klassenart": kind, "klasse": number, "klassengrenze": limit, "label_de": label_de,
          "label_en": label_en}
         for key, d in named
         for kind, classes in (("stand", d.classes), ("veraenderung", d.dynamics.classes if d.dynamics else None))
         if classes
         for number, (limit, label_de, label_en) in enumerate(
             zip([None, *classes.limits], classes.labels_de, classes.labels_en, strict=True), start=1)],
    )  # fmt: skip
