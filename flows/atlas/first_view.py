"""The first map of the atlas and its ranking, as they stand in the page: drawn before, and without, any script."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat
from typing import Any

import duckdb

from flows.atlas.indices import AtlasIndex
from flows.atlas.units import WIDTH
from flows.base.db import literal, quoted, records, set_variables, sql
from flows.base.german_numbers import number
from flows.pages.index_lines import rank_words
from flows.pages.map_frame import WIDTH as MAP_WIDTH
from flows.pages.map_picture import LAND, LARGEST
from flows.profile.vocabulary import Gap, Words, vocabulary
from flows.release.main_index import find_main_index
from flows.release.map_classes import MapClass, classes_of, classes_reached

LEVEL = "sozialraum"
RADIUS = round(LARGEST * WIDTH / MAP_WIDTH, 1)
"""Of the circle of the largest count."""
PROTECTED, UNSURE = "url(#geheim)", "url(#unsicher)"
"""The fills that are patterns; the page draws them."""
_NOT_SURE = Words("nicht sicher", "not sure")
_NOT_SURE_LONG = Words("nicht sicher: mehr als zwei Klassen möglich", "not sure: more than two classes possible")
_ESTIMATED = Words("geschätzt", "estimated")
_ESTIMATED_LONG = Words("geschätzt (gestrichelter Rand)", "estimated (dashed outline)")
"""Said as the page's script does (page/words.js)."""


@dataclass(frozen=True)
class Beginning:
    """What is shown first: an index or, where there is none, an Indikator, at a Stichtag on a Zuschnitt."""

    index: AtlasIndex | None
    indikator_id: str | None
    zuschnitt: str
    stichtag: str

    @property
    def state(self) -> dict[str, str | None]:
        """The same as the page's script reads it."""
        return {
            "index": self.index.id if self.index else None, "indikator": None if self.index else self.indikator_id,
            "zuschnitt": self.zuschnitt, "stichtag": self.stichtag, "ebene": LEVEL,
        }  # fmt: skip


@dataclass(frozen=True)
class Unit:
    """A unit of the first map: its rank and figure in words, its class or why it has none, and its fill.

    The line around an estimate is dashed; a count has a circle.
    """

    stelle: int
    name: str
    rank: str
    figure: str
    standing: Words
    fill: str
    estimated: bool = False
    radius: float = 0


@dataclass(frozen=True)
class Entry:
    """A line of the legend."""

    fill: str
    words: Words
    count: int
    dashed: bool = False


@dataclass(frozen=True)
class FirstView:
    """All that the page shows of it."""

    label: Words
    unit: str
    units: Sequence[Unit]
    legend: Sequence[Entry]


def beginning(con: duckdb.DuckDBPyConnection, indices: Sequence[AtlasIndex]) -> Beginning:
    """Return what the atlas of the release in use shows first."""
    con.execute(sql("schema/bild_rang"))
    find_main_index(con)
    (row,) = records(con.execute(sql("atlas/beginn")))
    key = ("index_id", "index_version", "massstab")
    index = next((each for each in indices if all(getattr(each, name) == row[name] for name in key)), None)
    return Beginning(index, row["indikator_id"], row["zuschnitt"], row["stichtag"])


def first_view(con: duckdb.DuckDBPyConnection, begin: Beginning) -> FirstView | None:
    """Return the first map and ranking; None for a release without any figure."""
    if begin.index is not None:
        return _index_view(con, begin, begin.index)
    return None if begin.indikator_id is None else _indikator_view(con, begin, begin.indikator_id)


def _index_view(con: duckdb.DuckDBPyConnection, begin: Beginning, index: AtlasIndex) -> FirstView:
    set_variables(con, index_id=index.index_id, index_ebene=LEVEL, index_stichtag=begin.stichtag)
    con.execute(
        "CREATE OR REPLACE TEMP VIEW raum_name AS "  # noqa: S608 -- a Raumebene, quoted
        f"SELECT zuschnitt, {quoted(LEVEL + '_id')} AS raum_id, name FROM {quoted(LEVEL)}"
    )
    places = {
        unit: place
        for place, unit in con.execute(
            "SELECT stelle, raum_id FROM atlas_einheit "  # noqa: S608 -- our own words
            f"WHERE raumebene = {literal(LEVEL)} AND zuschnitt = {literal(begin.zuschnitt)}"
        ).fetchall()
    }
    rows = [
        row
        for row in records(con.execute(sql("read/index_raum")))
        if (row["index_version"], row["massstab"]) == (index.index_version, index.massstab) and row["raum_id"] in places
    ]
    rows.sort(
        key=lambda row: (row["rang_von"] is None, (row["rang_von"] or 0) + (row["rang_bis"] or 0), row["raum_id"])
    )
    units = [_index_unit(row, index, places[row["raum_id"]]) for row in rows]
    return FirstView(Words(index.label_de, index.label_en), "", units, _legend(units, _class_words(index)))


def _class_words(index: AtlasIndex) -> list[tuple[str, Words]]:
    return [(each.colour, Words(each.label_de, each.label_en)) for each in reversed(index.classes)]


