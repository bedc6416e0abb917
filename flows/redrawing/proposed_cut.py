"""A proposal as a Zuschnitt: the assignment of base units, names, and a profile that `recut --dry-run` takes as it is.

The folder holds a copy of the city's profile with the new Zuschnitt added, and the files that it needs: assignment,
names, and polygons where those of base units hold for today's Zuschnitt only. Ids are kept by a rule that everybody can
check: the part that stays keeps the id, a merged unit goes into the one that took it in, and a new part gets the next
free number, which no Zuschnitt has used before.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

import duckdb
import numpy as np

from flows.base.db import set_variables
from flows.base.errors import ConfigError
from flows.profile.load import Profile
from flows.redrawing.city_ground import CityGround
from flows.redrawing.ground import Ints
from flows.redrawing.proposed_polygons import write_outlines, write_own_polygons

ASSIGNMENT, NAMES = "Zuordnung_Vorschlag.csv", "Raeume_Vorschlag.csv"
POLYGONS = "Polygone_Vorschlag.geojson"
"""Of base units, where those delivered hold for today's Zuschnitt only."""
OUTLINES = "Umrisse_Vorschlag.geojson"
"""For a map; `recut` makes outlines itself."""


@dataclass(frozen=True)
class CutFolder:
    """Where a proposed Zuschnitt lies, and how it is called."""

    folder: Path
    valid_from: dt.date

    @property
    def cities(self) -> Path:
        """What `--cities` is given."""
        return self.folder / "cities"


def unit_ids(
    ground: CityGround, labels: Ints, known: Iterable[str], pattern: str | None,
    others: Iterable[tuple[Ints, Ints]] = (),
) -> list[str]:  # fmt: skip
    """Return the id of each unit of a proposed cut: today's, then a free one for each new unit.

    A number that no base unit has, as that of a split which was not worth it, gets no id but an empty text.

    Args:
        ground: today's units.
        labels: shape (n,), the proposed unit of each base unit.
        known: every id that any Zuschnitt uses or has used.
        pattern: what an id of the city's Sozialräume looks like.
        others: base units and their units in other cuts that are shown beside it, which may have units of their own.

    Raises:
        ConfigError: no free id of that pattern can be made.
    """
    ids, used = list(ground.units), set(known) | set(ground.units)
    for unit, member in _new_units(len(ground.units), [(np.arange(len(labels)), labels), *others]).items():
        made = _free_id(ground.units[ground.today[member]], _nest_of(ground, member), used, pattern)
        ids += [""] * (unit + 1 - len(ids))
        ids[unit] = made
        used.add(made)
    return ids


def _new_units(units: int, cuts: Iterable[tuple[Ints, Ints]]) -> dict[int, int]:
    """Return the units from number `units` on with their first base unit, those of the first of the cuts first."""
    found: dict[int, int] = {}
    for members, labels in cuts:
        for unit in np.unique(labels[labels >= units]).tolist():
            found.setdefault(unit, int(members[(labels == unit).argmax()]))
    return found


def _nest_of(ground: CityGround, member: int) -> str:
    return ground.nests[ground.nest[member]] if len(ground.nest) and ground.nests else ""


def _free_id(parent: str, nest: str, used: set[str], pattern: str | None) -> str:
    """Return the next number after all of the same larger unit, written as its siblings are."""
    prefix = nest if nest and parent.startswith(nest) else re.sub(r"\d*$", "", parent)
    width = len(parent) - len(prefix)
    siblings = [each[len(prefix) :] for each in used if each.startswith(prefix) and len(each) == len(parent)]
    numbers = [int(each) for each in siblings if each.isdigit()]
    for number in range(max(numbers, default=0) + 1, 10**width if width else 0):
        made = f"{prefix}{number:0{width}d}"
        if made not in used and (pattern is None or re.fullmatch(pattern, made)):
            return made
    raise ConfigError(
        f"Expected a free id for the part split from {parent}, like those of its siblings ({prefix}...), found none. "
        "Keep the unit as it is with --keep, or number it by hand in the proposal's assignment."
    )


def write_cut(
    con: duckdb.DuckDBPyConnection, profile: Profile, ground: CityGround, labels: Ints, ids: Sequence[str],
    into: CutFolder,
) -> None:  # fmt: skip
    """Write a proposed cut as a Zuschnitt of the profile in a folder of its own.

    Raises:
        ConfigError: the Zuschnitt would not be the newest of the profile.
    """
    must_be_later(profile, into.valid_from)
    into.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    unit_of = {each: ids[label] for label, members in zip(labels, ground.members, strict=True) for each in members}
    assigned = [level.id for level in profile.city.raumebene if level.membership == "assignment"]
    set_variables(con, zuschnitt=ground.zuschnitt)
    rows = con.execute(
        "SELECT basis_id, map_from_entries(list((raumebene, raum_id))) FROM stage.zuordnung "
        "WHERE zuschnitt = getvariable('zuschnitt') GROUP BY basis_id ORDER BY basis_id"
    ).fetchall()  # fmt: skip
    lines = [
        [basis_id, *(unit_of.get(basis_id, own.get(level, "")) if level == "sozialraum" else own.get(level, "")
                     for level in assigned)]
        for basis_id, own in rows
    ]  # fmt: skip
    _write(into.folder / ASSIGNMENT, ["BASISEINHEIT", *(level.upper() for level in assigned)], lines)
    named = _named(con, ground, labels, ids)
    _write(into.folder / NAMES, ["EBENE", "NUMMER", "NAME"], named)
    write_own_polygons(con, ground.zuschnitt, into.folder / POLYGONS)
    names = {unit: name for level, unit, name in named if level == "sozialraum"}
    write_outlines(con, profile.city.crs, ground, labels, ids, names=names, path=into.folder / OUTLINES)
    _write_profile(profile, ground, into, assigned)


