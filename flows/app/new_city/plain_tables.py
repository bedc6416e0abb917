"""Looks at files that say themselves what is a column and what a row: Parquet, PC-Axis, JSON-stat."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from flows.app.new_city.delimited import LARGEST
from flows.app.new_city.guess import LeftOut
from flows.app.new_city.tables import Table, with_signs
from flows.app.new_city.words import titles_of
from flows.base.errors import ContractBroken
from flows.profile.dialect import Dialect
from flows.stage.read.cube import VALUE
from flows.stage.read.json_stat import json_stat_dataset
from flows.stage.read.px import px_file
from flows.stage.read.table import table_in

_FORMATS = {".parquet": "parquet", ".px": "px", ".json": "json-stat"}
_CODEPAGE = re.compile(rb'CODEPAGE\s*=\s*"([^"]+)"')


def is_plain_table(path: Path) -> bool:
    """Say whether a file is one of these formats; JSON may also be polygons, and Parquet too."""
    form = _FORMATS.get(path.suffix.lower())
    if form == "json-stat":
        return _is_json_stat(path)
    return form == "px" or (form == "parquet" and b'"primary_column"' not in path.read_bytes()[-1 << 20 :])


def plain_table(path: Path) -> Table:
    """Return the table of a file.

    Raises:
        LeftOut: it cannot be read.
    """
    if path.stat().st_size > LARGEST:
        raise LeftOut(f"it has more than {LARGEST >> 20} MB; describe it by hand (docs/staging.md)")
    form = _FORMATS[path.suffix.lower()]
    encoding, why = _encoding(path) if form == "px" else ("utf-8", "")
    dialect: dict[str, Any] = {"format": form} | ({"encoding": encoding} if encoding != "utf-8" else {})
    try:
        read = table_in(path, path.name, Dialect.model_validate(dialect))
        (_, columns), *rows = [(line, [cell.strip() for cell in cells]) for line, cells in read.rows()]
        titles = titles_of(*_titles(path, form, Dialect.model_validate(dialect)), path.stem)
    except (ContractBroken, ValueError) as problem:
        raise LeftOut(str(problem)) from problem
    if not rows:
        raise LeftOut("it has a header and no rows")
    return with_signs(Table(path, dialect, {"encoding": why}, columns, rows, titles={VALUE: titles}))


def _encoding(path: Path) -> tuple[str, str]:
    """Return the encoding of a PX file, which it says itself, and why."""
    content = path.read_bytes()
    if found := _CODEPAGE.search(content):
        return found[1].decode("ascii", "replace"), "as its CODEPAGE says"
    return ("cp1252", "it names none, and CHARSET is ANSI") if b'"ANSI"' in content else ("utf-8", "it names none")


def _titles(path: Path, form: str, dialect: Dialect) -> list[str]:
    """Return what a cube says that its figures are."""
    if form == "px":
        file = px_file(path, path.name, dialect)
        return [*file.of("CONTENTS"), *file.of("TITLE"), *file.of("DESCRIPTION")]
    return [str(json_stat_dataset(path, path.name).get("label", ""))] if form == "json-stat" else []


def _is_json_stat(path: Path) -> bool:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError, OSError):
        return False
    inside = [found, *found.values()] if isinstance(found, dict) else []
    return any(isinstance(each, dict) and "dimension" in each and "value" in each for each in inside)
