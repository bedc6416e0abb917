"""Draws the house on one page, docs/architecture.svg, from the folders of SQL themselves (`make drawing`).

The picture is made, not kept: a table that comes or goes in sql/ shows in it, and a test compares the two.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from flows.base.resources import resource

WIDTH, STATION, GAP, LINE = 1220, 180, 22, 15
INK, PALE, LINES = "#1d2b36", "#eef3f5", "#0b5a6f"


@dataclass(frozen=True)
class Station:
    """One station of the way: its folders, what it does, and where its result lies."""

    name: str
    code: str
    does: tuple[str, ...]
    sql: str | None
    leaves: str


STATIONS = (
    Station("pull", "flows/pull", ("connectors bring bytes,", "a gate looks first"), None, "landing zone"),
    Station("stage", "flows/stage", ("dialects to typed tables,", "broken rows aside"), "sql/stage", "work.duckdb"),
    Station(
        "transform", "flows/transform", ("sums through the Zuschnitt,", "Indikatoren"), "sql/transform", "work.duckdb"
    ),
    Station("check", "flows/check", ("Great Expectations;", "a blocker stops"), "sql/check", "checks/"),
    Station(
        "protect", "flows/protect", ("nothing leaves that", "identifies people"), "sql/protect", "publish/*.parquet"
    ),
    Station(
        "publish",
        "flows/publish",
        ("fresh process, verified,", "pointer moved last"),
        "sql/release.toml",
        "releases/<city>/",
    ),
)


FOOT = (
    "No station knows Prefect: flows/refresh.py makes tasks of them. Great Expectations stays in flows/check.",
    "cities/ is data only. Confidential counts end at protect; publish starts in a process that never saw them.",
)


def architecture_svg() -> str:
    """Return the drawing as SVG."""
    tables = {station.name: _tables(station) for station in STATIONS}
    below = 215
    height = below + LINE * max(len(names) for names in tables.values()) + 90
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
        f'font-size="12" fill="{INK}" role="img" aria-label="The way of the data through the six stations">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        _text(20, 30, "The way of the data: flows/station_order.py reads like this line", size=17, weight="bold"),
        _text(
            20,
            50,
            "Each station is one folder of code and one Prefect task; the run's folder holds what passes between them.",
        ),
    ]
    for place, station in enumerate(STATIONS):
        left = 20 + place * (STATION + GAP)
        parts += _station(left, station, tables[station.name], below, last=place == len(STATIONS) - 1)
    foot = height - 40
    parts += [_text(20, foot + 18 * row, words) for row, words in enumerate(FOOT)]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _tables(station: Station) -> list[str]:
    if station.sql is None:
        return []
    folder = resource(station.sql)
    if folder.is_file():
        return ["the contract of the", "published tables"]
    return sorted(path.stem for path in folder.glob("*.sql"))


def _station(left: int, station: Station, tables: list[str], below: int, *, last: bool) -> list[str]:
    middle = left + STATION // 2
    parts = [
        f'<rect x="{left}" y="70" width="{STATION}" height="88" rx="8" fill="{PALE}" stroke="{LINES}"/>',
        _text(middle, 92, station.name, size=16, weight="bold", anchor="middle"),
        _text(middle, 110, station.code, anchor="middle", colour=LINES),
        *(_text(middle, 130 + LINE * row, words, anchor="middle") for row, words in enumerate(station.does)),
        _text(middle, 178, f"→ {station.leaves}", anchor="middle", weight="bold"),
    ]
    if not last:
        start = left + STATION
        parts.append(
            f'<path d="M{start + 2} 114 h{GAP - 8} m-6 -5 l6 5 l-6 5" fill="none" stroke="{LINES}" stroke-width="2"/>'
        )
    if station.sql:
        parts.append(_text(left + 4, below - 12, station.sql, colour=LINES, weight="bold"))
    parts += [_text(left + 4, below + LINE * (row + 1) - 8, name, size=11) for row, name in enumerate(tables)]
    return parts


def _text(
    x: int, y: int, words: str, *, size: int = 12, weight: str = "normal", anchor: str = "start", colour: str = INK
) -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" fill="{colour}">'
        f"{escape(words)}</text>"
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(architecture_svg(), encoding="utf-8")
