"""Draws the pictures of docs/boundary-changes.md from a tiny city and the figures that a run publishes for it.

``python -m tools.redraw_pictures docs`` writes them; a test compares them with what is there.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from flows.base.db import create_stage, insert, sql, use_spatial
from flows.stage.catalogue import write_vocabulary
from flows.transform.transform_counts import transform

BEFORE, AFTER = ("AAABB", "AAABB"), ("CCDDE", "CCDDE")
OLD_COUNTS = {"A": 900.0, "B": 500.0}
NEW_COUNTS = {"C": 520.0, "D": 480.0, "E": 440.0}
"""Of another date, hence another total."""
COLOURS = {"A": "#8bbccb", "B": "#e9c46a", "C": "#b9d5de", "D": "#b7c99a", "E": "#f0d898"}
INK, LINE, SIDE = "#1d2b36", "#8a969d", 44


@dataclass(frozen=True)
class Estimate:
    """A count on a new unit as it is published, inside its hard bounds."""

    wert: float
    lower: float
    upper: float
    at_least: float
    at_most: float


@dataclass(frozen=True)
class Example:
    """What the station transform finds for the tiny city: residents along each pair of units, and the estimates."""

    flows: dict[tuple[str, str], float]
    estimates: dict[str, Estimate]


@functools.cache
def example() -> Example:
    """Return what a run finds for the tiny city: counted before and half a year after its redraw."""
    with duckdb.connect() as con:
        use_spatial(con)
        con.execute(sql("schema/katalog"))
        write_vocabulary(con)
        create_stage(con)
        insert(
            con, "katalog.raumebene",
            [{"raumebene": "sozialraum", "rang": 1, "label_de": "-", "label_en": "-", "id_muster": ".*",
              "zugehoerigkeit": "assignment"}],
        )  # fmt: skip
        insert(
            con, "katalog.quelle",
            [{"quelle": "counts", "titel_de": "-", "titel_en": "-", "art": "matrix", "quarantaene_erlaubt": 0,
              "ungelistet_null": True}],
        )  # fmt: skip
        _deliver(con, "2020-01-01", BEFORE, "2020-12-31", OLD_COUNTS)
        _deliver(con, "2021-01-01", AFTER, "2021-06-30", NEW_COUNTS)
        transform(con)
        flows = con.execute(
            "SELECT von_id, nach_id, einwohner FROM schluessel_geschaetzt "
            "WHERE von_zuschnitt = '2020-01-01' AND NOT entlehnt ORDER BY ALL"
        ).fetchall()
        estimates = con.execute(
            "SELECT raum_id, wert, untergrenze, obergrenze, mindestens, hoechstens FROM merkmal_geschaetzt "
            "WHERE zuschnitt = '2021-01-01' ORDER BY ALL"
        ).fetchall()
    return Example(
        {(old, new): people for old, new, people in flows}, {unit: Estimate(*figure) for unit, *figure in estimates}
    )


def _deliver(
    con: duckdb.DuckDBPyConnection, zuschnitt: str, rows: tuple[str, ...], stichtag: str, counts: dict[str, float]
) -> None:
    """Put a Zuschnitt drawn as rows of squares into the staged tables, each unit a base unit of its own."""
    insert(
        con, "katalog.zuschnitt",
        [{"zuschnitt": zuschnitt, "gueltig_ab": zuschnitt, "basis": zuschnitt, "basis_muster": ".*",
          "schachtelung": True}],
    )  # fmt: skip
    insert(
        con, "stage.zuordnung",
        [{"zuschnitt": zuschnitt, "basis": zuschnitt, "basis_id": unit, "raumebene": "sozialraum", "raum_id": unit}
         for unit in counts],
    )  # fmt: skip
    for unit in counts:
        west, high = 100 * rows[0].index(unit), 100 * len(rows)
        con.execute(
            f"INSERT INTO stage.geometrie SELECT '{zuschnitt}', '{unit}', NULL, "
            f"st_aswkb(st_makeenvelope({west}, 0, {west + 100 * rows[0].count(unit)}, {high}))::BLOB, FALSE, FALSE"
        )
    insert(
        con, "stage.zaehlung_einzeln",
        [{"quelle": "counts", "stichtag": stichtag, "basis": zuschnitt, "basis_id": unit, "merkmal": "einwohner",
          "wert": count, "status": "ok"} for unit, count in counts.items()],
    )  # fmt: skip


def flows_svg() -> str:
    """Return the picture of the units before and after the redraw and of the residents between them."""
    parts = [
        *_map(20, 50, BEFORE, "before", {unit: f"{count:.0f}" for unit, count in OLD_COUNTS.items()}),
        *_map(280, 50, AFTER, "after, counted at another date", {u: f"{c:.0f}" for u, c in NEW_COUNTS.items()}),
        *_flows(560, 50),
    ]
    return _page(840, 230, "Units before and after a redraw, and the residents that the fit sends between them", parts)


def intervals_svg() -> str:
    """Return the picture of the estimates with their hard bounds and 90 % intervals."""
    found = example().estimates
    scale = 560 / max(estimate.at_most for estimate in found.values())

    def at(value: float) -> float:
        return 60 + value * scale

    parts = []
    for row, (unit, one) in enumerate(found.items()):
        y = 40 + 50 * row
        parts += [
            _text(24, y + 5, unit, bold=True),
            _bar(at(one.at_least), at(one.at_most), y, 18, "#eef3f5"),
            _bar(at(one.lower), at(one.upper), y, 18, COLOURS[unit]),
            f'<line x1="{at(one.wert):.1f}" y1="{y - 13}" x2="{at(one.wert):.1f}" y2="{y + 13}" '
            f'stroke="{INK}" stroke-width="2"/>',
            _text(660, y - 4, f"{one.wert:.0f} ({one.lower:.0f} to {one.upper:.0f})"),
            _text(660, y + 12, f"certain: {one.at_least:.0f} to {one.at_most:.0f}", size=11),
        ]
    parts.append(_text(60, 190, "pale: what the old counts allow; coloured: 90 % interval; line: estimate", size=11))
    return _page(840, 205, "Estimates on the new units with their hard bounds and 90 % intervals", parts)


PICTURES: dict[str, Callable[[], str]] = {
    "boundary-changes-flows.svg": flows_svg,
    "boundary-changes-intervals.svg": intervals_svg,
}


def _map(x: int, y: int, rows: tuple[str, ...], title: str, labels: dict[str, str]) -> list[str]:
    drawn = [_text(x, y - 14, title, bold=True)]
    for down, row in enumerate(rows):
        drawn += [
            f'<rect x="{x + SIDE * right}" y="{y + SIDE * down}" width="{SIDE}" height="{SIDE}" '
            f'fill="{COLOURS[unit]}" stroke="{COLOURS[unit]}"/>'
            for right, unit in enumerate(row)
        ]
    for unit, label in labels.items():
        first, width = rows[0].index(unit), rows[0].count(unit)
        left, high = x + SIDE * first, SIDE * len(rows)
        drawn += [
            f'<rect x="{left}" y="{y}" width="{SIDE * width}" height="{high}" fill="none" stroke="{INK}" '
            'stroke-width="1.5"/>',
            _text(left + SIDE * width / 2, y + high / 2 - 4, unit, bold=True, middle=True),
            _text(left + SIDE * width / 2, y + high / 2 + 14, label, middle=True),
        ]
    return drawn


def _flows(x: int, y: int) -> list[str]:
    scale = 120 / sum(OLD_COUNTS.values())
    flows = example().flows
    reached = {unit: sum(people for (_, new), people in flows.items() if new == unit) for unit in NEW_COUNTS}
    left, right = _stacked(y, OLD_COUNTS, scale), _stacked(y, reached, scale)
    drawn = [_text(x, y - 14, "flows at the date before", bold=True)]
    drawn += [_text(x, left[unit] + 12, f"{unit} {count:.0f}") for unit, count in OLD_COUNTS.items()]
    drawn += [_text(x + 215, right[unit] + 12, f"{unit} {count:.0f}") for unit, count in reached.items()]
    for (old, new), people in flows.items():
        high, start, end = people * scale, left[old], right[new]
        drawn += [
            f'<path d="M{x + 50} {start:.1f} C{x + 130} {start:.1f} {x + 130} {end:.1f} {x + 205} {end:.1f} '
            f"V{end + high:.1f} C{x + 130} {end + high:.1f} {x + 130} {start + high:.1f} {x + 50} {start + high:.1f} Z"
            f'" fill="{COLOURS[old]}" fill-opacity="0.75" stroke="white"/>',
            _text(x + 128, (start + end + high) / 2 + 4, f"{people:.0f}", middle=True, size=11),
        ]
        left[old], right[new] = start + high, end + high
    return drawn


def _stacked(y: float, counts: dict[str, float], scale: float) -> dict[str, float]:
    tops = {}
    for unit, count in counts.items():
        tops[unit] = y
        y += count * scale + 8
    return tops


def _bar(start: float, end: float, middle: int, high: int, colour: str) -> str:
    return (
        f'<rect x="{start:.1f}" y="{middle - high / 2}" width="{max(end - start, 1):.1f}" height="{high}" '
        f'fill="{colour}" stroke="{LINE}"/>'
    )


def _text(x: float, y: float, words: str, *, bold: bool = False, middle: bool = False, size: int = 13) -> str:
    style = (' font-weight="bold"' if bold else "") + (' text-anchor="middle"' if middle else "")
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}"{style}>{words}</text>'


def _page(width: int, height: int, label: str, parts: list[str]) -> str:
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
            f'font-size="13" fill="{INK}" role="img" aria-label="{label}">',
            f'<rect width="{width}" height="{height}" fill="white"/>',
            *parts,
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    for name, draw in PICTURES.items():
        (Path(sys.argv[1]) / name).write_text(draw(), encoding="utf-8")
