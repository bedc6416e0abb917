"""Draws the frontier of docs/redrawing.md: what a better cut gains at ten prices, and how many it moves for that.

``fortschreibung propose musterstadt`` writes vorschlaege.json; ``python -m tools.proposal_picture docs FILE`` draws it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flows.pages.proposals_page import percent_ticks
from flows.redrawing.city_proposals import CityProposals
from flows.redrawing.frontier import Price

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 900, 360, 70, 50, 50
SEEN, UNSEEN, INK, LINE = "#8a969d", "#0072b2", "#1d2b36", "#8a969d"


def frontier_svg(prices: list[Price]) -> str:
    """Return the gain at ten prices against the share of residents moved, seen and unseen."""
    most_moved, most_gain = max(each.moved for each in prices), max(each.gain_seen for each in prices)

    def x(moved: float) -> float:
        return LEFT + moved / most_moved * (WIDTH - LEFT - 40)

    def y(gain: float) -> float:
        return HEIGHT - BOTTOM - gain / most_gain * (HEIGHT - TOP - BOTTOM)

    lines = []
    for colour, gains in (
        (SEEN, [each.gain_seen for each in prices]), (UNSEEN, [each.gain_unseen for each in prices])
    ):  # fmt: skip
        points = [(x(each.moved), y(gain)) for each, gain in zip(prices, gains, strict=True)]
        path = " ".join(f"{across:.1f},{up:.1f}" for across, up in points)
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        lines += [f'<circle cx="{across:.1f}" cy="{up:.1f}" r="4.5" fill="{colour}"/>' for across, up in points]
    ticks = [
        f'<text x="{x(tick):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{text} %</text>'
        for tick, text in percent_ticks(most_moved)
    ] + [
        f'<text x="{LEFT - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{text}</text>'
        for tick, text in percent_ticks(most_gain)
    ]
    keys = (
        f'<circle cx="{LEFT + 10}" cy="20" r="5" fill="{SEEN}"/><text x="{LEFT + 22}" y="24">Gewinn an Einwohnern, die '
        f'die Suche sah</text><circle cx="{LEFT + 330}" cy="20" r="5" fill="{UNSEEN}"/><text x="{LEFT + 342}" y="24">'
        f'an Einwohnern, die sie nicht sah</text><text x="{WIDTH - 40}" y="{HEIGHT - 8}" text-anchor="end">Einwohner, '
        "die den Sozialraum wechseln; von links nach rechts zehn fallende Preise</text>"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="13" fill="{INK}"><rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
        f'<path d="M{LEFT},{TOP} V{HEIGHT - BOTTOM} H{WIDTH - 30}" fill="none" stroke="{LINE}"/>'
        + "".join([*lines, *ticks])
        + keys
        + "</svg>\n"
    )


if __name__ == "__main__":
    said = CityProposals.model_validate_json(Path(sys.argv[2]).read_bytes())
    (Path(sys.argv[1]) / "redrawing-frontier.svg").write_text(frontier_svg(said.frontier), encoding="utf-8")
