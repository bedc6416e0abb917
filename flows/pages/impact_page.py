"""The impact report of a redraw for people: a page with a map, complete in itself, and some lines in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from flows.compare.impact import RELABELLED, Impact, Outline
from flows.pages.template import page_of

KINDS = {
    "unveraendert": ("unverändert", "unchanged", "#eef3f5"),
    "umbenannt": ("umbenannt", "renamed", "#e3ecd4"),
    "umnummeriert": ("umnummeriert", "renumbered", "#dfeaee"),
    "geteilt": ("geteilt", "split", "#e9c46a"),
    "zusammengelegt": ("zusammengelegt", "merged", "#8bbccb"),
    "teil_uebertragen": ("Teil übertragen", "part transferred", "#b7a0c8"),
    "komplex": ("komplex", "complex", "#d98b6a"),
    "neu": ("neu", "new", "#8fb26a"),
    "aufgeloest": ("aufgelöst", "dissolved", "#8a969d"),
}
METHODS = {
    "exact": ("gezählt", "counted"),
    "overlap": ("an Zählungen angepasst", "fitted to counts"),
    "building_weighted": ("nach Gebäuden", "by buildings"),
    "population_weighted": ("nach anderen Einwohnern", "by other residents"),
    "area_weighted": ("nach Fläche", "by area"),
    "amtlich": ("amtliche Zahl", "official total"),
}


def impact_html(impact: Impact, outlines: Sequence[Outline]) -> str:
    """Return the report as a page that is complete in itself."""
    return page_of(
        "impact.html.j2",
        impact=impact, outlines=outlines, kinds=KINDS, methods=METHODS, number=number, relabelled=RELABELLED,
        present=[kind for kind in KINDS if any(kind in found for found in impact.kinds.values())],
    )  # fmt: skip


def impact_lines(impact: Impact) -> list[str]:
    """Return the report in a few lines."""
    lines = [f"Redraw of {impact.city}: Zuschnitt {impact.von_zuschnitt} to {impact.nach_zuschnitt}"]
    for level, found in impact.kinds.items():
        told = ", ".join(f"{count} {KINDS[kind][1]}" for kind, count in found.items())
        lines.append(f"  {level}: {told}")
    lines += [
        f"  {extent.figures:,} figures of {extent.stichtage} earlier Stichtage, {METHODS[extent.methode][1]}; "
        f"{extent.suppressed:,} suppressed"
        for extent in impact.extent
        if extent.raumebene == "sozialraum" and extent.before_the_redraw
    ]
    return lines


def number(value: float | None, digits: int = 0) -> str:
    """Return a number as German readers write it; nothing for one that is not told."""
    return "" if value is None else f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))
