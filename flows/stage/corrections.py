"""Known errors of a source, mended on record: cities/<city>/corrections.toml.

A correction that does not match as many rows as it expects stops the run: the source has been mended,
or has broken in another way, and somebody must look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from uuid import uuid4

import duckdb

from flows.base.db import insert
from flows.base.errors import ConfigError
from flows.profile.correction import Correction
from flows.profile.source import Source
from flows.pull.models import Lieferung
from flows.stage.read.digit_cell import number

_OURS = uuid4().hex
"""Made anew by each process, so that no delivered file can hold it."""

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
        hit = [name for name in names if entry.is_for(name)]
        if names and not hit:
            raise ConfigError(
                f"corrections.toml, source {source.id}: expected a file named like {entry.file}, found "
                f"{', '.join(names)}. Correct `file`, or delete the entry (reason was: {entry.reason}).",
                code="FS-CONFIG-11",
            )
        for name in hit:
            found[name].append(entry)
    return found


def corrected(source: Source, name: str, rows: list[Row], corrections: Sequence[Correction]) -> list[Row]:
    """Return `rows` of the file `name` after the `corrections` that are registered for it.

    Raises:
        ConfigError: a correction matches another number of rows than it expects, finds in them something else
            than it expects, or names an unknown column.
    """
    for entry in corrections:
        asked = {*entry.where, *entry.expect} | ({entry.column} if entry.column else set())
        unknown = sorted(asked - set().union(*rows))
        if rows and unknown:
            raise ConfigError(
                f"corrections.toml, source {source.id}: expected columns of {name}, found {', '.join(unknown)}, which "
                f"it does not have. Correct the entry (reason was: {entry.reason}).",
                code="FS-CONFIG-11",
            )
        hits = [row for row in rows if _matches(row, entry)]
        if len(hits) != entry.rows:
            raise ConfigError(
                f"corrections.toml, source {source.id}: expected {entry.rows} row(s) with {_condition(entry)} in "
                f"{name}, found {len(hits)}. Has the source been mended? Then delete the entry (reason was: "
                f"{entry.reason}).",
                code="FS-CONFIG-11",
            )
        _refuse_other_than_expected(source, name, entry, hits)
        if entry.action == "drop":
            rows = [row for row in rows if not _matches(row, entry)]
        for row in hits if entry.action in ("replace", "scale", "mark") else ():
            row[str(entry.column)] = _written(source, name, entry, row[str(entry.column)])
    return rows


def repaired(corrections: Sequence[Correction], rows: Sequence[Row]) -> set[int]:
    """Return the positions in `rows` of the polygons that a registered correction may make valid."""
    entries = [entry for entry in corrections if entry.action == "repair"]
    return {place for place, row in enumerate(rows) if any(_matches(row, entry) for entry in entries)}


def marked(status: str) -> str:
    """Return the text that stands for a figure which a correction has marked."""
    return f"{status} {_OURS}"


def _refuse_other_than_expected(source: Source, name: str, entry: Correction, hits: Sequence[Row]) -> None:
    for column, text in entry.expect.items():
        for row in hits:
            if row.get(column) != str(text):
                raise ConfigError(
                    f"corrections.toml, source {source.id}: expected {column} = {text} in the rows of {name} with "
                    f"{_condition(entry)}, found {row.get(column)!r}. Has the source been mended? Then delete the "
                    f"entry (reason was: {entry.reason}).",
                    code="FS-CONFIG-11",
                )


def _written(source: Source, name: str, entry: Correction, text: str) -> str:
    """Return what stands in the entry's column after it; a scaled number is exact, in the source's own signs."""
    if entry.action == "replace":
        return str(entry.value)
    if entry.action == "mark":
        return marked(str(entry.status))
    dialect = source.dialect
    if not re.fullmatch(number(dialect), text):
        raise ConfigError(
            f"corrections.toml, source {source.id}: expected a number in column {entry.column} of {name} to scale, "
            f"found {text!r}. Correct the entry (reason was: {entry.reason}).",
            code="FS-CONFIG-11",
        )
    plain = text.translate(dict.fromkeys(map(ord, dialect.thousands_signs)))
    product = Decimal(plain.replace(dialect.decimal, ".")) * Decimal(str(entry.factor))
    scaled = f"{product:f}"
    return (scaled.rstrip("0").rstrip(".") if "." in scaled else scaled).replace(".", dialect.decimal)


def record_corrections(
    con: duckdb.DuckDBPyConnection, source: Source, name: str, applied: Sequence[Correction]
) -> None:
    """Write down which corrections were applied to the file `name`, for the release to list."""
    insert(
        con, "stage.korrektur",
        [{"quelle": source.id, "datei": name, "aktion": entry.action, "bedingung": _condition(entry),
          "grund": entry.reason, "gemeldet": entry.reported, "zeilen": entry.rows, "nummer": number,
          "spalte": entry.column} for number, entry in enumerate(applied, start=1)],
    )  # fmt: skip


def _matches(row: Row, entry: Correction) -> bool:
    return all(
        row.get(column) in (texts if isinstance(texts, list) else [str(texts)]) for column, texts in entry.where.items()
    )


def _condition(entry: Correction) -> str:
    return ", ".join(
        f"{column} = {' or '.join(texts) if isinstance(texts, list) else texts}"
        for column, texts in entry.where.items()
    )
