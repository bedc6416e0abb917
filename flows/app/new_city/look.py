"""Looks at every file of a folder, and says of each what it is or why no source is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from flows.app.new_city.dates import name_pattern
from flows.app.new_city.delimited import delimited_table
from flows.app.new_city.guess import LeftOut
from flows.app.new_city.outlines import Outlines, is_outlines, outlines_in
from flows.app.new_city.plain_tables import is_plain_table, plain_table
from flows.app.new_city.tables import Table
from flows.app.new_city.workbooks import workbook_table

_TEXTS, _WORKBOOKS = (".csv", ".txt", ".tsv", ".dat"), (".xlsx", ".ods")


@dataclass
class Looked:
    """What lies in a folder: tables by edition (files of one layout, oldest first), polygons, and what is left out."""

    tables: list[list[Table]] = field(default_factory=list)
    outlines: list[Outlines] = field(default_factory=list)
    left_out: dict[Path, str] = field(default_factory=dict)


def looked_at(folder: Path) -> Looked:
    """Return what the files of a folder are; hidden ones are passed over."""
    found, tables = Looked(), list[Table]()
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        try:
            if is_plain_table(path):
                tables.append(plain_table(path))
            elif is_outlines(path):
                found.outlines.append(outlines_in(path))
            else:
                tables.append(_table(path))
        except LeftOut as reason:
            found.left_out[path] = str(reason)
        except OSError as problem:
            found.left_out[path] = f"it cannot be read: {problem.strerror}"
    found.tables = _editions(tables)
    return found


def _table(path: Path) -> Table:
    if path.suffix.lower() in _WORKBOOKS:
        return workbook_table(path)
    if path.suffix.lower() in _TEXTS:
        return delimited_table(path)
    raise LeftOut(f"files that end in {path.suffix or 'nothing'} are not looked at")


def _editions(tables: list[Table]) -> list[list[Table]]:
    """Return the tables together that have one layout, and names that differ in a day only."""
    together: dict[tuple[str, str, str], list[Table]] = {}
    for table in tables:
        pattern = name_pattern(table.name)[0]
        dialect = {key: value for key, value in table.dialect.items() if key != "missing"}
        together.setdefault((pattern, repr(dialect), repr(table.columns)), []).append(table)
    return [sorted(each, key=lambda table: name_pattern(table.name)[1] or "") for each in together.values()]
