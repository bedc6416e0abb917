"""Known errors of a source, mended on record: cities/<city>/corrections.toml.

A correction that does not match as many rows as it expects stops the run: the source has been mended,
or has broken in another way, and somebody must look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import duckdb

from flows.errors import ConfigError
from flows.extract.models import Lieferung
from flows.profile.source import Correction, Source
from flows.stage.database import insert

Row = dict[str, str]


def registered(
    source: Source, lieferungen: Iterable[Lieferung], corrections: Sequence[Correction]
) -> dict[str, list[Correction]]:
    """Return the corrections registered for each file of a source, by the file's name.

    Raises:
        ConfigError: a correction is for a file of the source that was not delivered.
    """
    names = [one.name for one in lieferungen if one.source == source.id]
    found: dict[str, list[Correction]] = {name: [] for name in names}
    for entry in (each for each in corrections if each.source == source.id):
        hit = [name for name in names if entry.file is None or re.fullmatch(entry.file, name)]
        if names and not hit:
            raise ConfigError(
                f"corrections.toml, source {source.id}: expected a file named like {entry.file}, found "
                f"{', '.join(names)}. Correct `file`, or delete the entry (reason was: {entry.reason})."
            )
        for name in hit:
            found[name].append(entry)
    return found


def corrected(source: str, name: str, rows: list[Row], corrections: Sequence[Correction]) -> list[Row]:
    """Return `rows` of the file `name` after the `corrections` that are registered for it.

    Raises:
        ConfigError: a correction matches another number of rows than it expects, or names an unknown column.
    """
    for entry in corrections:
        unknown = sorted(({*entry.where} | ({entry.column} if entry.column else set())) - set().union(*rows))
        if rows and unknown:
            raise ConfigError(
                f"corrections.toml, source {source}: expected columns of {name}, found {', '.join(unknown)}, which it "
                f"does not have. Correct the entry (reason was: {entry.reason})."
            )
        hits = [row for row in rows if _matches(row, entry)]
        if len(hits) != entry.rows:
            raise ConfigError(
                f"corrections.toml, source {source}: expected {entry.rows} row(s) with {_condition(entry)} in {name}, "
                f"found {len(hits)}. Has the source been mended? Then delete the entry (reason was: {entry.reason})."
            )
        if entry.action == "drop":
            rows = [row for row in rows if not _matches(row, entry)]
        for row in hits if entry.action == "replace" else ():
            row[str(entry.column)] = str(entry.value)
    return rows


def record_corrections(
    con: duckdb.DuckDBPyConnection, source: Source, name: str, applied: Sequence[Correction]
) -> None:
    """Write down which corrections were applied to the file `name`, for the release to tell."""
    insert(
        con, "stage.korrektur",
        [{"quelle": source.id, "datei": name, "aktion": entry.action, "bedingung": _condition(entry),
          "grund": entry.reason, "gemeldet": entry.reported, "zeilen": entry.rows} for entry in applied],
    )  # fmt: skip


def _matches(row: Row, entry: Correction) -> bool:
    return all(row.get(column) == str(value) for column, value in entry.where.items())


def _condition(entry: Correction) -> str:
    return ", ".join(f"{column} = {value}" for column, value in entry.where.items())
