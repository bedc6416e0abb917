"""Writes profile and codebook into the schema katalog, so that SQL reads them as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise

import duckdb

from flows.base.db import Value, insert, one_transaction, sql
from flows.profile.codebook import Codebook
from flows.profile.load import Profile
from flows.profile.protection import PUBLISHED_AS, Protection
from flows.profile.vocabulary import vocabulary
from flows.stage.index_catalogue import write_indices
from flows.stage.register_merkmale import REGISTER_MERKMALE
from flows.stage.typology_catalogue import write_typologies


def write_catalogue(con: duckdb.DuckDBPyConnection, profile: Profile, until: dt.date | None = None) -> None:
    """Create and fill the schema katalog from the profile of a city, without Zuschnitte later than `until`."""
    with one_transaction(con):
        con.execute(sql("schema/katalog"))
        insert(con, "katalog.lauf", [{"tag": dt.datetime.now().astimezone().date().isoformat()}])
        _write_city(con, profile, until)
        write_vocabulary(con)
        _write_merkmale(con, profile.codebook)
        _write_indikatoren(con, profile.codebook)
        write_relations(con, profile.codebook)
        _write_sources(con, profile)
        _write_expected(con, profile)
        write_indices(con, profile)
        write_typologies(con, profile)


def _write_city(con: duckdb.DuckDBPyConnection, profile: Profile, until: dt.date | None) -> None:
    city = profile.city
    drawn = [one for one in city.zuschnitt if until is None or one.valid_from <= until]
    insert(
        con, "katalog.stadt",
        [{"stadt_id": city.id, "name": city.name, "koordinatensystem": city.crs, "synthetisch": city.synthetic,
          "amtlich_band": city.official_band}],
    )  # fmt: skip
    insert(
        con, "katalog.raumebene",
        [{"raumebene": level.id, "rang": rank, "label_de": level.label_de, "label_en": level.label_en,
          "id_muster": level.id_pattern, "zugehoerigkeit": level.membership, "stellen": level.digits,
          "stadt_raum_id": level.city_unit} for rank, level in enumerate(city.raumebene, start=1)],
    )  # fmt: skip
    ends = {earlier.id: later.valid_from - dt.timedelta(days=1) for earlier, later in pairwise(drawn)}
    insert(
        con, "katalog.zuschnitt",
        [{"zuschnitt": z.id, "gueltig_ab": z.id, "gueltig_bis": str(ends[z.id]) if z.id in ends else None,
          "basis": z.base, "basis_muster": city.base[z.base].id_pattern, "schachtelung": z.nested is True}
         for z in drawn],
    )  # fmt: skip
    insert(
        con, "katalog.nummerierung",
        [{"gueltig_ab": since, "basis": base, "basis_muster": pattern} for since, base, pattern in city.numbering],
    )  # fmt: skip
    insert(
        con, "katalog.schachtelung",
        [{"zuschnitt": z.id, "raumebene": level} for z in drawn for level in city.nesting_of(z)],
    )  # fmt: skip
    rules = city.protection | {"frei": Protection(min_numerator=0, min_denominator=0)}
    insert(
        con, "katalog.schutzklasse",
        [{"schutzklasse": name, "mindest_zaehler": rule.min_numerator, "mindest_nenner": rule.min_denominator,
          "mindest_gruppe": rule.min_group, "mindest_faelle": rule.min_cases,
          "hoechst_beitrag": rule.max_contribution, "begruendung": rule.reason or None,
          "verfahren": PUBLISHED_AS[rule.method], "rundungsbasis": rule.rounding_base}
         for name, rule in rules.items()],
    )  # fmt: skip
    insert(
        con, "katalog.nie_veroeffentlicht",
        [{"schutzklasse": name, "zuschnitt": str(unit.zuschnitt) if unit.zuschnitt else None,
          "raumebene": unit.raumebene, "raum_id": unit.id, "begruendung": unit.reason}
         for name, rule in rules.items() for unit in rule.never_published],
    )  # fmt: skip


def _write_merkmale(con: duckdb.DuckDBPyConnection, book: Codebook) -> None:
    insert(
        con, "katalog.merkmal",
        [{"merkmal": name, "position": position, "label_de": m.label_de, "label_en": m.label_en, "einheit": m.unit,
          "art": m.kind, "thema": m.theme, "geschuetzt": m.protected, "ganzzahlig": m.whole,
          "faelle": m.cases, "groesster": m.largest}
         for position, (name, m) in enumerate(book.merkmal.items(), start=1)],
    )  # fmt: skip


def _write_indikatoren(con: duckdb.DuckDBPyConnection, book: Codebook) -> None:
    insert(
        con, "katalog.indikator",
        [{"indikator_id": name, "position": position, "label_de": i.label_de, "label_en": i.label_en,
          "beschreibung_de": i.description_de, "beschreibung_en": i.description_en, "einheit": i.unit,
          "nachkommastellen": i.decimals, "typ": i.type, "faktor": i.factor, "abstand_jahre": i.lag_years,
          "bezug": i.reference, "thema": i.theme, "quelle": i.source_de, "richtung": i.direction,
          "schutzklasse": i.protection, "einschraenkung_de": i.limitations_de,
          "einschraenkung_en": i.limitations_en, "hinweise": " ".join(i.usage_warnings),
          "suchworte": ", ".join(i.synonyms)}
         for position, (name, i) in enumerate(book.indikator.items(), start=1)],
    )  # fmt: skip
    insert(
        con, "katalog.indikator_teil",
        [{"indikator_id": name, "rolle": role, "merkmal": merkmal}
         for name, i in book.indikator.items()
         for role, merkmale in (("zaehler", i.numerator), ("nenner", i.denominator)) for merkmal in merkmale],
    )  # fmt: skip
    insert(
        con, "katalog.hinweis",
        [{"hinweis": name, "text_de": w.de, "text_en": w.en} for name, w in book.usage_warnings.items()],
    )  # fmt: skip


def write_relations(con: duckdb.DuckDBPyConnection, book: Codebook) -> None:
    """Write how the Merkmale of a codebook hang together: balances, divisions, parts of wholes, cohorts."""
    insert(
        con, "katalog.bilanz",
        [{"bestand": stock, "bewegung": flow, "vorzeichen": sign}
         for stock, balance in book.balance.items()
         for sign, flows in ((1, balance.plus), (-1, balance.minus)) for flow in flows],
    )  # fmt: skip
    insert(
        con, "katalog.gliederung",
        [{"gliederung": division.label, "ganzes": division.whole, "teil": part}
         for division in book.division.values() for part in division.parts],
    )  # fmt: skip
    insert(
        con, "katalog.teil_ganzes",
        [{"teil": name, "ganzes": whole} for name, m in book.merkmal.items() for whole in m.part_of],
    )  # fmt: skip
    insert(
        con, "katalog.kohorte",
        [{"damals": c.before, "heute": c.after, "jahre": c.years, "mindestens": c.at_least, "hoechstens": c.at_most}
         for c in book.cohort.values()],
    )  # fmt: skip


def write_vocabulary(con: duckdb.DuckDBPyConnection) -> None:
    """Write the fixed words that SQL reads; the schema katalog is there."""
    words = vocabulary()
    insert(con, "katalog.status", [{"status": name, "rang": rank} for rank, name in enumerate(words.status, start=1)])
    insert(
        con, "katalog.methode",
        [{"methode": name, "rang": method.rank} for name, method in words.method.items() if method.rank],
    )  # fmt: skip


def _write_sources(con: duckdb.DuckDBPyConnection, profile: Profile) -> None:
    insert(
        con, "katalog.quelle",
        [{"quelle": source.id, "titel_de": source.title_de, "titel_en": source.title_en, "art": source.kind,
          "ungelistet_null": source.kind == "register" or bool(source.matrix and source.matrix.unlisted == "zero"),
          "quarantaene_erlaubt": source.quarantine, "gerundet_auf": source.rounded_to,
          "abweichung": source.cell_deviation or None}
         for source in profile.sources],
    )  # fmt: skip
    columns: list[Mapping[str, Value]] = [
        {"quelle": source.id, "spalte": column, "merkmal": merkmal}
        for source in profile.sources
        if source.matrix
        for merkmal, parts in source.matrix.merkmale.items()
        for column in source.expand(parts)
    ]
    columns += [
        {"quelle": source.id, "spalte": column, "merkmal": merkmal}
        for source in profile.sources
        if source.official
        for merkmal, column in source.official.merkmale.items()
    ]
    rows = {source.id: list(source.matrix.merkmale) for source in profile.sources if source.matrix}
    rows |= {source.id: list(REGISTER_MERKMALE) for source in profile.sources if source.register_}
    brought = {(str(row["quelle"]), str(row["merkmal"])) for row in columns}
    brought |= {(source, merkmal) for source, merkmale in rows.items() for merkmal in merkmale}
    insert(
        con, "katalog.quelle_merkmal", [{"quelle": source, "merkmal": merkmal} for source, merkmal in sorted(brought)]
    )
    insert(con, "katalog.spalte_merkmal", columns)
    insert(
        con, "katalog.quelle_reihe",
        [{"quelle": source, "merkmale": merkmale} for source, merkmale in rows.items()],
    )  # fmt: skip
    insert(
        con, "katalog.name_einheit",
        [{"quelle": source, "name": name, "raum_id": unit}
         for source, names in profile.lookups.items() for name, unit in names.items()],
    )  # fmt: skip
    insert(
        con, "katalog.fehlzeichen",
        [{"quelle": source.id, "zeichen": sign, "status": status}
         for source in profile.sources for sign, status in source.dialect.missing.items()],
    )  # fmt: skip


def _write_expected(con: duckdb.DuckDBPyConnection, profile: Profile) -> None:
    if profile.expected is None:
        return
    insert(
        con, "katalog.erwartet_lieferung",
        [{"quelle": source, "stichtag": day.isoformat(), "basiseinheiten": units}
         for source, days in profile.expected.deliveries.items() for day, units in days.items()],
    )  # fmt: skip
    insert(
        con, "katalog.erwartet_raum",
        [{"zuschnitt": day.isoformat(), "raumebene": level, "einheiten": units}
         for day, levels in profile.expected.units.items() for level, units in levels.items()],
    )  # fmt: skip
