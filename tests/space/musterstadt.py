"""Musterstadt's blocks as cells: synthetic, with a redraw whose truth is known to the last person."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np

from flows.musterstadt.city import make_musterstadt
from flows.musterstadt.scale import Scale
from tests.space.redraws import Cells, KnownRedraw

YEARS = (2018, 2019, 2020, 2021)
SCALE = Scale(baublockseiten=1_200, einwohner=80_000, stadtbezirke=4, stadtteile=20, sozialraeume=72)


def make_redraw(folder: Path, scale: Scale = SCALE) -> KnownRedraw:
    """Make Musterstadt in `folder` and return its redraw of 2020 with residents by year, children and dwellings."""
    make_musterstadt(folder, scale=scale, years=YEARS)
    shapes = json.loads((folder / "raum/Baublockseiten.geojson").read_text("utf-8"))["features"]
    ring = {f["properties"]["BBS"]: np.array(_outer(f["geometry"])) for f in shapes}
    units = [_assigned(folder / f"raum/Zuordnung_{year}.csv") for year in (2015, 2020)]
    sides = sorted(set(units[0]) & set(units[1]))
    counts = {str(year): _residents(folder / f"einwohner/EW_Baublockseiten_{year}.csv") for year in YEARS}
    counts["wohnungen"] = _column(folder / "wohnen/Wohnungen_2019.csv", "WOHNUNGEN")
    centre = np.array([ring[side][:-1].mean(axis=0) for side in sides])
    cells = Cells(
        centre[:, 0],
        centre[:, 1],
        np.array([_area(ring[side]) for side in sides]),
        {name: np.array([values.get(side, 0.0) for side in sides]) for name, values in counts.items()},
    )
    return KnownRedraw(cells, *(np.array([assigned[side] for side in sides]) for assigned in units))


def _outer(geometry: dict) -> list:
    return geometry["coordinates"][0] if geometry["type"] == "Polygon" else geometry["coordinates"][0][0]


def _area(ring: np.ndarray) -> float:
    x, y = (ring - ring[0]).T
    return float(abs((x[:-1] * y[1:] - x[1:] * y[:-1]).sum()) / 2)


def _assigned(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8-sig") as file:
        return {row["BBS"]: row["SOZIALRAUM"] for row in csv.DictReader(file, delimiter=";")}


def _residents(path: Path) -> dict[str, float]:
    lines = path.read_text("cp1252").splitlines()[5:]
    return _numbers(csv.DictReader(lines, delimiter=";"), "INSGESAMT")


def _column(path: Path, column: str) -> dict[str, float]:
    with path.open(encoding="cp1252") as file:
        return _numbers(csv.DictReader(file, delimiter=";"), column)


def _numbers(rows: csv.DictReader, column: str) -> dict[str, float]:
    return {
        row["BBS"].zfill(8): float((row[column] or "0").replace(".", "").replace(",", ".").replace("-", "0"))
        for row in rows
        if (row["BBS"] or "").isdigit()
    }
