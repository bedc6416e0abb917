"""A map of an index, as SVG: the class of each Sozialraum, hatched where it is not sure, and no ranks that overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import duckdb

from flows.base.db import connect, has_table, literal, records, set_variables, sql, use_spatial
from flows.base.errors import ConfigError
from flows.pages.index_lines import rank_words
from flows.pages.map_frame import INK, Entry, Place, Subject, box, framed
from flows.profile.vocabulary import vocabulary
from flows.release.map_classes import CLASSES

NONE = "#f3f1ec"


@dataclass(frozen=True)
class Unit:
    """A Sozialraum on the map: its outline, its likeliest class and whether that is sure, or why it has no index."""

    name: str | None
    pfad: str
    status: str | None
    grund: str | None
    klasse: int | None
    klassen_90: str | None
    unsicher: bool
    rang_von: int | None
    rang_bis: int | None

    def words(self, classes: Sequence[str]) -> str:
        """Return what is said of it."""
        if self.klasse is None or self.klassen_90 is None:
            return f"{self.name or ''}: ohne Index ({self.grund or self.status or 'nicht geliefert'})"
        likely = " oder ".join(classes[int(each) - 1] for each in self.klassen_90.split())
        ranks = rank_words({"rang_von": self.rang_von, "rang_bis": self.rang_bis}).german
        return f"{self.name or ''}: {likely}, Rang {ranks}"


def index_map_of(database: Path, index: str, stichtag: str | None = None) -> str:
    """Return the map of an index at `stichtag` (default: the newest) as SVG.

    Raises:
        ConfigError: the release does not have that index, not at that Stichtag, or no outlines.
    """
    with connect() as con:
        use_spatial(con)
        con.execute(f"ATTACH {literal(str(database))} AS release (READ_ONLY); USE release")
        if not has_table(con, "index_wert"):
            raise ConfigError(
                f"Expected a release with indices, found one made before there were any: {database}.", code="FS-USE-04"
            )
        known = [name for (name,) in con.execute("SELECT index_id FROM index_definition ORDER BY position").fetchall()]
        set_variables(con, index_id=index)
        days = [str(day) for (day,) in con.execute(
            "SELECT DISTINCT stichtag FROM index_wert WHERE index_id = getvariable('index_id') "
            "AND raumebene = 'sozialraum' ORDER BY 1"
        ).fetchall()]  # fmt: skip
        if index not in known or not days:
            names = ", ".join(dict.fromkeys(known)) or "none"
            raise ConfigError(
                f"--index: expected one of {names} of the Sozialräume, found {index} in {database}.", code="FS-USE-04"
            )
        day = stichtag or days[-1]
        if day not in days:
            raise ConfigError(
                f"Expected a Stichtag with the index {index} ({', '.join(days)}), found {day}.", code="FS-USE-04"
            )
        drawn = index_picture(con, index, day)
    if drawn is None:
        raise ConfigError(
            f"Expected outlines of the Sozialräume in {database}, found none: no map can be drawn.", code="FS-USE-04"
        )
    return drawn


def index_picture(con: duckdb.DuckDBPyConnection, index: str, day: str) -> str | None:
    """Return the map of an index of the release open in `con`, or None where it has no outlines or no such index."""
    set_variables(con, index_id=index, stichtag=day)
    rows = records(con.execute(sql("read/karte_index")))
    return _svg(con, day, rows) if rows else None


def _svg(con: duckdb.DuckDBPyConnection, day: str, rows: Sequence[Mapping[str, object]]) -> str:
    set_variables(con, index_version=str(rows[0]["index_version"]))
    of_index = "index_id = getvariable('index_id') AND index_version = getvariable('index_version')"
    classes = [label for (label,) in con.execute(
        f"SELECT label_de FROM index_klasse WHERE {of_index} AND klassenart = 'stand' ORDER BY klasse"  # noqa: S608
    ).fetchall()]  # fmt: skip
    (head,) = records(con.execute(
        f"SELECT label_de, version, stadt, synthetisch FROM index_definition, _release WHERE {of_index}"  # noqa: S608
    ))  # fmt: skip
    subject = Subject(typ="index", einheit="", nachkommastellen=0, stichtag=day, **head)
    sides = {name: float(str(rows[0][name])) for name in ("west", "sued", "ost", "nord")}
    units = [Unit(**{name: row[name] for name in Unit.__dataclass_fields__}) for row in rows]  # type: ignore[arg-type]
    return _drawn(subject, units, classes, Place(*sides.values()))


def _drawn(subject: Subject, units: Sequence[Unit], classes: Sequence[str], place: Place) -> str:
    colours, scale = colours_of(len(classes)), place.scale
    sure = sum(unit.klasse is not None and not unit.unsicher for unit in units)
    return framed(
        subject, f"Bei {sure} von {len(units)} Sozialräumen ist die Klasse zu 90 % sicher.", place,
        _legend(units, classes, colours),
        patterns=stripes("unsicher", 7 / scale) + stripes("unsicher-legende", 7),
        shapes=[_path(unit, classes, colours) for unit in units],
    )  # fmt: skip


def _path(unit: Unit, classes: Sequence[str], colours: Sequence[str]) -> str:
    fill = NONE if unit.klasse is None else colours[unit.klasse - 1]
    titled = f"<title>{escape(unit.words(classes))}</title>"
    outline = f'<path d="{unit.pfad}" fill="{fill}" fill-rule="evenodd">{titled}</path>'
    if unit.klasse is None or not unit.unsicher:
        return outline
    return outline + f'<path d="{unit.pfad}" fill="url(#unsicher)" fill-rule="evenodd">{titled}</path>'


def colours_of(classes: int) -> list[str]:
    """Return a colour for each class, from pale to dark."""
    if classes == 1:
        return [CLASSES[-1]]
    return [_between(place * (len(CLASSES) - 1) / (classes - 1)) for place in range(classes)]


def _between(at: float) -> str:
    first = min(int(at), len(CLASSES) - 2)
    ends = [[int(colour[place : place + 2], 16) for place in (1, 3, 5)] for colour in CLASSES[first : first + 2]]
    mixed = [round(low + (at - first) * (high - low)) for low, high in zip(*ends, strict=True)]
    return "#" + "".join(f"{part:02x}" for part in mixed)


def stripes(name: str, width: float) -> str:
    """Return a hatching that is seen on pale and on dark colours: a dark line beside a white one."""
    lines = "".join(
        f'<line x1="{left * width:.2f}" y1="0" x2="{left * width:.2f}" y2="{width:.2f}" stroke="{colour}" '
        f'stroke-width="{width / 5:.2f}" stroke-opacity="0.7"/>'
        for left, colour in ((0.3, INK), (0.5, "white"))
    )
    return (
        f'<pattern id="{name}" width="{width:.2f}" height="{width:.2f}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)">{lines}</pattern>'
    )


def _legend(units: Sequence[Unit], classes: Sequence[str], colours: Sequence[str]) -> list[Entry]:
    """Return the classes from much need to little with how many units are in each, what hatching means, and gaps."""
    held = [sum(unit.klasse == number for unit in units) for number in range(1, len(classes) + 1)]
    entries = [Entry("", "Zahl der Sozialräume in Klammern")]
    entries += [
        Entry(box(colour), f"{label} ({count})")
        for label, colour, count in reversed(list(zip(classes, colours, held, strict=True)))
    ]
    unsure = sum(unit.unsicher and unit.klasse is not None for unit in units)
    if unsure:
        entries.append(Entry(box("url(#unsicher-legende)"), f"Klasse nicht sicher ({unsure})"))
    for status, meant in vocabulary().index_status.items():
        count = sum(unit.klasse is None and unit.status == status for unit in units)
        if count:
            entries.append(Entry(box(NONE), f"ohne Index: {meant.short_de} ({count})"))
    missing = sum(unit.klasse is None and unit.status is None for unit in units)
    return entries + ([Entry(box(NONE), f"ohne Index: nicht geliefert ({missing})")] if missing else [])
