"""A comparison of two releases for people: some lines in the terminal, or a page.

The page says first what is new and what changed, in a sentence; then which figures changed, what moved most between the
last two Stichtage, and at the end all that a statistician may want to know. A whole Stichtag that came is one line.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from flows.base.german_numbers import german, percent
from flows.base.german_numbers import number as rounded
from flows.base.language import in_language, number_shown, percent_shown
from flows.base.texts import tr, tr_count
from flows.compare.diff_model import CAUSES, SEVERITIES, Cause, Diff, IndikatorDiff
from flows.pages.about import About
from flows.pages.diff_words import opening
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
        rounded=rounded, percent=percent, change_causes=vocabulary().change_cause,
        cause_heads=[(words.short_de, "n") for words in vocabulary().change_cause.values()],
        versions=Counter(each.index_id for each in diff.indices_moved if each.massstab == "jahr"),
    )  # fmt: skip


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
        return [tr("{city} {version}: the first release, nothing to compare with.",
                   city=diff.city, version=diff.after.version)]  # fmt: skip
    pair = f"{diff.city} {diff.before.version} -> {diff.after.version}"
    if diff.same:
        return [tr("{pair}: the same content.", pair=pair)]
    differing = [each.table for each in diff.comparisons if each.outcome == "different"]
    lines = [tr(
        "{pair}: {count:,} figures differ; tables: {tables}.",
        pair=pair, count=diff.different, tables=", ".join(differing) or tr("none"),
    )]  # fmt: skip
    lines.append(f"  {in_language(opening(diff))}")
    lines += [
        tr("  not compared, counts as different: {table} ({reason})", table=each.table, reason=each.reason)
        for each in diff.not_made
    ]
    lines += [
        f"  {number_shown(diff.causes[cause]):>8} {in_language(words)}"
        for cause, words in CAUSES.items() if diff.causes.get(cause)
    ]  # fmt: skip
    lines += [
        tr("  {change} in the codebook: {indikator}", change=_change(each.change), indikator=each.indikator_id)
        for each in diff.codebook
    ]
    lines += [
        tr(
            "  index {index} {version}: {change}, {scores:,} scores, {classes:,} classes (likely ones: {likely:,}) and "
            "{ranks:,} ranks differ",
            index=each.index_id, version=each.index_version, change=_change(each.change), scores=each.scores,
            classes=each.classes, likely=each.likely_classes, ranks=each.ranks,
        )
        for each in diff.indices
    ]  # fmt: skip
    if diff.units:
        lines.append(tr_count("  1 unit differs", "  {count} units differ", len(diff.units)))
    if diff.sources:
        lines.append(tr_count("  1 Lieferung differs", "  {count} Lieferungen differ", len(diff.sources)))
    return lines + _indikatoren(diff)


def _indikatoren(diff: Diff) -> list[str]:
    """Return a line for each Indikator of which figures differ, the gravest first."""
    lines = []
    order = list(SEVERITIES)
    rows = sorted(_rows(diff), key=lambda row: order.index(row.indikator.severity))
    for row in rows[:15]:
        each = row.indikator
        said = tr(
            "{indikator}: {different:,} differ, {moved:,} moved",
            indikator=each.indikator_id, different=row.different, moved=each.moved,
        )  # fmt: skip
        if each.largest_movement:
            said = tr("{said}, by up to {share}", said=said, share=percent_shown(each.largest_movement))
        lines.append(f"  {in_language(SEVERITIES[each.severity]):6} {said}")
    if len(rows) > 15:
        lines.append(tr("  ... {count} more Indikatoren (--json or --html FILE has all)", count=len(rows) - 15))
    return lines


def _change(change: str) -> str:
    return {
        "come": tr("new"), "gone": tr("gone"), "definition": tr("defined otherwise"), "wording": tr("other words"),
        "figures": tr("other figures"),
    }[change]  # fmt: skip


def number(value: float | None) -> str:
    """Write a number as German readers do, 1.234,5: to six digits, all before the comma, and never with an exponent."""
    if value is None:
        return ""
    return german(f"{Decimal(f'{value:z.6g}'):,f}") if abs(value) < 1e6 else rounded(value)
