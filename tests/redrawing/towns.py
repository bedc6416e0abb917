"""Towns of squares, drawn: each letter is a base unit of 100 m, the letter names its Sozialraum, a dot is no city.

town(con, "AAB", "AAB")     two rows, the upper one first; base units are called by column and row: 0_0 is upper left
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from flows.base.db import create_stage, insert, use_spatial
from flows.profile.load import Profile, load_profile
from flows.profile.redrawing import Redrawing
from flows.stage.catalogue import write_catalogue

CUT, DAY = "2020-01-01", "2024-12-31"
SIDE = 100
Counts = Mapping[str, float]

SHARE = {"character": {"people": {"trait": [{"indikator": "anteil_einwohner_0_17"}]}}}
"""One trait: minors among residents."""


def profile(**keys: Any) -> Profile:
    """Musterstadt, with what `keys` say of redrawing.toml, and one pooled year unless they say more."""
    stated = SHARE | {"years": 1} | keys
    return replace(load_profile("musterstadt"), redrawing=Redrawing.model_validate(stated))


def town(
    con: duckdb.DuckDBPyConnection, *rows: str, counts: Callable[[int, int], Counts] | None = None,
    more_days: Mapping[str, Callable[[int, int], Counts]] | None = None, gap: float = 0,
    before: tuple[str, ...] | None = None, no_polygon: frozenset[str] = frozenset(),
) -> None:  # fmt: skip
    """Stage a town: polygons, Sozialräume (and a Stadtteil for all), and the Merkmale of each base unit."""
    use_spatial(con)
    for schema in ("stage", "katalog"):
        con.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    write_catalogue(con, load_profile("musterstadt"))
    create_stage(con)
    cells = [(column, row, letter) for row, line in enumerate(rows) for column, letter in enumerate(line)
             if letter != "."]  # fmt: skip
    for column, row, _ in cells:
        if f"{column}_{row}" not in no_polygon:
            west, north = column * SIDE + gap / 2, -row * SIDE - gap / 2
            con.execute(
                f"INSERT INTO stage.geometrie SELECT 'bbs', '{column}_{row}', NULL, st_aswkb(st_makeenvelope("
                f"{west}, {north - SIDE + gap}, {west + SIDE - gap}, {north}))::BLOB, FALSE, FALSE"
            )
    _assigned(con, CUT, cells)
    if before is not None:
        _assigned(con, "2015-01-01", [(column, row, before[row][column]) for column, row, _ in cells])
    for day, counted in {
        DAY: counts or (lambda *_: {"einwohner": 100, "einwohner_0_17": 20}),
        **(more_days or {}),
    }.items():
        insert(
            con, "stage.zaehlung_einzeln",
            [{"quelle": "einwohner_bbs", "stichtag": day, "basis": "bbs", "basis_id": f"{column}_{row}",
              "merkmal": merkmal, "wert": value, "status": "ok"}
             for column, row, _ in cells for merkmal, value in counted(column, row).items()],
        )  # fmt: skip


def _assigned(con: duckdb.DuckDBPyConnection, cut: str, cells: list[tuple[int, int, str]]) -> None:
    insert(
        con, "stage.zuordnung",
        [{"zuschnitt": cut, "basis": "bbs", "basis_id": f"{column}_{row}", "raumebene": level, "raum_id": unit}
         for column, row, letter in cells for level, unit in (("sozialraum", letter), ("stadtteil", "T"))],
    )  # fmt: skip


def folder_of(text: Mapping[str, str], folder: Path) -> Path:
    """Write a profile: Musterstadt's files, and others by name."""
    for file in load_profile("musterstadt").folder.glob("*.toml"):
        (folder / file.name).write_text(file.read_text("utf-8"), "utf-8")
    for name, words in text.items():
        (folder / name).write_text(words, "utf-8")
    return folder
