"""The units of each Raumebene with their newest figures, as GeoParquet and GeoPackage; the latter with all Stichtage.

DuckDB's spatial extension writes both. It is loaded from the installed package, never downloaded, and the
user's home directory is not touched. GDAL would put the time of writing into a GeoPackage; `still_clock`
gives it the Stichtag instead, so that the same release has the same bytes.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from flows.base.db import literal, set_variables, sql, use_spatial
from flows.export.geopackage import GEOMETRY, Addition, Described, Label, Outline, Rows, complete
from flows.export.qgis_style import Subject, qml
from flows.export.wide_figures import show_units
from flows.profile.vocabulary import vocabulary
from flows.release.job import ReleaseJob
from flows.release.map_classes import classes_of
from flows.release.table_contract import Column, Table, contract


def still_clock(day: dt.date) -> None:
    """Let every GeoPackage that this process writes be dated `day`."""
    os.environ["OGR_CURRENT_DATE"] = f"{day.isoformat()}T00:00:00.000Z"


@dataclass(frozen=True)
class Layers:
    """Of which release the units are written: those of the tables `units`, one layer each."""

    job: ReleaseJob
    version: str
    units: Sequence[Table]


def write_geo(con: duckdb.DuckDBPyConnection, layers: Layers, folder: Path) -> list[Path]:
    """Write `folder`/<raumebene>.parquet and .gpkg for each Raumebene; return the paths.

    The figures are those of `flows.export.wide_figures`.
    """
    use_spatial(con)
    folder.mkdir()
    job = layers.job
    set_variables(con, zuschnitt=job.zuschnitt, crs=job.coordinate_system)
    paths = []
    for table in layers.units:
        show_units(con, table)
        set_variables(con, raumebene=table.name)
        for name in ("umriss", "geo_jahr", "geo_status", "lage"):
            con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql(f'export/{name}')}")
        parquet, geopackage = folder / f"{table.name}.parquet", folder / f"{table.name}.gpkg"
        con.execute(f"COPY temp.lage TO {literal(str(parquet))} (FORMAT parquet, COMPRESSION zstd)")
        con.execute(
            f"COPY temp.lage TO {literal(str(geopackage))} (FORMAT gdal, DRIVER 'GPKG', GEOMETRY_TYPE 'MULTIPOLYGON', "
            f"SRS {literal(job.coordinate_system)}, LAYER_NAME {literal(table.name)}, "
            f"LAYER_CREATION_OPTIONS ('GEOMETRY_NAME={GEOMETRY}'))"
        )
        said = _Said(con, layers, table)
        complete(geopackage, said.layer(), said.addition(), job.stichtag_max)
        paths += [parquet, geopackage]
    return paths


class _Said:
    """What the GeoPackage of a Raumebene says and holds beside its layer; the tables of `write_geo` are there."""

    def __init__(self, con: duckdb.DuckDBPyConnection, layers: Layers, table: Table) -> None:
        self._con, self._layers, self._table = con, layers, table
        self._label = next(level.label_de for level in layers.job.raumebenen if level.id == table.name)

    def layer(self) -> Described:
        """Describe the layer of the units on today's Zuschnitt with their newest figures."""
        job = self._layers.job
        return self._described(
            self._table.name,
            f"Zuschnitt {job.zuschnitt}, neueste Zahlen",
            "Eine Zeile je Raum des heutigen Zuschnitts mit seinen neuesten Zahlen, eine Spalte je Indikator. "
            f"Die Spalte fehlt sagt, warum andere fehlen. Alle Stichtage: Tabelle {self._table.name}_jahr.",
        )

    def addition(self) -> Addition:
        """Return the outlines on other Zuschnitte, the figures of all Stichtage, labels and the look."""
        others = self._con.execute(
            "SELECT DISTINCT zuschnitt FROM umriss WHERE zuschnitt <> getvariable('zuschnitt') ORDER BY ALL"
        ).fetchall()
        name = self._table.name
        return Addition(
            layers={
                self._described(
                    f"{name}_{zuschnitt}",
                    f"Umrisse des Zuschnitts {zuschnitt}",
                    f"Eine Zeile je Raum des Zuschnitts {zuschnitt}, ohne Zahlen.",
                ): self._outlines(zuschnitt)
                for (zuschnitt,) in others
            },
            tables={
                self._described(
                    f"{name}_jahr",
                    "Zahlen aller Stichtage",
                    "Eine Zeile je Raum und Stichtag, eine Spalte je Indikator: jeder Stichtag einmal, auf dem "
                    "heutigen Zuschnitt (wo das nicht geht, auf dem neuesten mit Zahlen).",
                ): self._rows("geo_jahr"),
                self._described(
                    f"{name}_status",
                    "Zahlen, die fehlen, unvollständig oder nicht sicher sind",
                    f"Eine Zeile je solcher Zahl der Tabelle {name}_jahr, mit Grund, Methode und Unsicherheit. Hat "
                    "an einem Stichtag kein Raum eine Zahl eines Indikators, so ist nichts geliefert.",
                ): self._rows("geo_status"),
            },
            labels=self._labels(),
            style=self._style(),
        )

    def _described(self, name: str, title: str, abstract: str) -> Described:
        job = self._layers.job
        synthetic = "Synthetische Daten: keine Zahl beschreibt einen wirklichen Ort. " if job.synthetic else ""
        return Described(
            name,
            f"{job.city_name} {self._layers.version}, {self._label}: {title}",
            f"{synthetic}{abstract} Lizenz: {job.licence}. Namensnennung: {job.attribution}. "
            f"Herausgeber: {job.publisher}, {job.contact}.",
        )

    def _rows(self, table: str) -> Rows:
        found = self._con.execute(f"FROM {table}")
        columns = {
            f"{self._table.name}_id" if name == "raum_id" else name: str(kind) for name, kind, *_ in found.description
        }
        return Rows(columns, [tuple(map(_plain, row)) for row in found.fetchall()])

    def _outlines(self, zuschnitt: str) -> Rows:
        found = self._con.execute(
            "SELECT * EXCLUDE (raum_id, geometrie), st_aswkb(geometrie)::BLOB, "  # noqa: S608 -- a literal
            "st_xmin(geometrie), st_xmax(geometrie), st_ymin(geometrie), st_ymax(geometrie) "
            f"FROM umriss WHERE zuschnitt = {literal(zuschnitt)} ORDER BY raum_id"
        )
        columns = {name: str(kind) for name, kind, *_ in found.description[:-4]}
        return Rows(
            columns,
            [(*map(_plain, row[:-5]), None if row[-5] is None else Outline(*row[-5:])) for row in found.fetchall()],
        )

    def _labels(self) -> dict[str, Label]:
        rules = contract().column
        words = {
            name: Label(rules[name].label_de, rules[name].description_de)
            for name in ("stichtag", "methode", "indikator_id", "status", "unsicherheit")
        }
        words["fehlt"] = Label("Fehlende Zahlen", "Jeder Indikator ohne Zahl und warum sie fehlt.")
        words["grund"] = Label(
            "Grund", "Warum die Zahl fehlt oder unvollständig ist, oder nach welcher Methode sie dasteht."
        )
        indikatoren = self._con.execute(
            "SELECT indikator_id, label_de, einheit, beschreibung_de FROM indikator ORDER BY position"
        ).fetchall()
        return {
            **words,
            **{each.name: Label(_with_unit(each), each.description_de) for each in self._table.columns},
            **{name: Label(f"{label} [{unit}]", meaning) for name, label, unit, meaning in indikatoren},
        }

    def _style(self) -> str | None:
        """Return the look by the first Indikator of need, else the first share, else the first that has figures."""
        self._con.execute(sql("schema/bild_rang"))
        row = self._con.execute(sql("export/geo_thema")).fetchone()
        if row is None:
            return None
        indikator, kind, unit, decimals, figures = row
        gaps = [*vocabulary().gaps.values()]
        names = {name: label.name for name, label in self._labels().items()}
        return qml(Subject(indikator, unit, decimals, classes_of(kind, figures)), gaps, names)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def _with_unit(column: Column) -> str:
    return f"{column.label_de} [{column.unit}]" if column.unit else column.label_de
