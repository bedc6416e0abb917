"""Writes the atlas of a release: one folder with a page, its style, its script, and the data that it loads.

Everything comes from the released tables. The page begins with its first map, so that it shows before a script has
run, and without any; each Indikator is a file of its own, loaded when somebody wants to see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb

from flows.atlas.core import Files, core_content
from flows.atlas.figures import indikator_contents
from flows.atlas.first_view import beginning, first_view
from flows.atlas.indices import atlas_indices, index_contents
from flows.atlas.packing import packed, plain
from flows.atlas.redraw import redraw_content
from flows.atlas.types import atlas_typologies, type_contents
from flows.atlas.units import create_units, height, outline_content, outlines, unit_rows
from flows.base.db import records
from flows.pages.map_frame import INK, LINE
from flows.pages.map_picture import CIRCLE
from flows.pages.template import page_of
from flows.profile.vocabulary import vocabulary

PAGE = "atlas/index.html"
"""Where the atlas begins, seen from the release."""
MOST_FILES = {"zahl": 100, "index": 24}
"""Beyond, several Indikatoren or indices share a file, so that a release does not get more files than it can bear."""
SCRIPTS = (
    "load", "words", "state", "numbers", "classes", "figures", "indices", "drawing", "map", "legend", "ranking",
    "find", "charts", "profile", "save", "page",
)  # fmt: skip
"""The parts of the page's script, in the order in which each may use those before it."""
_FOLDER = Path(__file__).parent / "page"


def write_atlas(con: duckdb.DuckDBPyConnection, release: Path) -> None:
    """Write the folder `atlas` of a release from its tables, which `con` uses; it has the spatial extension."""
    target = (release / PAGE).parent
    (target / "data").mkdir(parents=True)
    create_units(con)
    shapes, indices, typologies = outlines(con), atlas_indices(con), atlas_typologies(con)
    begin = beginning(con, indices)
    files = Files(
        _write(target, "zahl", indikator_contents(con)),
        _write(target, "index", chain(index_contents(con, indices), type_contents(con, typologies))),
    )
    for (zuschnitt, level), rows in shapes.items():
        content = packed(f"umriss {zuschnitt} {level}", outline_content(rows))
        (target / "data" / f"umriss_{zuschnitt}_{level}.js").write_text(content, encoding="utf-8")
    (target / "data" / "umbau.js").write_text(packed("umbau", redraw_content(con)), encoding="utf-8")
    drawn = {"outlines": [list(key) for key in shapes], "height": height(shapes)}
    core = core_content(con, unit_rows(con), (indices, typologies), begin.state, files, drawn)
    (target / "data" / "core.js").write_text(plain("core", core), encoding="utf-8")
    first = {row["stelle"]: row for row in shapes.get((begin.zuschnitt, "sozialraum"), [])}
    (about,) = records(con.execute("FROM _release"))
    page = page_of(
        "atlas.html.j2", folder=_FOLDER, about=about, view=first_view(con, begin), shapes=first,
        width=core["width"], height=core["height"], begin=begin,
        protected=vocabulary().status["geschuetzt"].fill, edge=LINE, ink=INK, circle=CIRCLE,
    )  # fmt: skip
    (release / PAGE).write_text(page, encoding="utf-8")
    (target / "atlas.css").write_text(page_of("atlas.css.j2", folder=_FOLDER), encoding="utf-8")
    parts = [(_FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS]
    (target / "atlas.js").write_text("\n".join(['"use strict";', *parts]), encoding="utf-8")


def _write(target: Path, kind: str, contents: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, str]:
    """Write the contents of a kind into scripts; return the name of the file that holds each."""
    found: dict[str, str] = {}
    named = list(contents)
    for group in _groups(named, MOST_FILES[kind]):
        file = f"{kind}_{group[0][0]}"
        lines = [packed(f"{kind} {name}", content) for name, content in group]
        (target / "data" / f"{file}.js").write_text("".join(lines), encoding="utf-8")
        found |= {name: file for name, _ in group}
    return found


def _groups(named: Sequence[tuple[str, dict[str, Any]]], most: int) -> list[Sequence[tuple[str, dict[str, Any]]]]:
    """Return the contents in groups of equal size, `most` at most."""
    size = max(1, -(-len(named) // most))
    return [named[begin : begin + size] for begin in range(0, len(named), size)]
