"""A map of one Indikator in one release, as SVG: what each colour means, how many units have it, why one has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from xml.sax.saxutils import escape

import duckdb

from flows.base.db import connect, literal, records, set_variables, sql, use_spatial
from flows.base.errors import ConfigError
from flows.base.german_numbers import number
from flows.pages.map_frame import INK, LINE, Entry, Place, Subject, box, framed
from flows.profile.vocabulary import Gap, vocabulary
from flows.release.map_classes import MapClass, classes_of

CIRCLE, LARGEST = "#4791a8", 24.0
LAND = "#f4f4f0"
_WITHOUT_DISTANCE = ("anzahl", "veraenderung")
"""Types of Indikatoren by which a unit and the city cannot be held side by side, or are already by zero."""


@dataclass(frozen=True)
class Shape:
    """A Sozialraum on the map: its outline in SVG's path language, a point inside, its figure or why it has none."""

    name: str | None
    pfad: str
    x: float
    y: float
    wert: float | None
    status: str
    methode: str | None
    unsicherheit: float | None

    @property
    def estimated(self) -> bool:
        """Whether its figure is an estimate."""
        return self.wert is not None and self.methode in vocabulary().estimates


def map_of(database: Path, indikator: str, stichtag: str | None = None, *, distance: bool = False) -> str:
    """Return the map of `indikator` at `stichtag` (default: the newest) as SVG, or of its `distance` from the city.

    Raises:
        ConfigError: the release does not have that Indikator, or no figure of it at that Stichtag; or there is no
            distance: it is a count or a change, or the city's figure is not published.
    """
    with connect() as con:
        use_spatial(con)
        con.execute(f"ATTACH {literal(str(database))} AS release (READ_ONLY); USE release")
        if not _subject(con, indikator, stichtag):
            likely = ", ".join(_meant(con, indikator)) or "see codebook.html"
            raise ConfigError(
                f"Expected an Indikator with figures at {stichtag or 'any Stichtag'}, found none called {indikator!r} "
                f"in {database}. Did you mean: {likely}?",
                code="FS-USE-04",
            )
        drawn = _distances(con, indikator, stichtag) if distance else picture(con, indikator, stichtag)
    if drawn is None:
        raise ConfigError(
            f"Expected outlines of the Sozialräume in {database}, found none: no map can be drawn.", code="FS-USE-04"
        )
    return drawn


def picture(con: duckdb.DuckDBPyConnection, indikator: str, stichtag: str | None = None) -> str | None:
    """Return the map of an Indikator of the release open in `con`, or None where it has no figures or no outlines."""
    subject = _subject(con, indikator, stichtag)
    if subject is None:
        return None
    shapes, place = _shapes(con, subject.stichtag)
    return None if place is None else _svg(subject, shapes, place)


def _distances(con: duckdb.DuckDBPyConnection, indikator: str, stichtag: str | None) -> str | None:
    """Return the map of how far each unit is from the city, on a scale that parts at the city's figure."""
    subject = _subject(con, indikator, stichtag)
    assert subject is not None  # noqa: S101 -- it has been looked for
    shapes, place = _shapes(con, subject.stichtag)
    if subject.typ in _WITHOUT_DISTANCE:
        raise ConfigError(
            f"map --distance: expected an Indikator that a unit and the city have alike, such as a share, found "
            f"{indikator}, which is a count or a change.",
            code="FS-USE-04",
        )
    found = con.execute(sql("read/karte_stadt")).fetchone()
    if found is None:
        raise ConfigError(
            f"map --distance: expected a figure of the whole city on {subject.stichtag}, found none of {indikator} "
            "in the release. Draw it without --distance.",
            code="FS-USE-04",
        )
    (city,) = found
    apart = [
        shape if shape.wert is None else replace(shape, wert=round(shape.wert - city, subject.nachkommastellen))
        for shape in shapes
    ]
    unit = "Prozentpunkte" if subject.einheit == "%" else subject.einheit
    label = f"{subject.label_de}: Abstand von der Stadt ({subject.figure(city)})"
    named = replace(subject, label_de=label, typ="veraenderung", einheit=unit)
    return None if place is None else _svg(named, apart, place)


def _meant(con: duckdb.DuckDBPyConnection, word: str) -> list[str]:
    """Return the Indikatoren that are called so or looked for by that word, else those whose ids are alike."""
    entries: dict[str, str] = {
        row["indikator_id"]: " ".join(str(row.get(name) or "") for name in ("label_de", "label_en", "suchworte"))
        for row in records(con.execute("FROM indikator ORDER BY position"))
    }
    found = [name for name, words in entries.items() if word.casefold() in words.casefold()]
    return found[:5] or get_close_matches(word, list(entries), n=5, cutoff=0.5)


def _subject(con: duckdb.DuckDBPyConnection, indikator: str, stichtag: str | None) -> Subject | None:
    set_variables(con, indikator=indikator, stichtag=stichtag)
    found = records(con.execute(sql("read/karte_thema")))
    return Subject(**found[0]) if found and found[0]["stichtag"] else None


def _shapes(con: duckdb.DuckDBPyConnection, stichtag: str) -> tuple[list[Shape], Place | None]:
    set_variables(con, stichtag=stichtag)
    rows = records(con.execute(sql("read/karte_raum")))
    box = ("west", "sued", "ost", "nord")
    shapes = [Shape(**{name: value for name, value in row.items() if name not in box}) for row in rows]
    return shapes, Place(*(rows[0][side] for side in box)) if rows else None


