"""Draws the pictures of docs/boundary-changes.md from a tiny city and the figures that the code finds for it.

``python -m tools.redraw_pictures docs`` writes them; a test compares them with what is there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from flows.space.area_weighting import density_seed
from flows.space.best_key import Evidence, best_key
from flows.space.links import Links, links_between
from flows.space.overlap_fit import overlap_fit
from flows.space.umsteigeschluessel import Schluessel
from flows.space.uncertainty import SPREADS, intervals

BEFORE, AFTER = ("AAABB", "AAABB"), ("CCDDE", "CCDDE")
OLD_COUNTS = {"A": 900.0, "B": 500.0}
NEW_COUNTS = {"C": 520.0, "D": 480.0, "E": 440.0}
"""Of another date, hence another total."""
COLOURS = {"A": "#8bbccb", "B": "#e9c46a", "C": "#b9d5de", "D": "#b7c99a", "E": "#f0d898"}
INK, LINE, SIDE = "#1d2b36", "#8a969d", 44


def example_key() -> Schluessel:
    """Return the key of the tiny city: its fitted flows as shares."""
    links, area = _pieces()
    new_area = links.sum_by_new(area)
    seed = density_seed(links, area, new_area, links.counts_of_new(NEW_COUNTS))
    fit = overlap_fit(links, seed, links.counts_of_old(OLD_COUNTS), links.counts_of_new(NEW_COUNTS))
    return best_key(Evidence(links, area, fit, density=seed))


def flows_svg() -> str:
    """Return the picture of the units before and after the redraw and of the residents between them."""
    key = example_key()
    parts = [
        *_map(20, 50, BEFORE, "before", {unit: f"{count:.0f}" for unit, count in OLD_COUNTS.items()}),
        *_map(280, 50, AFTER, "after, counted at another date", {u: f"{c:.0f}" for u, c in NEW_COUNTS.items()}),
        *_flows(560, 50, key),
    ]
    return _page(840, 230, "Units before and after a redraw, and the residents that the fit sends between them", parts)


def intervals_svg() -> str:
    """Return the picture of the estimates with their hard bounds and 90 % intervals."""
    found = intervals(example_key(), OLD_COUNTS, SPREADS, years=0.5)
    scale = 560 / max(interval.at_most for interval in found.values())

    def at(value: float) -> float:
        return 60 + value * scale

    parts = []
    for row, (unit, one) in enumerate(found.items()):
        y = 40 + 50 * row
        parts += [
            _text(24, y + 5, unit, bold=True),
            _bar(at(one.at_least), at(one.at_most), y, 18, "#eef3f5"),
            _bar(at(one.lower), at(one.upper), y, 18, COLOURS[unit]),
            f'<line x1="{at(one.estimate):.1f}" y1="{y - 13}" x2="{at(one.estimate):.1f}" y2="{y + 13}" '
            f'stroke="{INK}" stroke-width="2"/>',
            _text(660, y - 4, f"{one.estimate:.0f} ({one.lower:.0f} to {one.upper:.0f})"),
            _text(660, y + 12, f"certain: {one.at_least:.0f} to {one.at_most:.0f}", size=11),
        ]
    parts.append(_text(60, 190, "pale: what the old counts allow; coloured: 90 % interval; line: estimate", size=11))
    return _page(840, 205, "Estimates on the new units with their hard bounds and 90 % intervals", parts)


PICTURES: dict[str, Callable[[], str]] = {
    "boundary-changes-flows.svg": flows_svg,
    "boundary-changes-intervals.svg": intervals_svg,
}


def _pieces() -> tuple[Links, np.typing.NDArray[np.float64]]:
    squares = [pair for old, new in zip(BEFORE, AFTER, strict=True) for pair in zip(old, new, strict=True)]
    pairs = sorted(set(squares))
    return links_between(pairs), np.array([float(squares.count(pair)) for pair in pairs])


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


def _flows(x: int, y: int, key: Schluessel) -> list[str]:
    scale = 120 / sum(OLD_COUNTS.values())
    flow = key.spread(OLD_COUNTS)
    reached = dict(zip(key.links.new, key.links.sum_by_new(flow).tolist(), strict=True))
    left, right = _stacked(y, OLD_COUNTS, scale), _stacked(y, reached, scale)
    drawn = [_text(x, y - 14, "flows at the date before", bold=True)]
    drawn += [_text(x, left[unit] + 12, f"{unit} {count:.0f}") for unit, count in OLD_COUNTS.items()]
    drawn += [_text(x + 215, right[unit] + 12, f"{unit} {count:.0f}") for unit, count in reached.items()]
    for (old, new), people in zip(key.links.pairs(), flow.tolist(), strict=True):
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
