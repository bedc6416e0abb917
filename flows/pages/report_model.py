"""What a report on a release shows, read from its published tables alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from flows.base.db import has_table, quoted, records, set_variables, sql, use_spatial
from flows.base.errors import ConfigError
from flows.pages.disclosure_report import Extent, disclosure_report
from flows.pages.index_map import index_picture
from flows.pages.map_picture import picture
from flows.pages.type_map import type_picture
from flows.profile.vocabulary import vocabulary
from flows.release.main_index import find_main_index

MAIN = 6
"""So many Indikatoren, residents not counted, have a map and a column in the table of all Sozialräume."""


@dataclass(frozen=True)
class Indikator:
    """An Indikator of the report, with the figures of the whole city."""

    indikator_id: str
    label_de: str
    beschreibung_de: str
    einschraenkung_de: str | None
    einheit: str
    nachkommastellen: int
    typ: str
    thema: str
    position: int
    stadt: float | None
    stadt_vorher: float | None
    rang: int


@dataclass(frozen=True)
class Figure:
    """A figure of a Sozialraum, and its value at the Stichtag before."""

    raum_id: str
    indikator_id: str
    wert: float | None
    status: str
    methode: str | None
    unsicherheit: float | None
    vorher: float | None


@dataclass(frozen=True)
class Need:
    """What the main index of the release says of a Sozialraum: possible classes, and ranks where they are ranges."""

    index_label: str
    index_status: str
    klasse_label: str | None
    possible: Sequence[str]
    rang_von: int | None
    rang_bis: int | None
    veraenderung_urteil: str | None


@dataclass(frozen=True)
class Kind:
    """The type of a Sozialraum in the first typology of the release, or which types are possible."""

    raum_id: str
    typologie_id: str
    typology_label: str
    type_label: str | None
    second_label: str | None
    borderline: bool
    possible: Sequence[str]
    typ_status: str


@dataclass(frozen=True)
class Resident:
    """The residents of a Sozialraum at a Stichtag; None where they are not published."""

    day: dt.date
    count: float | None
    estimated: bool


@dataclass(frozen=True)
class Unit:
    """A Sozialraum with all that its page shows."""

    raum_id: str
    name: str | None
    area_km2: float | None
    path: str | None
    lies_in: Sequence[str]
    redraw: Sequence[str]
    figures: Mapping[str, Figure]
    need: Need | None
    kind: Kind | None = None
    residents: Sequence[Resident] = field(default_factory=tuple)


@dataclass(frozen=True)
class ReportModel:
    """The whole report."""

    release: Mapping[str, Any]
    day: dt.date
    before: dt.date | None
    indikatoren: Sequence[Indikator]
    units: Sequence[Unit]
    box: tuple[float, float, float, float] | None
    maps: Sequence[str]
    levels: Sequence[Extent]
    sources: Sequence[Mapping[str, Any]]
    definitions: Sequence[Mapping[str, Any]]
    typologies: Sequence[Mapping[str, Any]]

    @property
    def main(self) -> Sequence[Indikator]:
        """The Indikatoren of the maps and of the table of all Sozialräume; residents come first."""
        return self.indikatoren[: MAIN + 1]

    @property
    def city(self) -> str:
        """The name of the city."""
        return str(self.release["stadt"])


def report_model(con: duckdb.DuckDBPyConnection) -> ReportModel:
    """Return what a report shows of the release that `con` uses.

    Raises:
        ConfigError: the release is older than its figures' present form, or has no residents of Sozialräume.
    """
    use_spatial(con)
    con.execute(sql("schema/bild_rang"))
    con.execute(sql("schema/svg_pfad"))
    (release,) = records(con.execute("FROM _release"))
    if int(release["schema_version"].split(".")[0]) < 2:
        raise ConfigError(
            f"Expected a release of schema version 2 or later, found {release['schema_version']} in "
            f"{release['version']}: refresh the city with this version, or name another release.",
            code="FS-USE-04",
        )
    (about,) = records(con.execute(sql("read/bericht_stand")))
    if about["stichtag"] is None:
        raise ConfigError(
            f"Expected residents of Sozialräume in {release['version']}, found none: nothing to report.",
            code="FS-USE-04",
        )
    days = {name: str(about[name]) if about[name] else None for name in ("stichtag", "vorher")}
    set_variables(
        con, **days, zuschnitt=str(release["zuschnitt"]), stadtebene=about["stadtebene"],
        schaetzungen=list(vocabulary().estimates),
    )  # fmt: skip
    if not has_table(con, "index_definition"):
        con.execute(_NO_INDICES)
    if not has_table(con, "merkmal_entzogen"):  # of a release before counts could be withdrawn
        con.execute("CREATE TEMP TABLE merkmal_entzogen (raum_id VARCHAR)")
    main = find_main_index(con)
    indikatoren = [Indikator(**row) for row in records(con.execute(sql("read/bericht_indikator")))]
    units, box = _units(con)
    definitions = records(con.execute("FROM index_definition ORDER BY position"))
    maps = [
        *(index_picture(con, name, str(about["stichtag"])) for name in [main] if name),
        *(type_picture(con, name, str(about["stichtag"])) for name in _typology(units)),
        *(picture(con, one.indikator_id, days["stichtag"]) for one in indikatoren[: MAIN + 1]),
    ]
    withheld = disclosure_report(con, str(release["stadt"]), str(release["version"]))
    return ReportModel(
        release=release, day=about["stichtag"], before=about["vorher"], indikatoren=indikatoren, units=units, box=box,
        maps=[drawn for drawn in maps if drawn is not None],
        levels=[one for one in withheld.levels if one.zuschnitt == release["zuschnitt"]],
        sources=records(con.execute("FROM _sources ORDER BY quelle, datei")),
        definitions=definitions,
        typologies=records(con.execute("FROM typologie ORDER BY position")) if has_table(con, "typologie") else [],
    )  # fmt: skip


_NO_INDICES = """
CREATE TEMP TABLE index_definition (index_id VARCHAR, index_version VARCHAR, position INTEGER);
CREATE TEMP TABLE index_komponente (index_id VARCHAR, index_version VARCHAR, indikator_id VARCHAR, position INTEGER);
"""


def _typology(units: Sequence[Unit]) -> list[str]:
    """Return the typology of the units, none where they have no types."""
    return list({unit.kind.typologie_id: None for unit in units if unit.kind})


def _units(con: duckdb.DuckDBPyConnection) -> tuple[list[Unit], tuple[float, float, float, float] | None]:
    rows = records(con.execute(
        "SELECT * EXCLUDE (geometrie) FROM sozialraum WHERE zuschnitt = getvariable('zuschnitt') ORDER BY sozialraum_id"
    ))  # fmt: skip
    drawn = {row["raum_id"]: row for row in records(con.execute(sql("read/bericht_raum")))}
    kinds = {kind.raum_id: kind for kind in _kinds(con)}
    figures: dict[str, dict[str, Figure]] = {}
    for row in records(con.execute(sql("read/bericht_zahl"))):
        figures.setdefault(row["raum_id"], {})[row["indikator_id"]] = Figure(**row)
    needs = {row["raum_id"]: _need(row) for row in _needs(con)}
    series = {
        row["raum_id"]: [
            Resident(*each) for each in zip(row["stichtage"], row["einwohner"], row["geschaetzt"], strict=True)
        ]
        for row in records(con.execute(sql("read/bericht_reihe")))
    }
    names = _larger_units(con)
    units = [
        Unit(
            raum_id=unit, name=row["name"], area_km2=row["flaeche_km2"], path=drawn[unit]["pfad"],
            lies_in=[_called(label, known.get(row[column]) or row[column])
                     for column, (label, known) in names.items() if row.get(column)],
            redraw=drawn[unit]["umbau"], figures=figures.get(unit, {}), need=needs.get(unit),
            kind=kinds.get(unit), residents=series.get(unit, []),
        )
        for row in rows
        for unit in (row["sozialraum_id"],)
    ]  # fmt: skip
    box = next(iter(drawn.values()), {})
    if box.get("west") is None:
        return units, None
    return units, (box["west"], box["sued"], box["ost"], box["nord"])


def _called(label: str, name: str) -> str:
    """Return a larger unit with what it is, unless its name says so."""
    return name if name.startswith(label) else f"{label} {name}"


def _needs(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    return records(con.execute(sql("read/bericht_bedarf"))) if has_table(con, "index_wert") else []


def _kinds(con: duckdb.DuckDBPyConnection) -> list[Kind]:
    return [Kind(**row) for row in records(con.execute(sql("read/bericht_typ")))] if has_table(con, "typ") else []


def _need(row: Mapping[str, Any]) -> Need:
    possible = [row["klassen"][int(number) - 1] for number in (row["klassen_90"] or "").split()]
    shown = ("index_label", "index_status", "klasse_label", "rang_von", "rang_bis", "veraenderung_urteil")
    return Need(possible=possible, **{name: row[name] for name in shown})


def _larger_units(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, dict[str, str]]]:
    """Return the column of each Raumebene between Sozialraum and city -> its label, and the name of each unit by id."""
    levels = records(con.execute(
        "FROM raumebene WHERE raumebene NOT IN ('sozialraum', getvariable('stadtebene')) ORDER BY rang"
    ))  # fmt: skip
    found = {}
    for level in levels:
        name = level["raumebene"]
        rows = con.execute(
            f"SELECT {quoted(name + '_id')}, name FROM {quoted(name)} "  # noqa: S608 -- a Raumebene of the release, quoted
            "WHERE zuschnitt = getvariable('zuschnitt')"
        ).fetchall()
        found[f"{name}_id"] = (str(level["label_de"]), dict(rows))
    return found
