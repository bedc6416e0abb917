"""Known errors of a source, mended on record: cities/<city>/corrections.toml.

A correction that does not match as many rows as it expects stops the run: the source has been mended,
or has broken in another way, and somebody must look.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.errors import ConfigError
from flows.profile.source import Correction

Row = dict[str, str]


def corrected(source: str, name: str, rows: list[Row], corrections: Sequence[Correction]) -> list[Row]:
    """Return `rows` of the file `name` after every correction registered for the source and file.

    Raises:
        ConfigError: a correction matches another number of rows than it expects.
    """
    for entry in corrections:
        if entry.source != source or (entry.file and not re.fullmatch(entry.file, name)):
            continue
        hits = [row for row in rows if _matches(row, entry)]
        if len(hits) != entry.rows:
            wanted = ", ".join(f"{column} = {value}" for column, value in entry.where.items())
            raise ConfigError(
                f"corrections.toml, source {source}: expected {entry.rows} row(s) with {wanted} in {name}, "
                f"found {len(hits)}. Has the source been mended? Then delete the entry (reason was: {entry.reason})."
            )
        if entry.action == "drop":
            rows = [row for row in rows if row not in hits]
        for row in hits if entry.action == "replace" else ():
            row[str(entry.column)] = str(entry.value)
    return rows


def _matches(row: Row, entry: Correction) -> bool:
    return all(row.get(column) == str(value) for column, value in entry.where.items())
