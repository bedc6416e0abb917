"""What a redraw did, seen from published figures alone: the impact report of `fortschreibung recut`.

It reads the tables as they leave the office (of a release, or of a dry run before publication), so that it can tell
nothing that a release does not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, NamedTuple

import duckdb
from pydantic import BaseModel, ConfigDict, Field

from flows.base.all_figures import all_figures
from flows.base.db import connect, literal, records, set_variables, sql, use_spatial
from flows.base.errors import ConfigError
from flows.profile.vocabulary import vocabulary
from flows.release.release_tables import parquet

FORMAT: Literal["fortschreibung-recut/1"] = "fortschreibung-recut/1"
TABLES = ("wert", "wert_zuschnitt", "raum_ereignis", "indikator", "zuschnitt", "raumebene", "sozialraum")


UnitKey = tuple[str, str, str]
"""Zuschnitt, Raumebene and id of a unit."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(_Model):
    """An Indikator of a unit at the Stichtag of the report."""

    indikator_id: str
    wert: float | None
    status: str
    methode: str
    unsicherheit: float | None = Field(description="Half the width of the 90 % interval; null where exact.")


class Unit(_Model):
    """A unit that takes part in a change, with its figures at the Stichtag of the report."""

    raum_id: str
    name: str | None
    einwohner: Figure | None
    figures: list[Figure]


class Pair(_Model):
    """What an old and a new unit have in common."""

    von_id: str | None
    nach_id: str | None
    ereignis: str
    flaeche_km2: float | None
    einwohner: float | None = Field(description="At the last Stichtag before the redraw; null if unknown or too few.")
    beschreibung: str | None


class Change(_Model):
    """One connected change: nothing outside its units was touched."""

    raumebene: str
    vorgang: int
    art: str
    grundlage: str
    before: list[Unit]
    after: list[Unit]
    pairs: list[Pair]
    area_moved_km2: float | None
    residents_moved: float | None = Field(
        description="Now in a unit that does not continue theirs; null if not published."
    )
    estimated: bool = Field(description="Whether a figure of the new units is an estimate.")


class Extent(_Model):
    """How many figures the new Zuschnitt has at a Raumebene, by method."""

    raumebene: str
    before_the_redraw: bool
    methode: str
    stichtage: int
    figures: int
    suppressed: int


class Impact(_Model):
    """The whole report."""

    format: Literal["fortschreibung-recut/1"] = FORMAT
    city: str
    von_zuschnitt: str
    nach_zuschnitt: str
    stichtag: dt.date | None = Field(description="Of the figures: the last before the redraw, else the first after it.")
    release: str | None
    dry_run: bool
    kinds: dict[str, dict[str, int]] = Field(description="How many changes of each kind, by Raumebene.")
    changes: list[Change] = Field(
        description="All but units that only got another number or name; those that moved most residents first."
    )
    extent: list[Extent]


class Outline(_Model):
    """A Sozialraum on the map of the report."""

    is_new: bool
    raum_id: str
    name: str | None
    art: str | None
    path: str
    box: tuple[float, float, float, float]


class _Known(NamedTuple):
    """What is known of the units that take part."""

    names: Mapping[UnitKey, str]
    figures: Mapping[UnitKey, list[Figure]]


def impact_of(
    folder: Path, city: str, zuschnitt: str, *, release: str | None, dry_run: bool
) -> tuple[Impact, list[Outline]]:
    """Return the report of the redraw to `zuschnitt`, and the outlines for its map.

    Args:
        folder: The published tables as Parquet files.
        city: Its id.
        zuschnitt: The new Zuschnitt.
        release: The version that holds the figures, if one was published.
        dry_run: Whether nothing was to be published.

    Raises:
        ConfigError: there is no Zuschnitt before this one, so there is no redraw to report.
    """
    with connect() as con:
        for table in TABLES:
            con.execute(f"CREATE VIEW {table} AS FROM {parquet(_file(folder, table))}")
        con.execute(f"CREATE VIEW wert_alle AS FROM {all_figures(con, 'main')}")
        before = con.execute(
            f"SELECT max(zuschnitt) FROM zuschnitt WHERE zuschnitt < {literal(zuschnitt)}"  # noqa: S608 -- quoted
        ).fetchone()
        if before is None or before[0] is None:
            raise ConfigError(
                f"Expected a Zuschnitt of {city} before {zuschnitt} to compare with, found none: the first Zuschnitt "
                "is no redraw. Use `fortschreibung refresh`.",
                code="FS-CONFIG-14",
            )
        same = list(vocabulary().same_unit)
        set_variables(con, von_zuschnitt=before[0], nach_zuschnitt=zuschnitt, gleiche_einheit=same)
        stichtag = _stichtag(con, zuschnitt)
        set_variables(con, stichtag=stichtag.isoformat() if stichtag else None)
        pairs = _rows(con, "compare/umbau_paar")
        named = _names(con, folder, sorted({row["raumebene"] for row in pairs}))
        impact = Impact(
            city=city, von_zuschnitt=before[0], nach_zuschnitt=zuschnitt, stichtag=stichtag, release=release,
            dry_run=dry_run, kinds=_kinds(pairs),
            changes=_changes(pairs, _Known(named, _figures(con)), before[0], zuschnitt),
            extent=[
                Extent(raumebene=row["raumebene"], before_the_redraw=row["vorher"], methode=row["methode"],
                       stichtage=row["stichtage"], figures=row["werte"], suppressed=row["geschuetzt"])
                for row in _rows(con, "compare/umbau_umfang")
            ],
        )  # fmt: skip
        use_spatial(con)
        con.execute(sql("schema/svg_pfad"))
        return impact, [
            Outline(is_new=row["neu"], raum_id=row["sozialraum_id"], name=row["name"], art=row["vorgang_art"],
                    path=row["pfad"], box=(row["west"], row["sued"], row["ost"], row["nord"]))
            for row in _rows(con, "compare/umbau_karte")
        ]  # fmt: skip


