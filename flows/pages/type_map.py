"""A map of types, as SVG: a colour for each type, hatched where a unit is borderline; no type is more than another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import duckdb

from flows.base.db import connect, has_table, literal, records, set_variables, sql, use_spatial
from flows.base.errors import ConfigError
from flows.pages.index_map import NONE, stripes
from flows.pages.map_frame import Entry, Place, Subject, box, framed
from flows.profile.vocabulary import vocabulary

COLOURS = ("#c8553d", "#2f6f8f", "#7a5195", "#5a8f3c", "#c99a2e", "#58b0b8", "#b86fa0", "#8a6d4b")
"""Beside each other, in no order; of more types the first ones come again, paler."""


@dataclass(frozen=True)
class Unit:
    """A Sozialraum on the map: its outline and its type, or which are possible, or why it has none."""

    name: str | None
    pfad: str
    status: str | None
    grund: str | None
    typ_id: str | None
    grenzfall: bool | None
    moegliche_typen: str | None

    def words(self, types: Mapping[str, str]) -> str:
        """Return what is said of it."""
        if self.typ_id is not None:
            return f"{self.name or ''}: {types[self.typ_id]}" + (" (Grenzfall)" if self.grenzfall else "")
        if self.moegliche_typen:
            may = " oder ".join(types[each] for each in self.moegliche_typen.split())
            return f"{self.name or ''}: {may} ({self.grund})"
        return f"{self.name or ''}: ohne Typ ({self.grund or self.status or 'nicht geliefert'})"


def type_map_of(database: Path, typology: str, stichtag: str | None = None) -> str:
    """Return the map of a typology at `stichtag` (default: the newest) as SVG.

    Raises:
        ConfigError: the release does not have that typology, not at that Stichtag, or no outlines.
    """
    with connect() as con:
        use_spatial(con)
        con.execute(f"ATTACH {literal(str(database))} AS release (READ_ONLY); USE release")
        if not has_table(con, "typ"):
            raise ConfigError(
                f"Expected a release with types, found one made before there were any: {database}.", code="FS-USE-04"
            )
        known = [name for (name,) in con.execute("SELECT typologie_id FROM typologie ORDER BY position").fetchall()]
        set_variables(con, typologie=typology)
        days = [str(day) for (day,) in con.execute(
            "SELECT DISTINCT stichtag FROM typ WHERE typologie_id = getvariable('typologie') "
            "AND raumebene = 'sozialraum' ORDER BY 1"
        ).fetchall()]  # fmt: skip
        if not days:
            names = ", ".join(dict.fromkeys(known)) or "none"
            raise ConfigError(
                f"--types: expected one of {names} of the Sozialräume, found {typology} in {database}.",
                code="FS-USE-04",
            )
        day = stichtag or days[-1]
        if day not in days:
            raise ConfigError(
                f"Expected a Stichtag with the typology {typology} ({', '.join(days)}), found {day}.", code="FS-USE-04"
            )
        set_variables(con, stichtag=day)
        rows = records(con.execute(sql("read/karte_typ")))
        if not rows:
            raise ConfigError(
                f"Expected outlines of the Sozialräume in {database}, found none: no map can be drawn.",
                code="FS-USE-04",
            )
        return _svg(con, day, rows)


def type_picture(con: duckdb.DuckDBPyConnection, typology: str, day: str) -> str | None:
    """Return the map of a typology of the release open in `con`, or None where it has no outlines or no types then."""
    set_variables(con, typologie=typology, stichtag=day)
    rows = records(con.execute(sql("read/karte_typ")))
    return _svg(con, day, rows) if rows else None


def _svg(con: duckdb.DuckDBPyConnection, day: str, rows: Sequence[Mapping[str, object]]) -> str:
    set_variables(con, version=str(rows[0]["typologie_version"]))
    of = "typologie_id = getvariable('typologie') AND typologie_version = getvariable('version')"
    types = dict(con.execute(f"SELECT typ_id, label_de FROM typologie_typ WHERE {of} ORDER BY position").fetchall())  # noqa: S608
    (head,) = records(con.execute(
        f"SELECT label_de, version, stadt, synthetisch FROM typologie, _release WHERE {of}"  # noqa: S608
    ))  # fmt: skip
    subject = Subject(typ="typ", einheit="", nachkommastellen=0, stichtag=day, **head)
    place = Place(*(float(str(rows[0][name])) for name in ("west", "sued", "ost", "nord")))
    units = [Unit(**{name: row[name] for name in Unit.__dataclass_fields__}) for row in rows]  # type: ignore[arg-type]
    scale, colours = place.scale, dict(zip(types, type_colours(len(types)), strict=True))
    clear = sum(unit.typ_id is not None and not unit.grenzfall for unit in units)
    return framed(
        subject, f"Bei {clear} von {len(units)} Sozialräumen ist der Typ klar.", place, _legend(units, types, colours),
        patterns=stripes("grenzfall", 7 / scale) + stripes("grenzfall-legende", 7),
        shapes=[_path(unit, types, colours) for unit in units],
    )  # fmt: skip


def _path(unit: Unit, types: Mapping[str, str], colours: Mapping[str, str]) -> str:
    titled = f"<title>{escape(unit.words(types))}</title>"
    fill = NONE if unit.typ_id is None else colours[unit.typ_id]
    outline = f'<path d="{unit.pfad}" fill="{fill}" fill-rule="evenodd">{titled}</path>'
    if not (unit.grenzfall or (unit.typ_id is None and unit.moegliche_typen)):
        return outline
    return outline + f'<path d="{unit.pfad}" fill="url(#grenzfall)" fill-rule="evenodd">{titled}</path>'


def type_colours(count: int) -> list[str]:
    """Return a colour for each of so many types."""
    return [COLOURS[at % len(COLOURS)] + ("" if at < len(COLOURS) else "80") for at in range(count)]


def _legend(units: Sequence[Unit], types: Mapping[str, str], colours: Mapping[str, str]) -> list[Entry]:
    """Return the types with how many units are of each, what hatching means, and why others have none."""
    entries = [Entry("", "Zahl der Sozialräume in Klammern")]
    for name, label in types.items():
        entries.append(Entry(box(colours[name]), f"{label} ({sum(unit.typ_id == name for unit in units)})"))
    borderline = sum(bool(unit.grenzfall) for unit in units)
    if borderline:
        entries.append(Entry(box("url(#grenzfall-legende)"), f"Grenzfall ({borderline})"))
    without = [unit for unit in units if unit.typ_id is None]
    several = sum(bool(unit.moegliche_typen) for unit in without)
    if several:
        sign = box(NONE) + box("url(#grenzfall-legende)")
        entries.append(Entry(sign, f"mehrere Typen möglich ({several})"))
    for status, meant in vocabulary().type_status.items():
        count = sum(not unit.moegliche_typen and unit.status == status for unit in without)
        if count:
            entries.append(Entry(box(NONE), f"ohne Typ: {meant.short_de} ({count})"))
    return entries
