"""The tables that a release carries about itself: `_release`, `_sources`, `_deliveries`, `_columns` and `_changes`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from flows.base.db import insert, quoted
from flows.compare.diff_model import Diff
from flows.release.job import ReleaseJob, Setting
from flows.release.table_contract import Table, contract

Row = Mapping[str, Any]


def fill_own_tables(
    con: duckdb.DuckDBPyConnection, tables: Sequence[Table], release: Row, job: ReleaseJob, changes: Diff
) -> None:
    """Fill the tables among `tables` that no Parquet file brings."""
    filled: dict[str, Sequence[Row]] = {
        "_release": [release],
        "_sources": _source_rows(job),
        "_deliveries": [one.model_dump() for one in sorted(job.deliveries, key=lambda each: each.quelle)],
        "_columns": _column_rows(tables),
        "_changes": _change_rows(changes),
    }
    for table in tables:
        rows = filled.get(table.name, ())
        insert(con, quoted(table.name), [{each.name: _plain(row[each.name]) for each in table.columns} for row in rows])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def release_row(job: ReleaseJob, setting: Setting, content_hash: str) -> Row:
    """Return the one row of `_release`."""
    return {
        "version": setting.version,
        "schema_version": contract().schema_version,
        "stadt_id": job.city_id,
        "stadt": job.city_name,
        "synthetisch": job.synthetic,
        "stichtag_max": job.stichtag_max,
        "zuschnitt": job.zuschnitt,
        "koordinatensystem": job.coordinate_system,
        "erstellt_am": _in_utc(setting.made_at),
        "lizenz": job.licence,
        "lizenz_url": job.licence_url,
        "namensnennung": job.attribution,
        "herausgeber": job.publisher,
        "kontakt": job.contact,
        "code_version": job.code_version,
        "code_stand": job.code_commit,
        "lauf": job.run_id,
        "eingaben_pruefsumme": job.input_fingerprint,
        "content_hash": content_hash,
        "vorversion": setting.previous.version if setting.previous else None,
    }


def _source_rows(job: ReleaseJob) -> list[Row]:
    return [
        {
            **source.model_dump(),
            "geholt_am": _in_utc(source.geholt_am) if source.geholt_am else None,
            "stichtage": ", ".join(day.isoformat() for day in source.stichtage) or None,
        }
        for source in sorted(job.sources, key=lambda each: (each.quelle, each.datei, each.sha256))
    ]


def _column_rows(tables: Sequence[Table]) -> list[Row]:
    return [
        {
            "tabelle": table.name,
            "spalte": column.name,
            "position": position,
            "typ": column.type,
            "schluessel": column.key,
            "pflicht": column.required,
            "label_de": column.label_de,
            "label_en": column.label_en,
            "beschreibung_de": column.description_de,
            "beschreibung_en": column.description_en,
            "einheit": column.unit,
        }
        for table in sorted(tables, key=lambda each: each.name)
        for position, column in enumerate(table.columns, start=1)
    ]


def _change_rows(changes: Diff) -> list[Row]:
    if changes.before is None:
        return []
    return [{"vorversion": changes.before.version, **each.model_dump()} for each in changes.levels]


def _in_utc(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(tzinfo=None)