def must_be_later(profile: Profile, valid_from: dt.date) -> None:
    """Stop unless a Zuschnitt of that day would be the newest of the profile.

    Raises:
        ConfigError: it would not.
    """
    newest = profile.city.zuschnitt[-1].valid_from
    if valid_from <= newest:
        raise ConfigError(
            f"--valid-from: expected a day after the newest Zuschnitt of {profile.city.id}, {newest}, found "
            f"{valid_from}.",
            code="FS-USE-01",
        )


def _named(con: duckdb.DuckDBPyConnection, ground: CityGround, labels: Ints, ids: Sequence[str]) -> list[list[str]]:
    """Return level, id and name of each unit; a new one is called after the unit that it was split from.

    Where there are several of one unit, or the name is that of another, they are numbered.
    """
    rows = con.execute(
        "SELECT raumebene, raum_id, name FROM stage.raum_name WHERE zuschnitt = getvariable('zuschnitt') ORDER BY ALL"
    ).fetchall()
    names = {unit: name for level, unit, name in rows if level == "sozialraum"}
    new = _new_units(len(ground.units), [(np.arange(len(labels)), labels)])
    called = names | dict(zip((ids[unit] for unit in new), _new_names(ground, new, names), strict=True))
    own = [(ids[unit], called.get(ids[unit])) for unit in np.unique(labels).tolist()]
    return [[level, unit, name] for level, unit, name in rows if level != "sozialraum"] + [
        ["sozialraum", unit, name] for unit, name in own if name
    ]


def _new_names(ground: CityGround, new: Mapping[int, int], names: Mapping[str, str]) -> Iterator[str]:
    """Yield a name for each new unit (number = its first base unit) that no other unit has."""
    parents = [ground.units[ground.today[member]] for member in new.values()]
    taken = set(names.values())
    for parent in parents:
        name = names.get(parent, parent)
        alone = [f"{name} (neu)"] if parents.count(parent) == 1 else []
        numbered = (f"{name} (neu {number})" for number in count(1))
        found = next(each for each in chain(alone, numbered) if each not in taken)
        taken.add(found)
        yield found


def _write_profile(profile: Profile, ground: CityGround, into: CutFolder, assigned: Sequence[str]) -> None:
    folder = into.cities / profile.folder.name
    shutil.rmtree(into.cities, ignore_errors=True)
    shutil.copytree(profile.folder, folder)
    today = next(each for each in profile.city.zuschnitt if each.id == ground.zuschnitt)
    nested = today.nested if isinstance(today.nested, bool) else list(today.nested)
    when, name = into.valid_from.isoformat(), f"vorschlag_{into.valid_from:%Y_%m_%d}"
    with (folder / "city.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\n[[zuschnitt]]\nvalid_from = {when}\nbase = "{today.base}"\n'
            f"nested = {str(nested).lower() if isinstance(nested, bool) else nested}\n"
            'note = "Vorschlag, nicht beschlossen"\n'
        )
    units = ", ".join(f'{level} = "{level.upper()}"' for level in assigned)
    levels = ", ".join(f'{level.id} = "{level.id}"' for level in profile.city.raumebene)
    common = (
        f'connector = "drop_folder"\nfolder = {_quoted(str(into.folder.resolve()))}\n'
        f"licence = {_quoted(profile.city.licence)}\nattribution = {_quoted(profile.city.attribution)}\n"
        f"zuschnitt = {when}\n"
    )
    gaps = [
        source.geometry.tolerance_m2 for source in profile.sources
        if source.geometry and not source.geometry.level and source.zuschnitt == today.valid_from
    ]  # fmt: skip
    with (folder / "sources.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\n[source.zuordnung_{name}]\ntitle_de = "Vorgeschlagene Zuordnung"\ntitle_en = "Proposed assignment"\n'
            f"file = '{re.escape(ASSIGNMENT)}'\n{common}"
            f'assignment = {{ unit = "BASISEINHEIT", units = {{ {units} }} }}\n'
            f'\n[source.namen_{name}]\ntitle_de = "Namen der vorgeschlagenen Räume"\n'
            f"title_en = \"Names of proposed units\"\nfile = '{re.escape(NAMES)}'\n{common}"
            f'names = {{ level = "EBENE", id = "NUMMER", name = "NAME", levels = {{ {levels} }} }}\n'
        )
        if (into.folder / POLYGONS).exists():
            file.write(
                f'\n[source.polygone_{name}]\ntitle_de = "Polygone der Basiseinheiten"\n'
                f"title_en = \"Polygons of base units\"\nfile = '{re.escape(POLYGONS)}'\n{common}"
                f'dialect = {{ format = "geojson" }}\ngeometry = {{ id_property = "BASISEINHEIT", '
                f'crs = "{profile.city.crs}", tolerance_m2 = {max(gaps, default=1.0)} }}\n'
            )


def with_deliveries(into: CutFolder, delivered: Mapping[str, Path]) -> Path:
    """Return a folder for `--from` that has delivered files (name -> where it lies) as links beside those of the cut.

    Raises:
        ConfigError: the folder cannot be filled with links.
    """
    folder = into.folder / "lieferungen"
    shutil.rmtree(folder, ignore_errors=True)
    own = {name: path for name in (ASSIGNMENT, NAMES, POLYGONS) if (path := into.folder / name).exists()}
    try:
        for name, path in (dict(delivered) | own).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            (folder / name).symlink_to(path.resolve())
    except OSError as problem:
        raise ConfigError(
            f"{folder}: expected a folder that takes links to the delivered files: {problem.strerror}. "
            "Put the files of the proposal into the folder of --from by hand.",
            code="FS-USE-03",
        ) from problem
    return folder


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
