"""The contract of the published tables (sql/release.toml) as typed models, resolved for one city.

One place says which tables and columns a release holds; creating, commenting, describing and
verifying them all read it from here, so that none of them can disagree with another.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

import duckdb
from pydantic import BaseModel, ConfigDict, Field

from flows.base.db import quoted
from flows.base.resources import resource
from flows.profile.vocabulary import vocabulary


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _ColumnEntry(_Strict):
    type: str
    label_de: str
    label_en: str
    description_de: str
    description_en: str
    unit: str | None = None


class _TableEntry(_Strict):
    parquet: str | None = None
    description_de: str
    description_en: str
    columns: list[str]
    key: list[str]
    order: list[str] = Field(default_factory=list)
    nullable: list[str] = Field(default_factory=list)
    references: dict[str, str] = Field(default_factory=dict)
    export: bool = True
    packed: bool = False
    excel: bool = True
    one_column_per_indikator: str | None = None
    """The column of `wert` that each of these columns holds."""


class _ViewEntry(_Strict):
    description_de: str
    description_en: str
    of: list[str]


class _UnitEntry(_Strict):
    description_de: str
    description_en: str
    id_label_de: str
    id_label_en: str
    columns: list[str]
    key: list[str]
    nullable: list[str]
    optional: list[str]
    references: dict[str, str]


class Contract(_Strict):
    """sql/release.toml as it stands."""

    schema_version: str
    column: dict[str, _ColumnEntry]
    raumebene: _UnitEntry
    table: dict[str, _TableEntry]
    view: dict[str, _ViewEntry]


@dataclass(frozen=True)
class Column:
    """One published column."""

    name: str
    type: str
    label_de: str
    label_en: str
    description_de: str
    description_en: str
    unit: str | None
    key: bool
    required: bool

    @property
    def comment(self) -> str:
        """The comment that the column carries in the file: German, then English."""
        unit = f" [{self.unit}]" if self.unit else ""
        return f"{self.label_de}{unit}: {self.description_de} / {self.label_en}: {self.description_en}"


@dataclass(frozen=True)
class Table:
    """One published table, with its columns in order."""

    name: str
    parquet: str
    description_de: str
    description_en: str
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    references: dict[str, str] = field(default_factory=dict)
    export: bool = True
    packed: bool = False
    excel: bool = True

    @property
    def comment(self) -> str:
        """The comment that the table carries in the file: German, then English."""
        return f"{self.description_de} / {self.description_en}"

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that together are unique."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def content(self) -> bool:
        """Whether the table is content: what the content hash is over."""
        return not self.name.startswith("_")

    @property
    def rows_in_order(self) -> str:
        """The ORDER BY list that fixes the order of the rows."""
        return ", ".join(quoted(name) for name in self.order)


@dataclass(frozen=True)
class Level:
    """A Raumebene of the city, and the coarser ones whose ids its table carries."""

    name: str
    label_de: str
    label_en: str
    parents: tuple[str, ...] = ()


@dataclass(frozen=True)
class IndikatorColumn:
    """What the wide table needs to know of an Indikator."""

    name: str
    label_de: str
    label_en: str
    description_de: str
    description_en: str
    unit: str


@cache
def contract() -> Contract:
    """Return the contract that travels with the code; `{status}` and the like in it stand for the words themselves."""
    words, text = vocabulary(), (resource("sql") / "release.toml").read_text(encoding="utf-8")
    events = ", ".join(f"{name} ({event.short_en})" for name, event in words.event.items())
    lists: dict[str, Iterable[str]] = {
        "status": words.status, "method": words.method, "event": words.event, "index_status": words.index_status,
        "type_status": words.type_status, "type_position": words.type_position,
        "change_verdict": words.change_verdict, "change_cause": words.change_cause,
        "standardisation": words.standardisation, "aggregation": words.aggregation, "rescaling": words.rescaling,
        "class_limits": words.class_limits,
    }  # fmt: skip
    for place, meant in lists.items():
        text = text.replace(f"{{{place}}}", ", ".join(meant))
    return Contract.model_validate(tomllib.loads(text.replace("{event_en}", events)))


def tables_of_city(levels: Sequence[Level], indikatoren: Sequence[IndikatorColumn]) -> tuple[Table, ...]:
    """Return every published table of a city: the units of its Raumebenen, then those of the contract."""
    rules = contract()
    units = [_unit_table(rules, level, levels) for level in levels]
    others = [_table(rules, name, entry, indikatoren) for name, entry in rules.table.items()]
    return (*units, *others)


def tables_in_file(con: duckdb.DuckDBPyConnection) -> tuple[Table, ...]:
    """Return the tables that the contract wants in the release open in `con`, judged by its own catalogue."""
    rows = con.execute("SELECT raumebene, label_de, label_en FROM raumebene ORDER BY rang").fetchall()
    names = [name for name, _, _ in rows]
    present = dict(
        con.execute(
            "SELECT table_name, list(column_name) FROM information_schema.columns "
            "WHERE table_name IN (SELECT raumebene FROM raumebene) GROUP BY table_name"
        ).fetchall()
    )
    levels = [
        Level(name, label_de, label_en, _parents(name, names, present.get(name, [])))
        for name, label_de, label_en in rows
    ]
    return tables_of_city(levels, indikator_columns(con, "indikator"))


def indikator_columns(con: duckdb.DuckDBPyConnection, relation: str) -> list[IndikatorColumn]:
    """Return the Indikatoren of the table or function call `relation` in codebook order."""
    rows = con.execute(
        "SELECT indikator_id, label_de, label_en, beschreibung_de, beschreibung_en, einheit "  # noqa: S608 -- our own names
        f"FROM {relation} ORDER BY position"
    ).fetchall()
    return [IndikatorColumn(*row) for row in rows]


def _parents(level: str, names: Sequence[str], present: Sequence[str]) -> tuple[str, ...]:
    coarser = names[names.index(level) + 1 :]
    return tuple(name for name in coarser if f"{name}_id" in present)


def level_with_parents(level: Level, names: Sequence[str], present: Sequence[str]) -> Level:
    """Return `level` with the coarser Raumebenen whose ids are among the columns `present`."""
    return Level(level.name, level.label_de, level.label_en, _parents(level.name, names, present))


def _unit_table(rules: Contract, level: Level, levels: Sequence[Level]) -> Table:
    entry, labels = rules.raumebene, {each.name: each for each in levels}
    own, above = "{raumebene}_id", "{uebergeordnet}_id"

    def column(template: str, name: str, of: Level | None) -> Column:
        base = rules.column["raum_id" if of else name]
        return Column(
            name=name,
            type=base.type,
            label_de=entry.id_label_de.format(label=of.label_de) if of else base.label_de,
            label_en=entry.id_label_en.format(label=of.label_en) if of else base.label_en,
            description_de=base.description_de,
            description_en=base.description_en,
            unit=base.unit,
            key=template in entry.key,
            required=template not in entry.nullable,
        )

    columns: list[Column] = []
    for template in entry.columns:
        if template == own:
            columns.append(column(template, f"{level.name}_id", level))
        elif template == above:
            columns += [column(template, f"{name}_id", labels[name]) for name in level.parents]
        else:
            columns.append(column(template, template, None))
    return Table(
        name=level.name,
        parquet=level.name,
        description_de=entry.description_de.format(label=level.label_de),
        description_en=entry.description_en.format(label=level.label_en),
        columns=tuple(columns),
        order=tuple(each.name for each in columns if each.key),
        references=entry.references,
    )


def _table(rules: Contract, name: str, entry: _TableEntry, indikatoren: Sequence[IndikatorColumn]) -> Table:
    columns = [
        Column(
            name=each,
            **rules.column[each].model_dump(),
            key=each in entry.key,
            required=each not in entry.nullable,
        )
        for each in entry.columns
    ]
    if entry.one_column_per_indikator:
        held = rules.column[entry.one_column_per_indikator]
        columns += [
            Column(
                name=each.name,
                type=held.type,
                label_de=each.label_de,
                label_en=each.label_en,
                description_de=each.description_de,
                description_en=each.description_en,
                unit=each.unit if held.type == "DOUBLE" else None,
                key=False,
                required=False,
            )
            for each in indikatoren
        ]
    return Table(
        name=name,
        parquet=entry.parquet or name,
        description_de=entry.description_de,
        description_en=entry.description_en,
        columns=tuple(columns),
        order=tuple(entry.order or entry.key),
        references=entry.references,
        export=entry.export,
        packed=entry.packed,
        excel=entry.excel,
    )