def _file(folder: Path, table: str) -> Path:
    """Return the file of a table, which protect calls after its schema and a release after its name."""
    plain = folder / f"{table}.parquet"
    return plain if plain.exists() else folder / f"katalog_{table}.parquet"


def _names(con: duckdb.DuckDBPyConnection, folder: Path, levels: Sequence[str]) -> dict[UnitKey, str]:
    """Return the names of the units of some Raumebenen, as far as they have one."""
    names: dict[UnitKey, str] = {}
    for level in levels:
        read = parquet(_file(folder, level))
        rows = con.execute(f'SELECT zuschnitt, "{level}_id", name FROM {read} WHERE name IS NOT NULL').fetchall()  # noqa: S608
        names |= {(zuschnitt, level, unit): name for zuschnitt, unit, name in rows}
    return names


def _rows(con: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    return records(con.execute(sql(name)))


def _stichtag(con: duckdb.DuckDBPyConnection, zuschnitt: str) -> dt.date | None:
    """Return the last Stichtag before the redraw that has figures of its units, or the first after it."""
    row = con.execute(
        f"SELECT coalesce(max(stichtag) FILTER (stichtag < DATE {literal(zuschnitt)}), min(stichtag)) "  # noqa: S608
        "FROM wert_alle WHERE methode <> 'amtlich'"
    ).fetchone()
    return row[0] if row else None


def _kinds(pairs: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (level, _, kind), _group in groupby(
        pairs, key=lambda row: (row["raumebene"], row["vorgang"], row["vorgang_art"])
    ):
        of_level = found.setdefault(level, {})
        of_level[kind] = of_level.get(kind, 0) + 1
    return found


def _figures(con: duckdb.DuckDBPyConnection) -> dict[UnitKey, list[Figure]]:
    found: dict[UnitKey, list[Figure]] = {}
    for row in _rows(con, "compare/umbau_zahl"):
        found.setdefault((row["zuschnitt"], row["raumebene"], row["raum_id"]), []).append(
            Figure(**{name: row[name] for name in Figure.model_fields})
        )
    return found


def _changes(pairs: Sequence[Mapping[str, Any]], known: _Known, von: str, nach: str) -> list[Change]:
    """Return the changes, by Raumebene, those that moved most residents first; where unknown, by area."""
    changes = []
    for (level, number), group in groupby(pairs, key=lambda row: (row["raumebene"], row["vorgang"])):
        rows = list(group)
        if rows[0]["vorgang_art"] in vocabulary().same_unit:
            continue
        moved = [row for row in rows if not row["fortgefuehrt"]]
        after = _units(rows, "nach_id", nach, level, known)
        changes.append(
            Change(
                raumebene=level,
                vorgang=number,
                art=rows[0]["vorgang_art"],
                grundlage=rows[0]["grundlage"],
                before=_units(rows, "von_id", von, level, known),
                after=after,
                pairs=[Pair(**{name: row[name] for name in Pair.model_fields}) for row in rows],
                area_moved_km2=_total(moved, "flaeche_km2", 6),
                residents_moved=_total(moved, "einwohner", 0),
                estimated=any(figure.methode in vocabulary().estimates for unit in after for figure in unit.figures),
            )
        )
    levels = list(dict.fromkeys(change.raumebene for change in changes))
    return sorted(
        changes,
        key=lambda each: (levels.index(each.raumebene), -(each.residents_moved or 0), -(each.area_moved_km2 or 0)),
    )


def _units(rows: Sequence[Mapping[str, Any]], side: str, zuschnitt: str, level: str, known: _Known) -> list[Unit]:
    units = []
    for unit in sorted({row[side] for row in rows if row[side] is not None}):
        key = (zuschnitt, level, unit)
        own = known.figures.get(key, [])
        residents = next((figure for figure in own if figure.indikator_id == "einwohner"), None)
        units.append(Unit(raum_id=unit, name=known.names.get(key), einwohner=residents, figures=own))
    return units


def _total(rows: Sequence[Mapping[str, Any]], column: str, digits: int) -> float | None:
    values = [row[column] for row in rows]
    return None if any(value is None for value in values) else round(float(sum(values)), digits)