def _index_unit(row: Mapping[str, Any], index: AtlasIndex, stelle: int) -> Unit:
    status = _status_of(row)
    standing, fill = status.name, PROTECTED if row["index_status"] == "geschuetzt" else status.fill or "white"
    if row["klasse_von"] is not None:
        standing = _possible(index, row["klasse_von"], row["klasse_bis"])
    if row["klasse"] is not None:
        fill = index.classes[row["klasse"] - 1].colour
    if len((row["klassen_90"] or "").split()) > 2:
        standing, fill = _NOT_SURE, UNSURE
    return Unit(
        stelle, row["name"] or row["raum_id"], rank_words(row).german if row["rang_von"] else "",
        number(row["punkte"], 2), standing, fill,
    )  # fmt: skip


def _possible(index: AtlasIndex, first: int, last: int) -> Words:
    possible = index.classes[first - 1 : last]
    return Words(" oder ".join(each.label_de for each in possible), " or ".join(each.label_en for each in possible))


def _status_of(row: Mapping[str, Any]) -> Gap:
    """Return why a unit has no class; where a figure is missing, why that is, as sql/atlas/index.sql does."""
    words = vocabulary()
    reason = re.search(r"\((\w+)\)", row["index_grund"] or "") if row["index_status"] == "fehlt" else None
    return words.status[reason[1]] if reason else words.index_status[row["index_status"]]


def _indikator_view(con: duckdb.DuckDBPyConnection, begin: Beginning, indikator: str) -> FirstView:
    set_variables(con, indikator=indikator, stichtag=begin.stichtag, zuschnitt=begin.zuschnitt)
    (text,) = [row for row in records(con.execute("FROM indikator")) if row["indikator_id"] == indikator]
    rows = records(con.execute(sql("atlas/erste_zahl")))
    figures = [row["wert"] for row in rows if row["wert"] is not None]
    classes = [] if text["typ"] == "anzahl" else classes_of(text["typ"], figures)
    ranks = ranks_of([(row["wert"], row["unsicherheit"] or 0) for row in rows])
    units = [
        _indikator_unit(row, rank, classes, text["nachkommastellen"]) for row, rank in zip(rows, ranks, strict=True)
    ]
    named = [
        (each.colour, Words(*[each.words(text["nachkommastellen"], text["einheit"])] * 2)) for each in reversed(classes)
    ]
    if not classes:
        units = _with_circles(units, figures)
    return FirstView(Words(text["label_de"], text["label_en"]), text["einheit"], units, _legend(units, named))


def _with_circles(units: Sequence[Unit], figures: Sequence[float]) -> list[Unit]:
    """Return the units, the first of which have these figures, with circles whose areas are as the figures."""
    largest = max(figures, default=0)
    radii = (RADIUS * math.sqrt(figure / largest) if figure > 0 else 0 for figure in figures)
    return [replace(unit, radius=radius) for unit, radius in zip(units, chain(radii, repeat(0)), strict=False)]


def _indikator_unit(row: Mapping[str, Any], rank: str, classes: Sequence[MapClass], decimals: int) -> Unit:
    figure, around, status = row["wert"], row["unsicherheit"] or 0, vocabulary().status[row["status"]]
    name = row["name"] or row["raum_id"]
    if figure is None:
        fill = PROTECTED if row["status"] == "geschuetzt" else status.fill or "white"
        return Unit(row["stelle"], name, rank, "", status.name, fill)
    estimated = row["methode"] in vocabulary().estimates
    unsure = around > 0 and bool(classes) and classes_reached(classes, figure, around) > 2
    standing = [
        *([_NOT_SURE] if unsure else []), *([_ESTIMATED] if estimated else []),
        *([status.name] if row["status"] != "ok" else []),
    ]  # fmt: skip
    return Unit(
        row["stelle"], name, rank, number(figure, decimals) + (f" ± {number(around, decimals)}" if around else ""),
        Words(", ".join(each.de for each in standing), ", ".join(each.en for each in standing)),
        UNSURE if unsure else next((each.colour for each in classes if each.holds(figure)), LAND), estimated,
    )  # fmt: skip


def ranks_of(figures: Sequence[tuple[float | None, float]]) -> list[str]:
    """Return the rank of each figure, given with half its interval: a range where intervals overlap, as the page has.

    There is none without a figure.
    """
    known = [(figure - around, figure + around) for figure, around in figures if figure is not None]
    found = []
    for figure, around in figures:
        if figure is None:
            found.append("")
            continue
        first = 1 + sum(low > figure + around for low, _ in known)
        last = sum(high >= figure - around for _, high in known)
        found.append(rank_words({"rang_von": first, "rang_bis": last}).german)
    return found


def _legend(units: Sequence[Unit], classes: Sequence[tuple[str, Words]]) -> list[Entry]:
    """Return the classes with how many units each has, then of how many it is not sure, and why others have none."""
    counts = Counter(unit.fill for unit in units)
    own = {*dict(classes), UNSURE, LAND}
    others = Counter((unit.fill, unit.standing) for unit in units if unit.fill not in own)
    estimated = sum(unit.estimated for unit in units)
    return [
        *(Entry(fill, words, counts[fill]) for fill, words in classes),
        *([Entry(UNSURE, _NOT_SURE_LONG, counts[UNSURE])] if counts[UNSURE] else []),
        *(Entry(fill, words, count) for (fill, words), count in others.most_common()),
        *([Entry("white", _ESTIMATED_LONG, estimated, dashed=True)] if estimated else []),
    ]
