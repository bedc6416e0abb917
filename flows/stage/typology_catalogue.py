"""Writes the typologies into the schema katalog, so that SQL reads them as data and releases hold them."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from flows.base.db import Value, insert
from flows.profile.load import Profile


def write_typologies(con: duckdb.DuckDBPyConnection, profile: Profile) -> None:
    """Write the city's typologies, their traits, types and centroids; the schema katalog is there."""
    keys: list[Mapping[str, Value]] = [
        {"typologie_id": each.id, "typologie_version": each.definition.version} for each in profile.typologies
    ]
    named = [(key, each.definition) for key, each in zip(keys, profile.typologies, strict=True)]
    insert(
        con, "katalog.typologie",
        [{
            **key, "position": position, "label_de": d.label_de, "label_en": d.label_en,
            "beschreibung_de": d.description_de, "beschreibung_en": d.description_en,
            "einschraenkung_de": d.limitations_de, "einschraenkung_en": d.limitations_en,
            "basisstichtag": str(d.base), "mindest_einwohner": d.min_residents, "grenzfall_unter": d.borderline,
        } for position, (key, d) in enumerate(named, start=1)],
    )  # fmt: skip
    insert(
        con, "katalog.typologie_merkmal",
        [{**key, "position": position, "indikator_id": trait.indikator, "umformung": trait.transform,
          "mittel": trait.mean, "streuung": trait.spread, "gewicht": trait.weight}
         for key, d in named for position, trait in enumerate(d.trait, start=1)],
    )  # fmt: skip
    insert(
        con, "katalog.typologie_typ",
        [{**key, "typ_id": each.id, "position": position, "label_de": each.label_de, "label_en": each.label_en,
          "beschreibung_de": each.description_de, "beschreibung_en": each.description_en}
         for key, d in named for position, each in enumerate(d.type, start=1)],
    )  # fmt: skip
    insert(
        con, "katalog.typologie_zentrum",
        [{**key, "typ_id": each.id, "indikator_id": name, "zentrum": figure}
         for key, d in named for each in d.type for name, figure in each.centroid.items()],
    )  # fmt: skip
