"""A comparison of two releases for people: some lines in the terminal, or a page with a picture of the causes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.base.errors import ConfigError
from flows.compare.diff_model import CAUSES, SEVERITIES, Cause, Diff, IndikatorDiff
from flows.pages.german_numbers import german, percent
from flows.pages.template import page_of

_BARS, _LABEL, _WIDTH, _ROW = 30, 330, 900, 22
COLOURS: dict[Cause, str] = {
    "revised": "#1b6ca8",
    "boundary": "#8a5a9e",
    "definition": "#b5442e",
    "protection": "#4a4a4a",
    "coverage": "#5f8f2f",
    "computation": "#b07d00",
}
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
class Bar:
    """A piece of an Indikator's bar: how many of its figures differ for one cause."""

    x: float
    width: float
    colour: str
    title: str


@dataclass(frozen=True)
class Row:
    """An Indikator's line in the picture."""

    y: float
    label: str
    total: int
    end: float
    bars: list[Bar]


def diff_html(diff: Diff) -> str:
    """Return the comparison as a page that is complete in itself."""
    rows = list(_rows(diff))
    counts = [field for field in COUNTS if any(getattr(each, field) for each in diff.indikatoren)]
    return page_of(
        "diff.html.j2",
        diff=diff, rows=rows, height=_ROW * (len(rows) + 1), width=_WIDTH, colours=COLOURS, causes=CAUSES,
        counts=counts, count_heads=[(COUNTS[field], "n") for field in counts],
        severities=SEVERITIES, why=WHY, number=number, percent=percent,
    )  # fmt: skip


def write_html(diff: Diff, path: Path) -> None:
    """Write the page to `path`.

    Raises:
        ConfigError: when nothing can be written there.
    """
    try:
        path.write_text(diff_html(diff), encoding="utf-8")
    except OSError as problem:
        raise ConfigError(f"--html {path}: the page cannot be written there: {problem.strerror}.") from problem


def _rows(diff: Diff) -> Iterator[Row]:
    """Yield the lines of the picture: the Indikatoren with the most differences, longest bar first."""
    drawn = sorted(diff.indikatoren, key=lambda each: (-each.different, each.indikator_id))[:_BARS]
    scale = (_WIDTH - _LABEL - 70) / max((each.different for each in drawn), default=1)
    for at, each in enumerate(drawn):
        bars, x = [], float(_LABEL)
        for cause, count in _by_cause(each).items():
            if count:
                bars.append(Bar(x, count * scale, COLOURS[cause], f"{each.label_de}: {count} {CAUSES[cause].de}"))
                x += count * scale
        yield Row(y=_ROW * at, label=each.label_de, total=each.different, end=x, bars=bars)


def _by_cause(each: IndikatorDiff) -> dict[Cause, int]:
    return {cause: getattr(each, cause) for cause in CAUSES}


def diff_lines(diff: Diff) -> list[str]:
    """Return the comparison in a few lines, the gravest Indikatoren first."""
    if diff.before is None:
        return [f"{diff.city} {diff.after.version}: the first release, nothing to compare with."]
    pair = f"{diff.city} {diff.before.version} -> {diff.after.version}"
    if diff.same:
        return [f"{pair}: the same content."]
    differing = [each.table for each in diff.comparisons if each.outcome == "different"]
    lines = [f"{pair}: {diff.different} figures differ; tables: {', '.join(differing) or 'none'}."]
    lines += [f"  not compared, counts as different: {each.table} ({each.reason})" for each in diff.not_made]
    lines += [f"  {diff.causes[cause]:8} {words.en}" for cause, words in CAUSES.items() if diff.causes.get(cause)]
    lines += [f"  {each.change} in the codebook: {each.indikator_id}" for each in diff.codebook]
    if diff.units:
        lines.append(f"  {len(diff.units)} units differ")
    if diff.sources:
        lines.append(f"  {len(diff.sources)} Lieferungen differ")
    order = list(SEVERITIES)
    for each in sorted(diff.indikatoren, key=lambda one: (order.index(one.severity), -one.different))[:15]:
        furthest = f", by up to {each.largest_movement:.1%}" if each.largest_movement else ""
        lines.append(f"  {each.severity:6} {each.indikator_id}: {each.different} differ, {each.moved} moved{furthest}")
    if len(diff.indikatoren) > 15:
        lines.append(f"  ... {len(diff.indikatoren) - 15} more Indikatoren (--json or --html FILE has all)")
    return lines


def number(value: float | None) -> str:
    """Write a number as German readers do: 1.234,5."""
    if value is None:
        return ""
    return german(f"{value:,.6g}") if abs(value) < 1e6 else f"{value:.0f}"
