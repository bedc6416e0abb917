"""A comparison of two releases for people: some lines in the terminal, or a page.

The page says first what is new and what changed, in a sentence; then which figures changed, what moved most between the
last two Stichtage, and at the end all that a statistician may want to know. A whole Stichtag that came is one line.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from flows.base.errors import ConfigError
from flows.base.german_numbers import german, percent
from flows.base.german_numbers import number as rounded
from flows.compare.diff_model import CAUSES, SEVERITIES, Cause, Diff, IndikatorDiff
from flows.pages.about import About
from flows.pages.diff_words import german_day, opening
from flows.pages.template import page_of
from flows.profile.vocabulary import vocabulary

_SHOWN = 30
COLOURS: dict[Cause, str] = {
    "stichtag": "#999999",
    "revised": "#0072b2",
    "boundary": "#e69f00",
    "definition": "#d55e00",
    "protection": "#56b4e9",
    "coverage": "#009e73",
    "computation": "#cc79a7",
}
"""Okabe and Ito's colours, which colour-blind readers tell apart too."""
WHY = {
    "definition_changed": "Definition geändert",
    "figures_gone": "Werte entfallen",
    "figures_released": "geschützte Werte freigegeben",
    "city_moved_far": "gröbste Raumebene um mindestens 5 % bewegt",
    "figures_protected": "Werte neu geschützt",
    "boundary_changed": "Zuschnitt geändert",
    "figure_moved_far": "ein Wert um mindestens 5 % bewegt",
    "other": "übrige Unterschiede",
}


COUNTS = {
    "revised": "berichtigt",
    "boundary": "Zuschnitt",
    "definition": "Definition",
    "protection": "Schutz",
    "coverage": "Bestand",
    "computation": "Rechnung",
    "newly_protected": "neu geschützt",
    "newly_released": "freigegeben",
}
"""What is counted of an Indikator, and the head of its column."""


@dataclass(frozen=True)
class Piece:
    """A piece of an Indikator's bar: the figures that differ for one cause; in hundredths of the longest bar."""

    x: float
    width: float
    colour: str
    title: str


@dataclass(frozen=True)
class Row:
    """An Indikator of which figures differ for another cause than a whole Stichtag."""

    indikator: IndikatorDiff
    different: int
    bar: list[Piece]


def diff_html(diff: Diff, about: About, *, first_page: str | None = None) -> str:
    """Return the comparison as a page that is complete in itself, with a link to the release's first page beside it."""
    rows = _rows(diff)
    counts = [field for field in COUNTS if any(getattr(row.indikator, field) for row in rows)]
    causes = {cause: words for cause, words in CAUSES.items() if cause in diff.causes}
    return page_of(
        "diff.html.j2",
        diff=diff, about=about, first_page=first_page, opening=opening(diff), rows=rows, shown=_SHOWN,
        colours=COLOURS, causes=causes, counts=counts, count_heads=[(COUNTS[field], "n") for field in counts],
        severities=SEVERITIES, why=WHY, all_causes=CAUSES, status=vocabulary().status, number=number,
        rounded=rounded, percent=percent, day=german_day, change_causes=vocabulary().change_cause,
        cause_heads=[(words.short_de, "n") for words in vocabulary().change_cause.values()],
        versions=Counter(each.index_id for each in diff.indices_moved if each.massstab == "jahr"),
    )  # fmt: skip


def write_html(diff: Diff, about: About, path: Path) -> None:
    """Write the page to `path`.

    Raises:
        ConfigError: when nothing can be written there.
    """
    try:
        path.write_text(diff_html(diff, about), encoding="utf-8")
    except OSError as problem:
        raise ConfigError(f"--html {path}: the page cannot be written there: {problem.strerror}.") from problem


def _rows(diff: Diff) -> list[Row]:
    """Return the Indikatoren of which earlier figures differ, those with the most first."""
    counted = {each.indikator_id: each.different - each.stichtag for each in diff.indikatoren}
    most = max(counted.values(), default=0)
    return [
        Row(each, counted[each.indikator_id], _bar(each, 100 / most))
        for each in sorted(diff.indikatoren, key=lambda one: (-counted[one.indikator_id], one.indikator_id))
        if counted[each.indikator_id]
    ]


def _bar(each: IndikatorDiff, scale: float) -> list[Piece]:
    pieces: list[Piece] = []
    for cause, words in CAUSES.items():
        count = getattr(each, cause)
        if count and cause != "stichtag":
            start = sum(piece.width for piece in pieces)
            pieces.append(Piece(start, count * scale, COLOURS[cause], f"{each.label_de}: {count} {words.de}"))
    return pieces


def diff_lines(diff: Diff) -> list[str]:
    """Return the comparison in a few lines, the gravest Indikatoren first."""
    if diff.before is None:
        return [f"{diff.city} {diff.after.version}: the first release, nothing to compare with."]
    pair = f"{diff.city} {diff.before.version} -> {diff.after.version}"
    if diff.same:
        return [f"{pair}: the same content."]
    differing = [each.table for each in diff.comparisons if each.outcome == "different"]
    lines = [f"{pair}: {diff.different} figures differ; tables: {', '.join(differing) or 'none'}."]
    lines.append(f"  {opening(diff).en}")
    lines += [f"  not compared, counts as different: {each.table} ({each.reason})" for each in diff.not_made]
    lines += [f"  {diff.causes[cause]:8} {words.en}" for cause, words in CAUSES.items() if diff.causes.get(cause)]
    lines += [f"  {each.change} in the codebook: {each.indikator_id}" for each in diff.codebook]
    lines += [
        f"  index {each.index_id} {each.index_version}: {each.change}, {each.scores} scores and {each.classes} classes "
        "differ" for each in diff.indices
    ]  # fmt: skip
    if diff.units:
        lines.append(f"  {len(diff.units)} units differ")
    if diff.sources:
        lines.append(f"  {len(diff.sources)} Lieferungen differ")
    order = list(SEVERITIES)
    rows = sorted(_rows(diff), key=lambda row: order.index(row.indikator.severity))
    for row in rows[:15]:
        each = row.indikator
        furthest = f", by up to {each.largest_movement:.1%}" if each.largest_movement else ""
        lines.append(f"  {each.severity:6} {each.indikator_id}: {row.different} differ, {each.moved} moved{furthest}")
    if len(rows) > 15:
        lines.append(f"  ... {len(rows) - 15} more Indikatoren (--json or --html FILE has all)")
    return lines


def number(value: float | None) -> str:
    """Write a number as German readers do: 1.234,5."""
    if value is None:
        return ""
    return german(f"{value:,.6g}") if abs(value) < 1e6 else f"{value:.0f}"
