"""The Fortschreibung as a report, as cities publish it: what is new, maps, all Sozialräume, a page for each, methods.

It is made for paper: every chapter begins on a page of its own, and so does every Sozialraum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from markupsafe import Markup

from flows.base.db import connect, literal
from flows.base.german_numbers import number, percent
from flows.compare.diff_model import Diff
from flows.pages.about import About
from flows.pages.diff_words import opening
from flows.pages.report_model import Figure, Indikator, Kind, Need, Resident, report_model
from flows.pages.template import page_of
from flows.profile.vocabulary import vocabulary

WIDTH, HEIGHT, MARGIN = 320, 84, 6
"""The picture of the residents over time, in its own units."""


@dataclass(frozen=True)
class Curve:
    """Residents over time as points of a picture: a line for each run of Stichtage without a gap."""

    lines: Sequence[str]
    estimated: Sequence[tuple[float, float]]
    """Where an estimate stands."""
    lowest: float
    highest: float


def report_html(release: Path) -> str:
    """Return the report on the release in the folder `release` as a page.

    Raises:
        ConfigError: the release cannot be reported on; says why.
    """
    with connect() as con:
        con.execute(f"ATTACH {literal(str(release / 'fortschreibung.duckdb'))} AS release (READ_ONLY); USE release")
        model = report_model(con)
    return page_of(
        "report.html.j2", model=model, about=About(model.city, bool(model.release["synthetisch"])),
        news=_news(release / "changes.json"), maps=[Markup(drawn) for drawn in model.maps],  # noqa: S704 -- our drawings
        themes=list(_themes(model.indikatoren)), theme_words=vocabulary().theme, curve=curve, figure=figure_words,
        need=need_words, kind=kind_words, ranks=rank_words, number=number, percent=percent,
        size=(WIDTH, HEIGHT),
        verdicts=vocabulary().change_verdict, index_status=vocabulary().index_status,
        figure_protected=vocabulary().status["geschuetzt"].short_de,
    )  # fmt: skip


def figure_words(figure: Figure | None, indikator: Indikator) -> str:
    """Return a figure as it is printed: with ± where it is an estimate, else the reason why it is missing."""
    if figure is None:
        return vocabulary().no_row.short_de
    if figure.wert is None:
        return vocabulary().status[figure.status].short_de
    said = number(figure.wert, indikator.nachkommastellen)
    if figure.methode in vocabulary().estimates:
        around = "" if figure.unsicherheit is None else f" ± {number(figure.unsicherheit, indikator.nachkommastellen)}"
        return f"≈ {said}{around}"
    return said


def need_words(need: Need | None) -> str:
    """Return the class of need, or those that together are 90 % probable."""
    if need is None:
        return ""
    return " oder ".join(need.possible) or "ohne Index"


def kind_words(kind: Kind | None) -> str:
    """Return the type of a Sozialraum, with the second one where it is borderline, or the types that are possible."""
    if kind is None:
        return ""
    if kind.type_label is None:
        return " oder ".join(kind.possible) or "ohne Typ"
    if not kind.borderline:
        return kind.type_label
    return (
        f"{kind.type_label} (Grenzfall: {kind.second_label})" if kind.second_label else f"{kind.type_label} (Grenzfall)"
    )


def rank_words(need: Need) -> str:
    """Return the rank as the range that it is, a place only where it is sure."""
    if need.rang_von is None or need.rang_bis is None:
        return ""
    return f"{need.rang_von}" if need.rang_von == need.rang_bis else f"{need.rang_von} bis {need.rang_bis}"


def curve(residents: Sequence[Resident]) -> Curve | None:
    """Return the picture of a series, or None where fewer than two Stichtage have a figure."""
    counts = [one.count for one in residents if one.count is not None]
    if len(counts) < 2:
        return None
    lowest, highest = min(counts), max(counts)
    first, last = residents[0].day, residents[-1].day

    def at(one: Resident, count: float) -> tuple[float, float]:
        along = (one.day - first).days / (last - first).days
        up = (count - lowest) / (highest - lowest) if highest > lowest else 0.5
        return MARGIN + along * (WIDTH - 2 * MARGIN), HEIGHT - MARGIN - up * (HEIGHT - 2 * MARGIN)

    lines = []
    for known, part in groupby(residents, key=lambda one: one.count is not None):
        if known:
            lines.append(" ".join(f"{x:.1f},{y:.1f}" for x, y in (at(one, one.count or 0) for one in part)))
    estimated = [at(one, one.count) for one in residents if one.estimated and one.count is not None]
    return Curve(lines, estimated, lowest, highest)


def _themes(indikatoren: Sequence[Indikator]) -> Iterator[tuple[str, list[Indikator]]]:
    order = list(vocabulary().theme)
    ordered = sorted(indikatoren, key=lambda one: (order.index(one.thema), one.position))
    for theme, found in groupby(ordered, key=lambda one: one.thema):
        yield theme, list(found)


def _news(changes: Path) -> str | None:
    """Return what a person would say first of the comparison with the release before, where the release has one."""
    if not changes.is_file():
        return None
    return opening(Diff.model_validate_json(changes.read_bytes())).de
