"""What every map has around it, as SVG: what it shows, of which city and Stichtag, and the legend beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from textwrap import wrap
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from flows.base.german_numbers import number
from flows.base.local_time import german_day

WIDTH, MARGIN, LEGEND, HEAD = 760, 16, 290, 60
LINE, INK = "#8a969d", "#1d2b36"
_LETTERS, _LINE = 34, 17
"""Of a line in the legend: how many fit in, and pixels to the next."""
_SIGN, _BESIDE_SIGN = 16, 56
"""Where in the legend a sign begins, or a line without one, and the words beside a sign."""


@dataclass(frozen=True)
class Subject:
    """What the map shows: the Indikator, its Stichtag and what the release says of itself."""

    label_de: str
    typ: str
    einheit: str
    nachkommastellen: int
    stichtag: str
    version: str
    stadt: str
    synthetisch: bool

    @property
    def day(self) -> str:
        """The Stichtag as 31.12.2024."""
        return german_day(self.stichtag)

    @property
    def city(self) -> str:
        """The name of the city, which says so where it does not exist."""
        told = "synthetisch" in self.stadt or not self.synthetisch
        return self.stadt if told else f"{self.stadt} (synthetisch)"

    def figure(self, value: float) -> str:
        """Return a figure with its unit."""
        return f"{number(value, self.nachkommastellen)} {self.einheit}"


class Entry(NamedTuple):
    """A line of the legend."""

    sign: str
    words: str
    height: int = 26


@dataclass(frozen=True)
class Place:
    """How the city's coordinates become those of the picture."""

    west: float
    south: float
    east: float
    north: float

    @property
    def scale(self) -> float:
        """Pixels of a metre."""
        return (WIDTH - 2 * MARGIN) / (self.east - self.west)

    @property
    def height(self) -> int:
        """Pixels of the whole picture."""
        return int((self.north - self.south) * self.scale) + 2 * MARGIN + HEAD

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the city lies in the picture."""
        return MARGIN + (x - self.west) * self.scale, HEAD + MARGIN + (self.north - y) * self.scale


def framed(
    subject: Subject, sentence: str, place: Place, legend: Sequence[Entry], *, patterns: str, shapes: Sequence[str],
    line: str = "white", above: Sequence[str] = (),
) -> str:  # fmt: skip
    """Return the whole picture.

    `patterns` are the hatchings, `shapes` are drawn in metres with outlines of this colour, what is `above` in pixels.
    """
    west, north = MARGIN - place.west * place.scale, HEAD + MARGIN + place.north * place.scale
    named = [(entry, wrap(entry.words, _LETTERS) or [""]) for entry in legend]
    lines = list(accumulate((entry.height + _LINE * (len(said) - 1) for entry, said in named), initial=HEAD + MARGIN))
    height = max(place.height, lines[-1] + MARGIN)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + LEGEND} {height}" font-family="sans-serif" '
            f'font-size="13" fill="{INK}" role="img" aria-label={quoteattr(subject.label_de)}>',
            f"<defs>{patterns}</defs>",
            f'<rect width="{WIDTH + LEGEND}" height="{height}" fill="white"/>',
            f'<text x="{MARGIN}" y="30" font-size="18" font-weight="bold">{escape(subject.label_de)}</text>',
            f'<text x="{MARGIN}" y="50">{escape(subject.city)}, Fortschreibung {subject.version}, '
            f"Stichtag {subject.day}. {sentence}</text>",
            f'<g transform="translate({west:.3f} {north:.3f}) scale({place.scale:.6f})" '
            f'stroke="{line}" stroke-width="{0.8 / place.scale:.2f}">',
            *shapes,
            "</g>",
            *above,
            *(
                f'<g transform="translate({WIDTH + 10} {top})">{entry.sign}'
                + "".join(
                    f'<text x="{_BESIDE_SIGN if entry.sign else _SIGN}" y="{entry.height // 2 + 1 + at * _LINE}">'
                    f"{escape(line)}</text>"
                    for at, line in enumerate(said)
                )
                + "</g>"
                for top, (entry, said) in zip(lines, named, strict=False)
            ),
            "</svg>\n",
        ]
    )


def box(fill: str) -> str:
    """Return the sign of a fill in the legend."""
    return f'<rect x="{_SIGN}" width="22" height="18" fill="{fill}" stroke="{LINE}"/>'
