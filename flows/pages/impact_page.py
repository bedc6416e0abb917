"""The impact report of a redraw for people: a page with a map, complete in itself, and some lines in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flows.base.german_numbers import number
from flows.base.language import in_language
from flows.base.texts import tr, tr_count
from flows.compare.impact import Impact, Outline
from flows.pages.about import About
from flows.pages.template import page_of
from flows.profile.vocabulary import vocabulary


class Fill(NamedTuple):
    """How a kind of change is filled on the map: a colour, and a pattern in black for who cannot tell colours apart."""

    colour: str
    pattern: str


FILLS = {
    "unveraendert": Fill("#f4f4f2", ""),
    "umbenannt": Fill("#f4f4f2", ""),
    "umnummeriert": Fill("#f4f4f2", ""),
    "geteilt": Fill("#e69f00", "M0,4 L8,4"),
    "zusammengelegt": Fill("#56b4e9", "M4,0 L4,8"),
    "teil_uebertragen": Fill("#f0e442", "M-2,2 L2,-2 M0,8 L8,0 M6,10 L10,6"),
    "komplex": Fill("#cc79a7", "M0,0 L8,8 M8,0 L0,8"),
    "neu": Fill("#009e73", "M3.5,4 L4.5,4"),
    "aufgeloest": Fill("#999999", ""),
}
"""Okabe and Ito's colours; lines of a pattern are in a square of 8."""


def impact_html(impact: Impact, outlines: Sequence[Outline], about: About, *, first_page: str | None = None) -> str:
    """Return the report as a page that is complete in itself, with a link to the release's first page beside it."""
    words = vocabulary()
    return page_of(
        "impact.html.j2",
        impact=impact, outlines=outlines, about=about, first_page=first_page, events=words.event,
        fills=FILLS, methods=words.method, number=number, status=words.status,
        same_unit=words.same_unit,
        present=[event for event in words.event if any(event in found for found in impact.kinds.values())],
    )  # fmt: skip


def impact_lines(impact: Impact) -> list[str]:
    """Return the report in a few lines."""
    words = vocabulary()
    lines = [tr(
        "Redraw of {city}: Zuschnitt {old} to {new}",
        city=impact.city, old=impact.von_zuschnitt, new=impact.nach_zuschnitt,
    )]  # fmt: skip
    for level, found in impact.kinds.items():
        counts = ", ".join(f"{count} {in_language(words.event[kind].name)}" for kind, count in found.items())
        lines.append(f"  {level}: {counts}")
    lines += [
        tr_count(
            "  {figures:,} figures of 1 earlier Stichtag, {method}; {suppressed:,} suppressed",
            "  {figures:,} figures of {count} earlier Stichtage, {method}; {suppressed:,} suppressed",
            extent.stichtage,
            figures=extent.figures,
            suppressed=extent.suppressed,
            method=in_language(words.method[extent.methode].name),
        )
        for extent in impact.extent
        if extent.raumebene == "sozialraum" and extent.before_the_redraw
    ]
    return lines
