"""Draws the pictures of docs/need-index.md: ranges of ranks of a small city, and how often what is stated holds.

``python -m tools.index_pictures docs`` writes them; a test compares them with what is there. The city is made up here
and computed by the program; the other picture shows the table of probabilities that stands in the docs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from flows.base.german_numbers import number
from flows.index.evaluate import evaluate
from flows.index.panel import Panel
from flows.pages.index_map import colours_of
from flows.profile.index_definition import IndexDefinition

INK, LINE, UNITS = "#1d2b36", "#8a969d", 36
LABELS = ("nicht erhöht", "hoch", "sehr hoch")
DOCS = Path(__file__).resolve().parents[1] / "docs"
STATED = {
    "version": "1", "source": "tools/index_pictures.py", "standardise": "z", "aggregate": "mean",
    "component": [{"indikator": "a"}, {"indikator": "b"}],
    "classes": {"by": "fixed", "limits": [0.8, 1.4], "labels_de": list(LABELS), "labels_en": list(LABELS)},
    **{f"{name}_{language}": "-" for name in ("label", "description", "limitations", "guidance")
       for language in ("de", "en")},
}  # fmt: skip


def ranks() -> str:
    """Return the ranges of the ranks of a city of 36 units between 250 and 2,700 residents."""
    at = np.arange(UNITS)
    people = 250 + 70.0 * at
    wave = np.sin(7.3 * at)
    rates = np.stack([14 + 9 * wave + 3 * np.cos(3.1 * at), 20 + 11 * wave + 4 * np.sin(1.7 * at)], axis=1).clip(1, 60)
    error = np.sqrt(rates * (100 - rates) / people[:, None])
    panel = Panel(rates, rates.copy(), rates.copy(), error, np.ones(UNITS, dtype=bool))
    scored, chance = evaluate(IndexDefinition.model_validate(STATED), panel)
    colours, lines = colours_of(len(LABELS)), list[str]()
    order = np.argsort(chance.best_rank + chance.worst_rank, kind="stable")
    for row, unit in enumerate(order.tolist()):
        top, placed = 46 + row * 13, int(scored.classes[unit])
        sure = chance.probability[unit, placed - 1] >= 0.9
        first, last = (150 + 14 * int(rank[unit]) for rank in (chance.best_rank, chance.worst_rank))
        fill = colours[placed - 1] if sure else "white"
        lines += [
            f'<text x="138" y="{top + 4}" text-anchor="end">{number(people[unit])} Einwohner</text>',
            f'<line x1="{first}" y1="{top}" x2="{last}" y2="{top}" stroke="{INK}" stroke-width="2"/>',
            f'<circle cx="{(first + last) / 2:g}" cy="{top}" r="5" fill="{fill}" stroke="{INK}"/>',
        ]
    ticks = [
        f'<line x1="{150 + 14 * rank}" y1="36" x2="{150 + 14 * rank}" y2="{40 + UNITS * 13}" stroke="{LINE}" '
        f'stroke-opacity="0.4"/><text x="{150 + 14 * rank}" y="30" text-anchor="middle">{rank}</text>'
        for rank in (1, 6, 12, 18, 24, 30, 36)
    ]
    legend = [
        f'<g transform="translate(690 {60 + 22 * row})"><circle cx="0" cy="0" r="5" fill="{fill}" stroke="{INK}"/>'
        f'<text x="14" y="4">{words}</text></g>'
        for row, (fill, words) in enumerate([*zip(reversed(colours), reversed(LABELS), strict=True),
                                             ("white", "Klasse nicht sicher")])
    ]  # fmt: skip
    return _picture(850, 60 + UNITS * 13, "Bereich des Rangs", [*ticks, *lines, *legend])


def calibration() -> str:
    """Return how often classes hold by the probability that was stated of them: the table of the docs, drawn."""
    text = (DOCS / "need-index.md").read_text("utf-8")
    table = re.findall(r"^\| (\d+)% to (\d+)% \| ([\d,]+) \| ([\d.]+)% \|$", text, re.MULTILINE)
    corners = [f"{60 + 3.6 * share:g},{380 - 3.6 * share:g}" for share in (0, 100)]
    shapes = [
        f'<line x1="{corners[0].split(",")[0]}" y1="380" x2="420" y2="20" stroke="{LINE}" stroke-dasharray="5 4"/>',
        *(f'<text x="{60 + 3.6 * share:g}" y="398" text-anchor="middle">{share} %</text>'
          f'<text x="52" y="{384 - 3.6 * share:g}" text-anchor="end">{share} %</text>' for share in range(0, 101, 20)),
        '<path d="M60 20V380H420" fill="none" stroke="black"/>',
        '<text x="240" y="420" text-anchor="middle">angegebene Wahrscheinlichkeit</text>',
        '<text x="64" y="14">so oft traf es zu</text>',
    ]  # fmt: skip
    for low, high, count, holds in table:
        x = 60 + 3.6 * (int(low) + int(high)) / 2
        radius = 3 + 1.5 * np.log10(int(count.replace(",", "")))
        shapes.append(
            f'<circle cx="{x:g}" cy="{380 - 3.6 * float(holds):.1f}" r="{radius:.1f}" fill="#4791a8" '
            f'fill-opacity="0.8" stroke="white"><title>{low} bis {high} %: {holds} % von {count}</title></circle>'
        )
    return _picture(460, 430, "Wie oft eine Klasse zutrifft", shapes)


def _picture(width: int, height: int, label: str, shapes: list[str]) -> str:
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        f'font-size="11" fill="{INK}" role="img" aria-label="{label}">',
        f'<rect width="{width}" height="{height}" fill="white"/>', *shapes, "</svg>\n",
    ])  # fmt: skip


PICTURES: dict[str, Callable[[], str]] = {"need-index-ranks.svg": ranks, "need-index-calibration.svg": calibration}

if __name__ == "__main__":
    for name, draw in PICTURES.items():
        (Path(sys.argv[1]) / name).write_text(draw(), encoding="utf-8")
