"""Draws the picture of docs/redrawing.md: the heterogeneity of a town's Sozialräume, and which of them are planted.

``python -m tools.review_picture docs`` writes it; a test compares it with what is there.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from flows.base.german_numbers import number
from flows.musterstadt.planted import planted
from flows.profile.redrawing import ReviewTriggers
from flows.redrawing.heterogeneity import heterogeneity, noise

SEED = 1
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 900, 340, 60, 46, 40
LOWEST, HIGHEST = -0.3, 1.0
COLOURS = {"mixed": "#b5442e", "rebuilt": "#e0a458", "homogeneous": "#4791a8"}
WORDS = {"mixed": "zwei Charaktere (gepflanzt)", "rebuilt": "einige Blöcke neu bebaut (gepflanzt)",
         "homogeneous": "homogen"}  # fmt: skip
INK, LINE = "#1d2b36", "#8a969d"


def heterogeneity_svg() -> str:
    """Return the scores of a planted town with their intervals, the most mixed first, and the limit of the review."""
    town = planted(SEED)
    found = heterogeneity(town.ground, noise(town.ground))
    limit = ReviewTriggers().mixed
    units, step = len(found.score), (WIDTH - LEFT - 20) / len(found.score)
    marks = []
    for place, unit in enumerate(np.argsort(-found.score).tolist()):
        name = town.ground.units[unit]
        kind = "mixed" if name in town.mixed else "rebuilt" if name in town.rebuilt else "homogeneous"
        x = LEFT + (place + 0.5) * step
        upper, lower = _y(min(found.upper[unit], HIGHEST)), _y(max(found.lower[unit], LOWEST))
        marks.append(
            f'<path d="M{x:.1f},{upper:.1f} V{lower:.1f}" stroke="{COLOURS[kind]}" stroke-width="3"/>'
            f'<circle cx="{x:.1f}" cy="{_y(found.score[unit]):.1f}" r="5" fill="{COLOURS[kind]}"/>'
        )
    ticks = [
        f'<path d="M{LEFT},{_y(at):.1f} H{WIDTH - 20}" stroke="{LINE}" stroke-width="0.5"/>'
        f'<text x="{LEFT - 8}" y="{_y(at) + 4:.1f}" text-anchor="end">{number(at, 1)}</text>'
        for at in (0.0, 0.5, 1.0)
    ]
    keys = [
        f'<circle cx="{LEFT + 10 + 290 * place}" cy="20" r="5" fill="{COLOURS[kind]}"/>'
        f'<text x="{LEFT + 22 + 290 * place}" y="24">{words}</text>'
        for place, (kind, words) in enumerate(WORDS.items())
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
            f'font-size="13" fill="{INK}" role="img" aria-label="Heterogenität von {units} Sozialräumen">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
            *keys, *ticks,
            f'<path d="M{LEFT},{_y(limit):.1f} H{WIDTH - 20}" stroke="{INK}" stroke-dasharray="6 4"/>',
            f'<text x="{WIDTH - 24}" y="{_y(limit) - 5:.1f}" text-anchor="end">Grenze des Auslösers</text>',
            *marks,
            f'<text x="{LEFT}" y="{HEIGHT - 12}">{units} Sozialräume, der gemischteste zuerst; Punkt: Heterogenität, '
            "Strich: 90-%-Intervall</text>",
            "</svg>\n",
        ]
    )  # fmt: skip


def _y(score: float) -> float:
    return TOP + (HIGHEST - score) / (HIGHEST - LOWEST) * (HEIGHT - TOP - BOTTOM)


if __name__ == "__main__":
    (Path(sys.argv[1]) / "redrawing-heterogeneity.svg").write_text(heterogeneity_svg(), encoding="utf-8")
