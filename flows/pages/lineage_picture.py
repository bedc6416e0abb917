"""Draws the way of a figure from the delivered rows to the published table, from `_lineage`, as SVG for the codebook.

One box a table, an arrow where a column of one is computed from a column of the other; the catalogue (``katalog``) is
left out, since nearly every table reads it. Rows of boxes follow the longest way, so that arrows lead down only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import duckdb
from markupsafe import Markup, escape

WIDTH, HEIGHT, ACROSS, DOWN = 150, 26, 22, 34

_REACHED = """
WITH RECURSIVE weg AS (
    SELECT tabelle, aus_tabelle, aus_spalte FROM _lineage WHERE tabelle = 'wert' AND spalte = 'wert'
    UNION
    SELECT _lineage.tabelle, _lineage.aus_tabelle, _lineage.aus_spalte
    FROM _lineage INNER JOIN weg ON _lineage.tabelle = weg.aus_tabelle AND _lineage.spalte = weg.aus_spalte
)
SELECT DISTINCT aus_tabelle, tabelle FROM weg
WHERE aus_tabelle NOT LIKE 'katalog.%' AND aus_tabelle NOT LIKE '%()' AND aus_tabelle <> tabelle
ORDER BY ALL
"""


def lineage_svg(con: duckdb.DuckDBPyConnection) -> Markup:
    """Return the drawing for the release open in `con`; empty when nothing is known of where its figures come from."""
    arrows = con.execute(_REACHED).fetchall()
    return Markup(drawn(arrows)) if arrows else Markup()  # noqa: S704 -- every name is escaped


def drawn(arrows: Iterable[tuple[str, str]]) -> str:
    """Return the SVG of tables joined by `arrows` (from, to), which lead in no circle."""
    feeds: dict[str, set[str]] = defaultdict(set)
    for start, end in arrows:
        feeds[start].add(end)
        feeds.setdefault(end, set())
    places = _places(feeds)
    across = max(x for x, _ in places.values()) + WIDTH + 4
    down = max(y for _, y in places.values()) + HEIGHT + 4
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="way" viewBox="-2 -2 {across:g} {down:g}" width="{across:g}" '
        f'height="{down:g}" role="img" aria-labelledby="way-title"><title id="way-title">'
        "Weg einer Zahl von den gelieferten Zeilen (roh) bis zur Tabelle wert</title>"
    ]
    for start in sorted(feeds):
        parts += [_arrow(places[start], places[end]) for end in sorted(feeds[start])]
    parts += [_box(name, *place) for name, place in sorted(places.items())]
    return "".join([*parts, "</svg>"])


def _places(feeds: Mapping[str, set[str]]) -> dict[str, tuple[float, float]]:
    """Return the left upper corner of each table's box: as many rows above the end as its longest way has steps."""
    steps: dict[str, int] = {}

    def to_the_end(name: str) -> int:
        if name not in steps:
            steps[name] = max((1 + to_the_end(each) for each in feeds[name]), default=0)
        return steps[name]

    longest = max(to_the_end(name) for name in feeds)
    rows: dict[int, list[str]] = defaultdict(list)
    for name in sorted(feeds):
        rows[longest - steps[name]].append(name)
    widest = max(map(len, rows.values()))
    return {
        name: ((place + (widest - len(names)) / 2) * (WIDTH + ACROSS), row * (HEIGHT + DOWN))
        for row, names in rows.items()
        for place, name in enumerate(names)
    }


def _box(name: str, x: float, y: float) -> str:
    kind = "delivered" if name.startswith("roh") else "staged" if name.startswith("stage.") else "made"
    return (
        f'<g class="{kind}"><rect x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="4"/>'
        f'<text x="{x + WIDTH / 2:g}" y="{y + HEIGHT / 2 + 4:g}">{escape(name)}</text></g>'
    )


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> str:
    x, y = start[0] + WIDTH / 2, start[1] + HEIGHT
    to_x, to_y = end[0] + WIDTH / 2, end[1]
    curve = f"M{x:g} {y:g}C{x:g} {y + DOWN:g} {to_x:g} {to_y - DOWN:g} {to_x:g} {to_y - 6:g}"
    return f'<path d="{curve}l0 5m-4 -5l4 5l4 -5"/>'
