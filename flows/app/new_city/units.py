"""Which base units a city has by its files: the ids all tables share, how they are padded, and what lies above them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flows.app.new_city.outlines import Outlines
from flows.app.new_city.roles import AREA_WORDS, ID_WORDS, Level, Roles
from flows.app.new_city.words import plain, words_of

LONGEST = 63
"""Characters of an id in a profile (flows/base/strict.py)."""
_SHARED = 0.5
"""The share of units from which on two files are about the same ones."""
_EXCEPTIONS = 0.1
"""The share of units that a column may put elsewhere than their ids; more are no error of the file."""
_CODE_WORDS = {"nr", "nummer", "id", "code", "sort", "key", "kz", "kennung", "schluessel", "lang", "name"}


@dataclass(frozen=True)
class Raumebene:
    """A coarser Raumebene: by the first `digits` of an id, or by a column of the table that assigns units."""

    id: str
    label: str
    column: str
    units: dict[str, str]
    digits: int | None
    names: dict[str, str] = field(default_factory=dict)
    against: dict[str, str] = field(default_factory=dict)
    """Units that the column puts elsewhere than their id does."""


@dataclass(frozen=True)
class Polygons:
    """The file with the polygons of the base units, the property with their ids, and perhaps one with names."""

    file: Outlines
    id_property: str
    name_property: str | None
    named_by: str
    """The property by which the table calls the units: their ids, or where it has none, their names."""

    def property_of(self, level: Raumebene, digits: int | None) -> str | None:
        """Return a property that names, for every polygon, the same unit of `level` as its id does; or None."""
        if level.digits is None:
            return None
        for name in self.file.properties:
            pairs = {(padded(row[self.id_property], digits)[: level.digits], row[name]) for row in self.file.rows}
            if (
                name != self.id_property
                and len(pairs) > 1
                and all(above == each.zfill(level.digits) for above, each in pairs)
            ):
                return name
        return None


def same_units(one: Iterable[str], other: Iterable[str]) -> bool:
    """Say whether two files are about the same units, whatever became of leading zeros."""
    left, right = bare(one), bare(other)
    return len(left & right) >= _SHARED * min(len(left), len(right))


def bare(ids: Iterable[str]) -> set[str]:
    """Return ids without their leading zeros."""
    return {each.lstrip("0") or "0" for each in ids}


def polygons_of(units: Sequence[str], outlines: Iterable[Outlines]) -> tuple[Polygons | None, dict[Path, str]]:
    """Return the polygons in which every unit has one, and why the other files are not used."""
    found: Polygons | None = None
    unused: dict[Path, str] = {}
    wanted = bare(units)
    for file in outlines:
        shares = {name: len(wanted & bare(row[name] for row in file.rows)) for name in file.properties}
        best = max(shares, key=lambda name: (shares[name], len(name)), default=None)
        if best is None or shares[best] < len(wanted):
            lacking = f"{best!r} has {shares[best]} of {len(wanted)}" if best else "no feature has a property"
            unused[file.path] = f"no property holds the ids of all units ({lacking})"
        elif found:
            unused[file.path] = f"the polygons are taken from {found.file.path.name}"
        else:
            found = _polygons(file, best)
    return found, unused


def _polygons(file: Outlines, called_by: str) -> Polygons:
    """Return the polygons whose property `called_by` has what the table calls units by: an id, if it is one."""
    name = _name_property(file, called_by)
    if any(re.search(r"\d", row[called_by]) for row in file.rows):
        return Polygons(file, called_by, name, called_by)
    ids = next((each for each in file.properties if each != called_by and _is_id(file, each)), None)
    return Polygons(file, ids, called_by, called_by) if ids else Polygons(file, called_by, name, called_by)


def _is_id(file: Outlines, name: str) -> bool:
    """Say whether a property is called like an id, and is another number for each polygon."""
    texts = [row[name] for row in file.rows]
    return (
        len(set(texts)) == len(texts)
        and all(text.isdecimal() for text in texts)
        and bool(words_of(name) & (ID_WORDS | AREA_WORDS))
    )


def names_by_id(polygons: Polygons | None, roles: Roles) -> dict[str, str]:
    """Return the names of the base units, by the ids of polygons or of the table; none where two units share one."""
    if polygons and polygons.name_property:
        found = {row[polygons.id_property]: row[polygons.name_property] for row in polygons.file.rows}
    else:
        found = dict(roles.names)
    return found if len(set(found.values())) == len(found) else {}


def _name_property(file: Outlines, id_property: str) -> str | None:
    """Return a property of words that is another for each polygon, or None."""
    for name in file.properties:
        texts = [row[name] for row in file.rows]
        if name != id_property and len(set(texts)) == len(texts) and not any(re.search(r"\d", text) for text in texts):
            return name
    return None


def padded_to(units: Sequence[str], polygons: Polygons | None, others: Iterable[Sequence[str]]) -> int | None:
    """Return to how many digits ids are padded, or None where they stay as they are.

    They are where some files have all ids of one length and others shorter ones, and where polygons exist whose ids are
    of different lengths: then the first digits of an id can name a coarser unit.
    """
    ids = [list(units), *map(list, others)]
    if polygons:
        ids.append([row[polygons.id_property] for row in polygons.file.rows])
    if not all(each.isdecimal() for one in ids for each in one):
        return None
    lengths = [{len(each) for each in one} for one in ids]
    longest = max(map(max, lengths))
    if all(each == {longest} for each in lengths):
        return None
    return longest if polygons or {longest} in lengths else None


def padded(unit: str, digits: int | None) -> str:
    """Return an id with its leading zeros."""
    return unit.zfill(digits) if digits else unit


def raumebenen(roles: Roles, digits: int | None) -> list[Raumebene]:
    """Return the coarser Raumebenen that a table names, from the finest on; of two divisions alike the first."""
    found = list[Raumebene]()
    for level, units in roles.levels:
        if any(_alike(units, each.units) for each in found):
            continue
        name = identifier(level.column)
        if name in ("sozialraum", "stadt", *(each.id for each in found)):
            name = f"ebene_{len(found) + 2}"
        prefix, against = _prefix(units, digits)
        names = level.names
        if prefix and names:
            names = {
                padded(unit, digits)[:prefix]: names[above] for unit, above in units.items()
                if above in names and unit not in against
            }  # fmt: skip
        names = dict(sorted(names.items()))
        found.append(Raumebene(name, _label(level), level.column, units, prefix, names, against))
    return found


def _alike(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    pairs = {(one[unit], other[unit]) for unit in one if unit in other}
    return len(pairs) == len(set(one.values())) == len(set(other.values()))


def _prefix(units: Mapping[str, str], digits: int | None) -> tuple[int | None, dict[str, str]]:
    """Return how many leading characters of an id name the coarser unit, and the few units that are put elsewhere.

    None where the ids say nothing of it.
    """
    ids = {padded(unit, digits): unit for unit in units}
    if len({len(each) for each in ids}) != 1:
        return None, {}
    for count in range(1, len(next(iter(ids)))):
        above = {(each[:count], units[unit]) for each, unit in ids.items()}
        if len(above) == len({begin for begin, _ in above}) == len(set(units.values())):
            return count, {}
        against = {unit: units[unit] for each, unit in ids.items() if each[:count] != units[unit].zfill(count)}
        if len(against) <= _EXCEPTIONS * len(units):
            return count, against
    return None, {}


def identifier(column: str) -> str:
    """Return a name for the Raumebene whose units stand in a column."""
    words = [word for word in plain(column).split() if word not in _CODE_WORDS]
    name = re.sub(r"^[^a-z]+", "", "_".join(words))
    return name[:LONGEST] or "ebene"


def _label(level: Level) -> str:
    return identifier(level.column).replace("_", " ").title()


def pattern_of(ids: Iterable[str]) -> str:
    """Return a pattern that fits all ids, as narrow as their digits and letters allow."""
    known = sorted(set(ids))
    lengths = sorted({len(each) for each in known})
    times = f"{{{lengths[0]}}}" if len(lengths) == 1 else f"{{{lengths[0]},{lengths[-1]}}}"
    if all(each.isdecimal() for each in known):
        return rf"\d{times}"
    shapes = {re.sub(r"\d", "9", each) for each in known}
    if len(shapes) == 1:
        parts = re.findall("9+|[^9]+", shapes.pop())
        return "".join(rf"\d{{{len(part)}}}" if part[0] == "9" else re.escape(part) for part in parts)
    return r"\S.*"
