"""Draws the picture of docs/types.md: where the middles of Musterstadt's types lie, trait by trait.

``python -m tools.types_picture docs`` writes it; a test compares it with what is there.
"""

from __future__ import annotations

import sys
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from flows.base.german_numbers import number
from flows.pages.type_map import COLOURS
from flows.profile.load import load_profile
from flows.typology.assign import transformed

INK, LINE = "#1d2b36", "#8a969d"
LEFT, STEP, TOP, ROW, REACH = 340, 130, 64, 54, 2.0
NAME = "types.svg"


def picture() -> str:
    """Return the middles of the types in standard deviations from the city's mean, with their figures."""
    profile = load_profile("musterstadt")
    definition, book = profile.typologies[0].definition, profile.codebook.indikator
    middle = LEFT + STEP * REACH
    bottom = TOP + ROW * len(definition.trait)
    shapes = [
        f'<line x1="{middle + STEP * away:g}" y1="{TOP - 20}" x2="{middle + STEP * away:g}" y2="{bottom}" '
        f'stroke="{LINE}" stroke-opacity="{1 if away == 0 else 0.35}"/>'
        f'<text x="{middle + STEP * away:g}" y="{TOP - 28}" text-anchor="middle">{_signed(away)}</text>'
        for away in (-2, -1, 0, 1, 2)
    ]
    shapes.append(
        f'<text x="{middle:g}" y="18" text-anchor="middle">Standardabweichungen vom Mittel der Sozialräume, '
        f"{definition.base}</text>"
    )
    for row, trait in enumerate(definition.trait):
        y, entry = TOP + ROW * row + 18, book[trait.indikator]
        shapes.append(
            f'<text x="{LEFT - 20}" y="{y - 2}" text-anchor="end">{escape(entry.label_de)}</text>'
            f'<text x="{LEFT - 20}" y="{y + 12}" text-anchor="end" fill="{LINE}">{escape(entry.unit)}</text>'
            f'<line x1="{LEFT}" y1="{y}" x2="{middle + STEP * REACH:g}" y2="{y}" stroke="{LINE}" '
            'stroke-opacity="0.35"/>'
        )
        for place, each in enumerate(definition.type):
            figure = each.centroid[trait.indikator]
            away = (float(transformed(trait.transform, np.array(figure))) - trait.mean) / trait.spread
            x, up = middle + STEP * away, place % 2 == 0
            shapes.append(
                f'<circle cx="{x:.1f}" cy="{y}" r="7" fill="{COLOURS[place]}" fill-opacity="0.85" stroke="white"/>'
                f'<text x="{x:.1f}" y="{y - 11 if up else y + 20}" text-anchor="middle" fill="{COLOURS[place]}">'
                f"{number(figure, entry.decimals)}</text>"
            )
    for place, each in enumerate(definition.type):
        x, y = LEFT + 290 * (place % 2) - 40, bottom + 26 + 20 * (place // 2)
        shapes.append(
            f'<circle cx="{x}" cy="{y - 4}" r="6" fill="{COLOURS[place]}"/>'
            f'<text x="{x + 14}" y="{y}">{escape(each.label_de)}</text>'
        )
    width, height = LEFT + int(2 * STEP * REACH) + 40, bottom + 60
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        f'font-size="12" fill="{INK}" role="img" aria-label="Mitten der Typen">',
        f'<rect width="{width}" height="{height}" fill="white"/>', *shapes, "</svg>\n",
    ])  # fmt: skip


def _signed(away: int) -> str:
    return "Mittel" if away == 0 else f"{'+' if away > 0 else '-'}{abs(away)}"


if __name__ == "__main__":
    (Path(sys.argv[1]) / NAME).write_text(picture(), encoding="utf-8")
