"""The impact report of a redraw for people: a page with a map, complete in itself, and some lines in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from flows.compare.impact import Impact, Outline
from flows.pages.german_numbers import number
from flows.pages.template import page_of
from flows.profile.vocabulary import vocabulary

COLOURS = {
    "unveraendert": "#eef3f5",
    "umbenannt": "#e3ecd4",
    "umnummeriert": "#dfeaee",
    "geteilt": "#e9c46a",
    "zusammengelegt": "#8bbccb",
    "teil_uebertragen": "#b7a0c8",
    "komplex": "#d98b6a",
    "neu": "#8fb26a",
    "aufgeloest": "#8a969d",
}


def impact_html(impact: Impact, outlines: Sequence[Outline]) -> str:
    """Return the report as a page that is complete in itself."""
    words = vocabulary()
    return page_of(
        "impact.html.j2",
        impact=impact, outlines=outlines, events=words.event, colours=COLOURS, methods=words.method, number=number,
        relabelled=words.same_unit,
        present=[event for event in words.event if any(event in found for found in impact.kinds.values())],
    )  # fmt: skip


def impact_lines(impact: Impact) -> list[str]:
    """Return the report in a few lines."""
    words = vocabulary()
    lines = [f"Redraw of {impact.city}: Zuschnitt {impact.von_zuschnitt} to {impact.nach_zuschnitt}"]
    for level, found in impact.kinds.items():
        counts = ", ".join(f"{count} {words.event[kind].short_en}" for kind, count in found.items())
        lines.append(f"  {level}: {counts}")
    lines += [
        f"  {extent.figures:,} figures of {extent.stichtage} earlier Stichtage, "
        f"{words.method[extent.methode].short_en}; {extent.suppressed:,} suppressed"
        for extent in impact.extent
        if extent.raumebene == "sozialraum" and extent.before_the_redraw
    ]
    return lines
