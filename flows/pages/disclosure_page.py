"""The report of what a release withholds as a page, with a map: complete in itself."""

from __future__ import annotations

from collections.abc import Sequence

from flows.base.german_numbers import number, percent
from flows.pages.about import About
from flows.pages.disclosure_report import DisclosureReport, Extent
from flows.pages.template import page_of

CLASSES = ((0.0, "#eef3f5"), (0.01, "#f3dfae"), (0.05, "#e9c46a"), (0.10, "#d98b6a"), (0.25, "#b5442e"))
"""The least share of suppressed figures of each class of the map, and its colour; the first is of none at all."""


def disclosure_html(report: DisclosureReport, about: About, first_page: str) -> str:
    """Return the report as a page, which leads back to the `first_page` of its release."""
    newest = max((one.zuschnitt for one in report.levels if one.raumebene == "sozialraum"), default=None)
    return page_of(
        "disclosure.html.j2", report=report, about=about, first_page=first_page, number=number, percent=percent,
        colour=colour, classes=CLASSES,
        indikatoren=_shown(report.indikatoren, newest), newest=newest,
    )  # fmt: skip


def colour(share: float) -> str:
    """Return the colour of a Sozialraum of whose figures this share is suppressed."""
    if share == 0:
        return CLASSES[0][1]
    return [fill for least, fill in CLASSES[1:] if share >= least or least == CLASSES[1][0]][-1]


def _shown(indikatoren: Sequence[Extent], zuschnitt: str | None) -> list[Extent]:
    """Return those of Sozialräume on the newest Zuschnitt of which something is suppressed, the most first."""
    some = [one for one in indikatoren if one.zuschnitt == zuschnitt and one.raumebene == "sozialraum"]
    return sorted(
        (one for one in some if one.geschuetzt), key=lambda one: (-one.geschuetzt / one.werte, one.label or "")
    )
