"""The review of a Gliederung for people: a page with a map, complete in itself, and some lines in the terminal.

Both name base units and are confidential; they say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import duckdb

from flows.base.db import records, set_variables, sql, use_spatial
from flows.base.language import in_language
from flows.base.local_time import german_day
from flows.base.texts import tr, tr_count
from flows.pages.about import About
from flows.pages.both_numbers import number, percent
from flows.pages.review_words import TRIGGERS, Said, decided, explained
from flows.pages.template import page_of
from flows.profile.codebook import Codebook
from flows.redrawing.review import Review

FILLS = ("#f4f4f2", "#f3dfae", "#e0a458", "#b5442e")
"""By the number of triggers: none, one, two, more."""
_SHOWN = 20


class Outline(NamedTuple):
    """A Sozialraum or a base unit on the map."""

    unit: str
    base_unit: str | None
    path: str


class Map(NamedTuple):
    """Outlines, the box around them (west, south, east, north), and the lines of barriers."""

    outlines: tuple[Outline, ...]
    box: tuple[float, float, float, float]
    barriers: tuple[str, ...] = ()


def review_map(con: duckdb.DuckDBPyConnection, review: Review) -> Map | None:
    """Return the map of a review from the working database that it was made from; None where there are no polygons."""
    use_spatial(con)
    con.execute(sql("schema/svg_pfad"))
    named = [part for unit in review.units for one in (*unit.causes, *unit.misfits)
             if one.strange or one.better for part in one.id.split(" + ")]  # fmt: skip
    set_variables(con, genannt=sorted(set(named)) or [""])
    rows = records(con.execute(sql("read/pruefung_karte")))
    if not rows:
        return None
    box = (rows[0]["west"], rows[0]["sued"], rows[0]["ost"], rows[0]["nord"])
    outlines = tuple(Outline(row["sozialraum"], row["basis_id"], row["pfad"]) for row in rows)
    return Map(outlines, box, barrier_paths(con))


def barrier_paths(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Return the lines that a Sozialraum should not cross as SVG paths, from a working database with a ground."""
    return tuple(path for (path,) in con.execute(sql("read/barriere_karte")).fetchall())


def review_html(review: Review, drawn: Map | None, codebook: Codebook, about: About) -> str:
    """Return the review as a page that is complete in itself."""
    return page_of(
        "review.html.j2",
        review=review, drawn=drawn, about=about, words=TRIGGERS, number=number, percent=percent,
        explained=explained, decided=decided, fills=FILLS, units={unit.id: unit for unit in review.units},
        labels=_labels(codebook), notes=list(_notes(review)), present=[one for one in TRIGGERS if review.count(one)],
    )  # fmt: skip


def _labels(codebook: Codebook) -> Mapping[str, Said]:
    return {name: Said(each.label_de, each.label_en) for name, each in codebook.indikator.items()}


def review_lines(review: Review) -> list[str]:
    """Return the review in lines for the terminal: what there is to look at, the most important first."""
    lines = [tr(
        "{city}: review of the Gliederung of {zuschnitt}, Stichtag {stichtag}, compared with {since} (confidential: "
        "names base units)", city=review.city, zuschnitt=review.zuschnitt, stichtag=german_day(review.stichtag),
        since=german_day(review.cut_made) if review.cut_made else tr("nothing that is known"),
    )]  # fmt: skip
    if not review.named:
        lines.append(tr("Nothing to be done: all {units} Sozialräume hold together.", units=len(review.units)))
    else:
        named = len(review.named)
        lines.append(tr_count(
            "{count} of {units} Sozialräume is to be looked at:", "{count} of {units} Sozialräume are to be looked at:",
            named, units=len(review.units),
        ))  # fmt: skip
        lines += [
            f"  {review.count(one):4d}  {in_language(said)}" for one, said in TRIGGERS.items() if review.count(one)
        ]
        for unit in review.named[:_SHOWN]:
            why = "; ".join(
                f"{in_language(TRIGGERS[one])} ({in_language(explained(unit, one, review))})" for one in unit.triggers
            )
            lines.append(f"  {unit.id} {unit.name or ''}: {why}")
            lines += [f"    {in_language(decided(each))}" for each in unit.decisions]
        if named > _SHOWN:
            lines.append(tr("  and {count} more (--html, --json)", count=named - _SHOWN))
    return lines + [in_language(note) for note in _notes(review)]


def _notes(review: Review) -> Iterator[Said]:
    """Yield what the review could not judge, or treats in a way that a reader must know."""
    if not review.divisible:
        yield Said(
            "Unterhalb der Sozialräume wird nichts gezählt. Beurteilt sind Größe und Veränderung; ob ein Raum gemischt "
            "ist, zusammenhängt oder Blöcke besser zum Nachbarn passen, ist nicht zu sehen.",
            "Nothing is counted below Sozialräume. Size and change are judged; whether a unit is mixed, in one piece, "
            "or has blocks that fit a neighbour better cannot be seen.",
        )
    if review.divisible and not review.borders:
        yield Said("Die Karte ist nicht angesehen: Zusammenhang, Umschließung, Barrieren und Nachbarn beurteilt "
                   "fortschreibung review.",
                   "The map was not looked at: fortschreibung review judges pieces, holes, barriers and neighbours."
                   )  # fmt: skip
    elif review.divisible and not review.holes:
        yield Said(
            "Ob ein Raum einen anderen umschließt, ist nicht beurteilt: die Polygone enden am Bordstein (max_gap).",
            "Whether a unit encloses another is not judged: polygons end at the kerb (max_gap).",
        )
    if review.divisible and review.borders and not review.barriers:
        yield Said("Barrieren sind nicht beurteilt: weder eine Quelle noch redrawing.toml bringt Linien.",
                   "Barriers are not judged: neither a source nor redrawing.toml brings lines.")  # fmt: skip
    if review.cut_made is None:
        yield Said("Veränderung ist nicht beurteilt: vor dem Stichtag ist nichts auf diesen Basiseinheiten gezählt.",
                   "Change is not judged: nothing was counted on these base units before.")  # fmt: skip
    if review.without_polygon:
        count, named = len(review.without_polygon), ", ".join(review.without_polygon[:5])
        yield Said(f"{count} Basiseinheiten ohne brauchbares Polygon gehen mit der größten ihres Sozialraums: {named}",
                   f"{count} base units without a usable polygon go with the largest of theirs: {named}")  # fmt: skip
    if review.unassigned:
        people = number(review.unassigned)
        yield Said(f"{people} Einwohner leben in Basiseinheiten, die keinem Sozialraum zugeordnet sind.",
                   f"{people} residents live in base units assigned to no Sozialraum.")  # fmt: skip
    if review.left_out:
        yield Said(f"Ohne Zahlen und weggelassen: {', '.join(review.left_out)}.",
                   f"Without counts and left out: {', '.join(review.left_out)}.")  # fmt: skip
