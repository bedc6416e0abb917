"""Reads what a file says of space: which base unit lies in which unit, names, polygons, and lines that part them.

What the files of all sources say is gathered in `Space`; flows.stage.space writes it into the database.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flows.base.db import Value
from flows.base.errors import ContractBroken
from flows.base.visible import visible
from flows.profile.city import City
from flows.profile.correction import Correction
from flows.profile.dialect import POLYGONS
from flows.profile.load import Profile
from flows.profile.source import Source
from flows.profile.source_contract import Assignment, Barriers, Geometry, Names
from flows.pull.models import Lieferung
from flows.stage.corrections import Row, corrected, repaired
from flows.stage.expected_columns import refuse_other_columns
from flows.stage.read.long import known_by_format
from flows.stage.read.normalise import OTHER_ROWS, Wanted, normalise, unpacked
from flows.stage.read.plain_path import plain_path
from flows.stage.read.polygons import polygon_rows
from flows.stage.reconciliation import Reconciliation

Entries = Sequence[Correction]


@dataclass
class Space:
    """What the sources say of space, gathered before it goes into the database.

    Each entry says of which row of which file it was made, in the order of the rows; names that only come along
    with polygons or assignments have no row of their own.
    """

    assigned: list[dict[str, Value]] = field(default_factory=list)
    names: list[dict[str, Value]] = field(default_factory=list)
    polygons: list[dict[str, Value]] = field(default_factory=list)
    lines: list[dict[str, Value]] = field(default_factory=list)


@dataclass(frozen=True)
class Read:
    """The rows of one file after registered corrections, and how many it holds, counted by another reader."""

    source: Source
    lieferung: Lieferung
    rows: list[Row]
    held: int
    layout: Mapping[str, int]
    padded: int
    entries: Entries

    @property
    def numbered(self) -> Iterator[tuple[dict[str, Value], Row]]:
        """Yield each row with the entry that says where it stands."""
        for place, row in enumerate(self.rows):
            yield {"quelle": self.source.id, "datei": self.lieferung.name, "zeile": place}, row

    def reconciled(self, staged: int) -> Reconciliation:
        """Return what became of the rows of the file; what corrections leave out is what they say themselves."""
        left_out = {**self.layout, "correction": sum(entry.rows for entry in self.entries if entry.action == "drop")}
        day = self.source.zuschnitt
        return Reconciliation(
            self.lieferung,
            self.held,
            staged,
            left_out=left_out,
            padded=self.padded,
            stichtage=[str(day)] if day else [],
        )


def read_space_file(source: Source, lieferung: Lieferung, landing: Path, run: Path, entries: Entries) -> Read:
    """Return the rows of a file, registered corrections applied.

    Raises:
        ContractBroken: it is not of its dialect or contract.
        ConfigError: a registered correction no longer matches.
    """
    written = source.as_written_in(lieferung.name)
    rows, held, layout = _rows(written, lieferung, landing, run)
    mended = corrected(written, lieferung.name, rows, entries)
    _take_ids_out(written, lieferung.name, mended)
    return Read(written, lieferung, mended, held, layout, _pad_ids(written, mended), entries)


def gather(space: Space, profile: Profile, file: Read) -> None:
    """Add what the file says to `space`.

    Raises:
        ContractBroken: a row breaks the contract.
    """
    READERS[file.source.kind](space, profile, file)


def _rows(source: Source, lieferung: Lieferung, landing: Path, run: Path) -> tuple[list[Row], int, dict[str, int]]:
    """Return the rows of a file as text by column, how many it holds, and how many of these are blank or notes.

    An outline is the column ``geometrie``.
    """
    folder, name = run / "plain" / source.id, lieferung.name
    folder.mkdir(parents=True, exist_ok=True)
    delivered = unpacked(lieferung.path_in(landing), name, source.dialect, plain_path(folder, name, ".unpacked"))
    if source.dialect.format in POLYGONS:
        polygons = polygon_rows(source, name, delivered)
        rows, left_out = _picked(source, name, polygons.rows)
        return rows, polygons.held, left_out
    plain = normalise(delivered, name, source.dialect, plain_path(folder, name, ".csv"), _wanted(source))
    wanted, ignore = _columns(source)
    known = known_by_format(source.dialect.format, plain.columns, [*wanted, *ignore])
    refuse_other_columns(source.id, name, plain.columns, wanted, [*ignore, *known, *source.ignored_here])
    with plain.path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file)), plain.rows, plain.left_out


def _picked(source: Source, name: str, rows: list[Row]) -> tuple[list[Row], dict[str, int]]:
    """Return the features that the contract asks for, and how many others each rule leaves out.

    Raises:
        ContractBroken: a feature lacks a property by which they are picked, or none is left.
    """
    contract, left_out, taken = source.drawn, dict[str, int](), list[Row]()
    if contract is None or not (contract.only or contract.drop):
        return rows, {}
    asked = [*contract.only, *(rule.column for rule in contract.drop)]
    for number, row in enumerate(rows, start=1):
        if lacking := [each for each in asked if each not in row]:
            raise ContractBroken(
                f"File {name}, feature {number}: expected the properties by which `only` and `drop` pick features, "
                f"found none called {', '.join(lacking)}. Correct the contract in sources.toml or ask the supplier.",
                code="FS-CONTRACT-10",
            ).at(f"File {name}, feature {number}")
        rule = next((each.rule for each in contract.drop if each.leaves_out(row[each.column])), None)
        if rule is None and any(row[each] not in texts for each, texts in contract.only.items()):
            rule = OTHER_ROWS
        if rule is None:
            taken.append(row)
        else:
            left_out[rule] = left_out.get(rule, 0) + 1
    if not taken:
        raise ContractBroken(
            f"File {name}: expected features that the contract asks for, found only such as a rule leaves out. Correct "
            "`only` or `drop` in sources.toml, or ask the supplier.",
            code="FS-CONTRACT-06",
        ).at(f"File {name}")
    return taken, left_out


def _wanted(source: Source) -> Wanted:
    """Return what is written of a table: all but ignored columns that are called like ours."""
    ignored = [*_columns(source)[1], *source.ignored_here]
    contract = source.assignment or source.names
    assert contract is not None  # noqa: S101 -- the two tabular kinds of space sources
    return Wanted(
        called=source.renamed, leave_out=[each for each in ignored if each.casefold() in ("datei", "zeile")],
        drop=contract.drop, only=contract.only,
    )  # fmt: skip


def _columns(source: Source) -> tuple[list[str], list[str]]:
    contract = source.assignment or source.names
    assert contract is not None  # noqa: S101 -- the two tabular kinds of space sources
    picked = [*contract.only, *(rule.column for rule in contract.drop)]
    section = [source.dialect.section or ""]
    if isinstance(contract, Assignment):
        told = [contract.unit, *contract.units.values(), *contract.names.values(), *picked]
        return told, [*contract.ignore, *section]
    return [contract.level, contract.id, contract.name, *picked], section


def _take_ids_out(source: Source, name: str, rows: list[Row]) -> None:
    """Leave of each unit's cell or property the id that stands in it, where the contract says so.

    Raises:
        ContractBroken: a cell is written in another way; names the line.
    """
    contract = source.geometry or source.assignment
    if contract is None or contract.unit_pattern is None:
        return
    column = contract.id_property if isinstance(contract, Geometry) else contract.unit
    for number, row in enumerate(rows, start=1):
        found = re.fullmatch(contract.unit_pattern, row.get(column, ""))
        if not found or found[1] is None:
            of_map = isinstance(contract, Geometry)
            place, kind = (f"feature {number}", "property") if of_map else (f"line {row['zeile']}", "column")
            raise ContractBroken(
                f"File {name}, {place}: expected in {kind} {column} an id as `unit_pattern` says, found "
                f"{visible(row.get(column, ''))}. Correct the contract in sources.toml, or leave it out by `drop`.",
                code="FS-CONTRACT-16",
            ).at(f"File {name}, {place}")
        row[column] = found[1]


def _pad_ids(source: Source, rows: list[Row]) -> int:
    """Give ids back the leading zeros that they lost, where the contract says so; return how many were short."""
    contract = source.geometry or source.assignment
    if contract is None or contract.unit_digits is None:
        return 0
    column = contract.id_property if isinstance(contract, Geometry) else contract.unit
    short = [row for row in rows if len(row.get(column, "")) < contract.unit_digits and row.get(column)]
    for row in short:
        row[column] = row[column].zfill(contract.unit_digits)
    return len(short)


def _read_assignment(space: Space, profile: Profile, file: Read) -> None:
    source, contract = file.source, file.source.assignment
    assert isinstance(contract, Assignment)  # noqa: S101 -- chosen by kind
    zuschnitt = profile.city.zuschnitt_named(source.zuschnitt) if source.zuschnitt else None
    assert zuschnitt is not None  # noqa: S101 -- the profile was checked
    space.assigned += [
        {**place, "zuschnitt": zuschnitt.id, "basis": zuschnitt.base, "basis_id": row[contract.unit],
         "raumebene": level, "raum_id": row[column]}
        for place, row in file.numbered for level, column in contract.units.items()
    ]  # fmt: skip
    where = {level: _where_named(profile.city, contract, level) for level in contract.names}
    space.names += _named_beside(
        file, zuschnitt.id, ((level, row[where[level][0]][: where[level][1]], row[column])
                             for row in file.rows for level, column in contract.names.items()),
    )  # fmt: skip


def _where_named(city: City, contract: Assignment, level: str) -> tuple[str, int | None]:
    """Return the column with the ids of the units of a Raumebene, and how many characters of them are its ids."""
    finest = contract.units.get(city.raumebene[0].id, contract.unit)
    digits = next(each.digits for each in city.raumebene if each.id == level)
    return (contract.units[level], None) if level in contract.units else (finest, digits)


def _named_beside(file: Read, zuschnitt: str, named: Iterable[tuple[str, str, str]]) -> list[dict[str, Value]]:
    """Return entries for names (Raumebene, unit, name) that come along with other things, each once."""
    return [
        {"quelle": file.source.id, "datei": file.lieferung.name, "zeile": None, "zuschnitt": zuschnitt,
         "raumebene": level, "raum_id": raum_id, "name": name}
        for level, raum_id, name in dict.fromkeys(named) if name
    ]  # fmt: skip


def _read_names(space: Space, _: Profile, file: Read) -> None:
    source, contract = file.source, file.source.names
    assert isinstance(contract, Names)  # noqa: S101 -- chosen by kind
    first_line = {row[contract.level]: row["zeile"] for row in reversed(file.rows)}
    unknown = sorted(set(first_line) - set(contract.levels))
    if unknown:
        found = ", ".join(f"{level!r} in line {first_line[level]}" for level in unknown)
        raise ContractBroken(
            f"Source {source.id}, file {file.lieferung.name}: expected the Raumebenen {', '.join(contract.levels)} in "
            f"column {contract.level}, found also {found}. Add it to `levels` in sources.toml or ask the supplier.",
            code="FS-CONTRACT-07",
        ).at(f"Source {source.id}, file {file.lieferung.name}")
    space.names += [
        {**place, "zuschnitt": str(source.zuschnitt), "raumebene": contract.levels[row[contract.level]],
         "raum_id": row[contract.id], "name": row[contract.name]}
        for place, row in file.numbered
    ]  # fmt: skip


def _read_geometry(space: Space, profile: Profile, file: Read) -> None:
    source, rows, contract = file.source, file.rows, file.source.geometry
    assert isinstance(contract, Geometry)  # noqa: S101 -- chosen by kind
    needed = {
        contract.id_property,
        *contract.names.values(),
        *(parent.property for parent in contract.parents.values()),
    }
    lacking = sorted(name for name in needed if not rows or any(name not in row for row in rows))
    if lacking:
        raise ContractBroken(
            f"Source {source.id}: expected the properties {', '.join(sorted(needed))} on every feature, "
            f"found features without {', '.join(lacking)}. Adapt the contract in sources.toml or ask the supplier.",
            code="FS-CONTRACT-10",
        ).at(f"Source {source.id}")
    prefix = {level.id: level.digits for level in profile.city.raumebene if level.membership != "city"}
    _refuse_other_parents(source, contract, prefix, rows)
    own = profile.city.zuschnitt_named(source.zuschnitt) if source.zuschnitt else None
    schemes = [own.base] if own else sorted(profile.city.base)
    mending = repaired(file.entries, rows)
    space.polygons += [
        {**place, "basis": None if contract.level else scheme, "raumebene": contract.level,
         "basis_id": row[contract.id_property], "zuschnitt": own.id if own else None,
         "geojson": row["geometrie"], "crs": contract.crs, "reparieren": place["zeile"] in mending,
         "toleranz": contract.tolerance_m2, "nord_zuerst": contract.axes == "north_east"}
        for place, row in file.numbered for scheme in (schemes[:1] if contract.level else schemes)
    ]  # fmt: skip
    if own:
        space.names += _named_beside(
            file, own.id,
            ((level, row[contract.id_property][: None if level == contract.level else prefix.get(level)], row[prop])
             for row in rows for level, prop in contract.names.items()),
        )  # fmt: skip


def _read_barriers(space: Space, _: Profile, file: Read) -> None:
    contract = file.source.barriers
    assert isinstance(contract, Barriers)  # noqa: S101 -- chosen by kind
    north_first = contract.axes == "north_east"
    space.lines += [
        {**place, "geojson": row["geometrie"], "crs": contract.crs, "nord_zuerst": north_first}
        for place, row in file.numbered
    ]


def _refuse_other_parents(
    source: Source, contract: Geometry, prefix: Mapping[str, int | None], rows: list[Row]
) -> None:
    """Stop when a polygon says that it lies in another unit than its id does.

    Raises:
        ContractBroken: names the polygon and both units.
    """
    for level, parent in contract.parents.items():
        for row in rows:
            stated = row[parent.property].zfill(parent.digits or 0)
            by_id = row[contract.id_property][: prefix.get(level)]
            if stated != by_id:
                raise ContractBroken(
                    f"Source {source.id}, unit {row[contract.id_property]}: expected {parent.property} to name the "
                    f"{level} {by_id} in which the id lies, found {row[parent.property]!r}. Ask the supplier; a known "
                    "error is an entry in corrections.toml.",
                    code="FS-CONTRACT-16",
                ).at(f"Source {source.id}")


READERS = {
    "assignment": _read_assignment, "names": _read_names, "geometry": _read_geometry, "barriers": _read_barriers,
}  # fmt: skip
"""How each kind of source that describes space is read."""
