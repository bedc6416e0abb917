"""A definition tried on any table: `fortschreibung index --try DEFINITION.toml --table FILE.csv`.

No city is needed: a column is a component and a row is a unit. What is computed is what a release gets.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field, ValidationError

from flows.base.csv_table import Line, cell, csv_rows, numbers
from flows.base.errors import ConfigError
from flows.base.strict import Identifier, Strict
from flows.index.chance import Z_90
from flows.index.evaluate import evaluate
from flows.index.panel import Panel, not_comparable
from flows.index.robustness import dominated
from flows.index.scale import Numbers
from flows.index.unit_rows import Row, probability, rounded, unit_columns, unit_reasons, unit_rows
from flows.profile.index_definition import IndexDefinition
from flows.profile.not_as_expected import not_as_expected


class Columns(Strict):
    """What the columns of the table are, besides the components."""

    unit: str
    by: str | None = None
    """A column by whose values the table falls into parts that are computed apart, such as years."""
    residents: str | None = None
    margin: dict[str, str] = Field(default_factory=dict)
    """By component, the column with half of its interval of 90 %."""
    percent_of: dict[str, str] = Field(default_factory=dict)
    """By component that is a rate in per cent, the column with the number of people that it is a rate of."""


@dataclass(frozen=True)
class _Files:
    """The columns of a table, and both files, which messages name."""

    columns: Columns
    file: Path
    table: Path


class DefinitionFile(Strict):
    """The file of a trial: definitions as in a profile, and the columns of the table."""

    table: Columns
    index: dict[Identifier, IndexDefinition] = Field(min_length=1)


_WHOLE = ("klasse", "klasse_von", "klasse_bis", "rang_von", "rang_bis")


@dataclass(frozen=True)
class Tried:
    """What came of one definition on one part of the table."""

    index: str
    part: str | None
    definition: IndexDefinition
    weights: dict[str, float]
    limits: list[float]
    units: list[Row]


def tried(definition: Path, table: Path) -> list[Tried]:
    """Return what each definition of a file makes of a table.

    Raises:
        ConfigError: one of the files is not as expected; names file and key, or file, line and column.
    """
    stated, rows = _stated(definition), csv_rows(table)
    trial = _Files(stated.table, definition, table)
    return [
        _on_part(name, each, trial, part, lines)
        for section, whole in stated.index.items()
        for name, each in whole.by_group(section).items()
        for part, lines in _parts(rows, stated.table, table).items()
    ]


def _stated(path: Path) -> DefinitionFile:
    try:
        return DefinitionFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as problem:
        raise ConfigError(f"{path} cannot be read: {problem.strerror}.", code="FS-CONFIG-03") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path} is not TOML in UTF-8: {problem}", code="FS-CONFIG-03") from problem
    except ValidationError as problem:
        raise not_as_expected(path, DefinitionFile, problem) from problem


def _parts(rows: Sequence[Line], columns: Columns, path: Path) -> dict[str | None, list[Line]]:
    parts: dict[str | None, list[Line]] = {}
    for line in rows:
        parts.setdefault(cell(line, columns.by, path) if columns.by else None, []).append(line)
    return parts


def _on_part(name: str, definition: IndexDefinition, trial: _Files, part: str | None, rows: Sequence[Line]) -> Tried:
    columns, file, path = trial.columns, trial.file, trial.table
    names = [each.indikator for each in definition.component]
    sign = np.array([-1.0 if each.direction == "niedrig" else 1.0 for each in definition.component])
    figures = np.stack([numbers(rows, each, path) for each in names], axis=1)
    units = [cell(line, columns.unit, path) for line in rows]
    if len(set(units)) < len(units):
        twice = next(unit for unit in units if units.count(unit) > 1)
        raise ConfigError(
            f"{path}, {columns.unit}: expected each unit once, found {twice} again. Is `table.by` missing?",
            code="FS-USE-10",
        )
    left_out = _left_out(definition, trial, rows, units)
    error = np.stack([_error(rows, each, figures[:, at], columns, path) for at, each in enumerate(names)], axis=1)
    turned = figures * sign
    panel = Panel(turned, turned.copy(), turned.copy(), error, np.array([reason is None for reason in left_out]))
    where = f"{file}, index.{name}" + (f", {columns.by} {part}" if part is not None else "")
    if definition.base or definition.dynamics:
        raise ConfigError(
            f"{where}: expected no `base` and no `dynamics`, which need more than one table.", code="FS-USE-10"
        )
    if why := not_comparable(definition.standardise, names, panel, panel):
        raise ConfigError(f"{where}.component: {why}. Nothing was computed.", code="FS-USE-10")
    scored, chance = evaluate(definition, panel)
    if words := dominated(scored.scale, panel, names):
        raise ConfigError(f"{where}.component: {words}. Nothing was computed.", code="FS-USE-10")
    statuses = np.where(np.isnan(figures), "fehlt", "ok").astype(object)
    reasons = unit_reasons(names, statuses, left_out, panel)
    found = unit_rows(
        {
            **unit_columns(panel, (scored, chance), reasons), "sicherheit": probability(chance),
            "teile": rounded(scored.parts),
        }, whole=_WHOLE,
    )  # fmt: skip
    return Tried(
        name, part, definition, dict(zip(names, scored.scale.weights.tolist(), strict=True)),
        scored.scale.limits.tolist(),
        [{"raum_id": unit, **row} for unit, row in zip(units, found, strict=True)],
    )  # fmt: skip


def _left_out(
    definition: IndexDefinition, trial: _Files, rows: Sequence[Line], units: Sequence[str]
) -> list[str | None]:
    residents, file = trial.columns.residents, trial.file
    named = {unit.id: unit.reason for unit in definition.left_out}
    if not definition.min_residents:
        return [named.get(unit) for unit in units]
    if residents is None:
        raise ConfigError(
            f"{file}, table.residents: expected the column of the residents, which `min_residents` needs.",
            code="FS-USE-10",
        )
    few = numbers(rows, residents, trial.table) >= definition.min_residents
    return [
        named.get(unit) or (None if enough else f"< {definition.min_residents} {residents}")
        for unit, enough in zip(units, few, strict=True)
    ]


def _error(rows: Sequence[Line], name: str, figures: Numbers, columns: Columns, path: Path) -> Numbers:
    """Return the standard error of a component: what its margin says, chance in the people that it is a rate of."""
    if name in columns.margin:
        return np.asarray(np.nan_to_num(numbers(rows, columns.margin[name], path) / Z_90))
    if name in columns.percent_of:
        people = numbers(rows, columns.percent_of[name], path)
        share = (figures / 100 * people + 0.5) / (people + 1)  # so that 0 cases are not certain
        return np.asarray(np.nan_to_num(100 * np.sqrt(share * (1 - share) / people)))
    return np.asarray(np.zeros(len(rows)))


def as_json(found: Tried) -> dict[str, Any]:
    """Return what was found as JSON has it."""
    return {
        "index": found.index, "part": found.part, "weights": found.weights, "limits": found.limits,
        "classes": found.definition.classes.labels_de, "units": found.units,
    }  # fmt: skip
