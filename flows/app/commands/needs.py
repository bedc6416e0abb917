"""The command that shows where need is, or what a definition makes of a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from flows.app.terminal import JsonOption, print_json
from flows.base.errors import ConfigError

if TYPE_CHECKING:
    from flows.index.try_definition import Tried


def index(
    *,
    definition: Annotated[Path | None, Parameter(name="--try")] = None,
    table: Path | None = None,
    as_json: JsonOption = False,
) -> int:
    """Try a definition on a table.

    Parameters
    ----------
    definition
        A file with a definition, to be tried on --table.
    table
        The table (CSV) to try it on: a row is a unit, a column a component.
    """
    if definition is not None:
        return _try(definition, table, as_json=as_json)
    raise ConfigError("Expected --try DEFINITION.toml --table FILE.csv.")


def _try(definition: Path, table: Path | None, *, as_json: bool) -> int:
    from flows.index.try_definition import as_json as in_json  # noqa: PLC0415
    from flows.index.try_definition import tried  # noqa: PLC0415

    if table is None:
        raise ConfigError("--try: expected --table FILE.csv with the units and their figures, found none.")
    found = tried(definition, table)
    if as_json:
        print_json({"indices": [in_json(each) for each in found]})
    for each in [] if as_json else found:
        print(*_lines(each), sep="\n")
    return 0


def _lines(found: Tried) -> Iterator[str]:
    from flows.pages.index_lines import index_lines  # noqa: PLC0415

    part = f", {found.part}" if found.part is not None else ""
    yield f"{found.definition.label_de} ({found.index} {found.definition.version}){part}"
    yield from index_lines(found.units, found.definition.classes.labels_de)