def _svg(subject: Subject, shapes: Sequence[Shape], place: Place) -> str:
    circles = subject.typ == "anzahl"
    figures = [shape.wert for shape in shapes if shape.wert is not None]
    classes = [] if circles else classes_of(subject.typ, figures)
    scale = place.scale
    legend = [
        *(_circle_legend(subject, figures) if circles else _class_legend(subject, classes, figures)),
        *_gap_legend(shapes),
    ]
    return framed(
        subject, _sentence(shapes), place, legend,
        patterns=_hatching("geheim", 6 / scale) + _hatching("geheim-legende", 6),
        shapes=[_path(subject, shape, _fill(shape, classes, circles), scale) for shape in shapes],
        line=LINE if circles else "white",
        above=_circles(subject, shapes, place, max(figures, default=0)) if circles else (),
    )  # fmt: skip


def _sentence(shapes: Sequence[Shape]) -> str:
    """Return how many units have a figure, and how many of them are estimates."""
    known = sum(shape.wert is not None for shape in shapes)
    estimated = sum(shape.estimated for shape in shapes)
    return f"{known} von {len(shapes)} Sozialräumen mit Zahl" + (f", {estimated} geschätzt" if estimated else "") + "."


def _path(subject: Subject, shape: Shape, fill: str, scale: float) -> str:
    dashed = f' stroke="{INK}" stroke-dasharray="{4 / scale:.1f} {3 / scale:.1f}"' if shape.estimated else ""
    return (
        f'<path d="{shape.pfad}" fill="{fill}" fill-rule="evenodd"{dashed}>'
        f"<title>{escape(_label(subject, shape))}</title></path>"
    )


def _label(subject: Subject, shape: Shape) -> str:
    named = shape.name or ""
    if shape.wert is None:
        return f"{named}: {_gap(shape).short_de}"
    around = f" ± {number(shape.unsicherheit, subject.nachkommastellen)}" if shape.unsicherheit else ""
    return f"{named}: {subject.figure(shape.wert)}{around}" + (" (geschätzt)" if shape.estimated else "")


def _gap(shape: Shape) -> Gap:
    return vocabulary().status[shape.status]


def _fill(shape: Shape, classes: Sequence[MapClass], circles: bool) -> str:
    if shape.wert is None:
        return "url(#geheim)" if shape.status == "geschuetzt" else _gap(shape).fill or "white"
    return LAND if circles else next(each.colour for each in classes if each.holds(shape.wert))


def _hatching(name: str, width: float) -> str:
    fill = vocabulary().status["geschuetzt"].fill
    return (
        f'<pattern id="{name}" width="{width:.2f}" height="{width:.2f}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="{width:.2f}" height="{width:.2f}" fill="{fill}"/>'
        f'<line x1="0" y1="0" x2="0" y2="{width:.2f}" stroke="{LINE}" stroke-width="{width / 2:.2f}"/></pattern>'
    )


def _circles(subject: Subject, shapes: Sequence[Shape], place: Place, largest: float) -> list[str]:
    """Draw the counts, the large ones first, so that a small one lies on top of them."""
    drawn = []
    for shape in sorted(shapes, key=lambda each: -(each.wert or 0)):
        if shape.wert:
            x, y = place.at(shape.x, shape.y)
            drawn.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_radius(shape.wert, largest):.1f}" fill="{CIRCLE}" '
                f'fill-opacity="0.75" stroke="white"><title>{escape(_label(subject, shape))}</title></circle>'
            )
    return drawn


def _radius(figure: float, largest: float) -> float:
    return float(LARGEST * (figure / largest) ** 0.5)


def _circle_legend(subject: Subject, figures: Sequence[float]) -> list[Entry]:
    largest = max(figures, default=0)
    return [
        Entry(
            f'<circle cx="27" cy="{height / 2 - 4:.0f}" r="{radius:.1f}" fill="{CIRCLE}" fill-opacity="0.75"/>',
            subject.figure(part),
            height,
        )
        for share in (1.0, 0.25, 0.05)
        if (part := round(largest * share, subject.nachkommastellen)) > 0
        for radius in (_radius(part, largest),)
        for height in (max(26, int(2 * radius) + 6),)
    ]


def _class_legend(subject: Subject, classes: Sequence[MapClass], figures: Sequence[float]) -> list[Entry]:
    counted = [(each, sum(each.holds(figure) for figure in figures)) for each in classes]
    return [
        Entry("", "Zahl der Sozialräume in Klammern"),
        *(
            Entry(box(each.colour), f"{each.words(subject.nachkommastellen, subject.einheit)} ({count})")
            for each, count in counted
        ),
    ]


def _gap_legend(shapes: Sequence[Shape]) -> list[Entry]:
    """Return the reasons for missing figures with how many units have each; reasons of one fill are one line."""
    fills: Mapping[str, list[str]] = {}
    for status, word in vocabulary().status.items():
        count = sum(shape.wert is None and shape.status == status for shape in shapes)
        if count:
            fill = "url(#geheim-legende)" if status == "geschuetzt" else word.fill or "white"
            fills = {**fills, fill: [*fills.get(fill, []), f"{word.short_de} ({count})"]}
    return [Entry(box(fill), ", ".join(words)) for fill, words in fills.items()]
