"""Lookup files of a profile: which unit is meant by a name that no other file has in this way, or that two units have.

A lookup file lies beside sources.toml, since it is a decision of the office and not a delivery.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from flows.base.errors import ConfigError

_COLUMNS = ["name", "id"]


def read_lookup(path: Path) -> Mapping[str, str]:
    """Return the id of the unit that each name of a lookup file is of.

    Raises:
        ConfigError: it is missing or no CSV of names and ids, or has a name twice; names the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=";", strict=True)
            rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(row)]
    except FileNotFoundError as missing:
        raise ConfigError(
            f"{path} is missing, which sources.toml names as `unit_lookup`.", code="FS-CONFIG-03"
        ) from missing
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise ConfigError(f"{path} cannot be read as CSV in UTF-8: {problem}.", code="FS-CONFIG-03") from problem
    if not rows or rows[0][1] != _COLUMNS:
        found = ";".join(rows[0][1]) if rows else "nothing"
        raise ConfigError(f"{path}: expected the header {';'.join(_COLUMNS)}, found {found}.", code="FS-CONFIG-17")
    looked_up: dict[str, str] = {}
    for line, cells in rows[1:]:
        if len(cells) != len(_COLUMNS) or not all(cells):
            raise ConfigError(
                f"{path}, line {line}: expected a name and an id, found {';'.join(cells)!r}.", code="FS-CONFIG-17"
            )
        name, unit = cells
        if name in looked_up:
            raise ConfigError(
                f"{path}, line {line}: expected different names, found {name!r} again. Leave one of its lines out.",
                code="FS-CONFIG-17",
            )
        looked_up[name] = unit
    return looked_up
