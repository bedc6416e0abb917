"""A map of one Indikator in one release, as SVG: five classes of equally many Sozialräume, suppressed ones hatched."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from xml.sax.saxutils import escape

from flows.base.errors import ConfigError
from flows.pages.german_numbers import number

COLOURS = ("#dfeaee", "#b9d5de", "#8bbccb", "#4791a8", "#0b5a6f")
WIDTH, MARGIN, LEGEND = 760, 16, 250


@dataclass(frozen=True)
class Shape:
    """A Sozialraum on the map: its outline in SVG's path language and its figure."""

    name: str
    path: str
    value: float | None
    status: str


@dataclass(frozen=True)
class Subject:
    """What the map shows: the Indikator, its Stichtag and what the release says of itself."""

    label: str
    unit: str
    decimals: int
    stichtag: str
    release: str
    city: str


def map_of(database: Path, indikator: str, stichtag: str | None = None) -> str:
    """Return the map of `indikator` at `stichtag` (default: the newest) as SVG.

    Raises:
        ConfigError: the release does not have that Indikator, or no figure of it at that Stichtag.
    """
    from flows.base.db import connect, literal, set_variables, sql, use_spatial  # noqa: PLC0415

    with connect() as con:
        use_spatial(con)
        con.execute(f"ATTACH {literal(str(database))} AS release (READ_ONLY); USE release")
        set_variables(con, indikator=indikator, stichtag=stichtag)
        subject = con.execute(sql("read/karte_thema")).fetchone()
        if subject is None or subject[3] is None:
            known = [name for (name,) in con.execute("SELECT indikator_id FROM indikator").fetchall()]
            likely = ", ".join(get_close_matches(indikator, known, n=5, cutoff=0.5)) or "see codebook.html"
            raise ConfigError(
                f"Expected an Indikator with figures at {stichtag or 'any Stichtag'}, found none called {indikator!r} "
                f"in {database}. Did you mean: {likely}?"
            )
        set_variables(con, stichtag=subject[3])
        rows = con.execute(sql("read/karte_raum")).fetchall()
    if not rows:
        raise ConfigError(f"Expected outlines of the Sozialräume in {database}, found none: no map can be drawn.")
    return _svg(Subject(*subject), [Shape(*row[:4]) for row in rows], rows[0][4:])


def _svg(subject: Subject, shapes: list[Shape], box: tuple[float, ...]) -> str:
    west, south, east, north = box
    scale = (WIDTH - 2 * MARGIN) / (east - west)
    height = int((north - south) * scale) + 2 * MARGIN + 60
    limits = class_limits([shape.value for shape in shapes if shape.value is not None])
    drawn = [
        f'<path d="{shape.path}" fill="{_fill(shape, limits)}" fill-rule="evenodd">'
        f"<title>{escape(_label(shape, subject))}</title></path>"
        for shape in shapes
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + LEGEND} {height}" font-family="sans-serif" '
            f'font-size="13" fill="#1d2b36" role="img" aria-label="{escape(subject.label)}">',
            f"<defs>{_hatching('gap', 6 / scale)}{_hatching('gap-legend', 6)}</defs>",
            f'<rect width="{WIDTH + LEGEND}" height="{height}" fill="white"/>',
            f'<text x="{MARGIN}" y="30" font-size="18" font-weight="bold">{escape(subject.label)}</text>',
            f'<text x="{MARGIN}" y="50">{escape(subject.city)}, Fortschreibung {subject.release}, '
            f"Stichtag {subject.stichtag}</text>",
            f'<g transform="translate({MARGIN - west * scale:.3f} {60 + MARGIN + north * scale:.3f}) '
            f'scale({scale:.6f})" stroke="white" stroke-width="{0.8 / scale:.2f}">',
            *drawn,
            "</g>",
            *_legend(subject, limits, any(shape.value is None for shape in shapes)),
            "</svg>\n",
        ]
    )


def _hatching(name: str, width: float) -> str:
    return (
        f'<pattern id="{name}" width="{width:.2f}" height="{width:.2f}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="{width:.2f}" height="{width:.2f}" fill="white"/>'
        f'<line x1="0" y1="0" x2="0" y2="{width:.2f}" stroke="#8a969d" stroke-width="{width / 2:.2f}"/></pattern>'
    )


def class_limits(values: list[float]) -> list[float]:
    """Return the four limits between five classes of about equally many values (upper limits, inclusive)."""
    ordered = sorted(values)
    return [ordered[max(0, -(-len(ordered) * part // 5) - 1)] for part in range(1, 5)] if ordered else []


def _fill(shape: Shape, limits: list[float]) -> str:
    if shape.value is None:
        return "url(#gap)"
    return COLOURS[sum(shape.value > limit for limit in limits)]


def _label(shape: Shape, subject: Subject) -> str:
    return f"{shape.name}: {_number(shape.value, subject) if shape.value is not None else shape.status}"


def _number(value: float, subject: Subject) -> str:
    return f"{number(value, subject.decimals)} {subject.unit}"


def _legend(subject: Subject, limits: list[float], gaps: bool) -> list[str]:
    texts = [f"bis {_number(limit, subject)}" for limit in limits] + (
        [f"über {_number(limits[-1], subject)}"] if limits else []
    )
    rows = list(zip(COLOURS, texts, strict=False)) + ([("url(#gap-legend)", "ohne Angabe")] if gaps else [])
    return [
        part
        for place, (colour, text) in enumerate(rows)
        for part in (
            f'<rect x="{WIDTH + 10}" y="{90 + 26 * place}" width="22" height="18" fill="{colour}" stroke="#8a969d"/>',
            f'<text x="{WIDTH + 40}" y="{104 + 26 * place}">{escape(text)}</text>',
        )
    ]
