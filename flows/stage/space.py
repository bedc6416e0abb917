"""Stages what describes space: which base unit lies in which unit, what units are called, and their polygons."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from flows.base.db import Value, insert, set_variables, sql
from flows.base.errors import ConfigError, ContractBroken
from flows.profile.correction import Correction
from flows.profile.dialect import POLYGONS
from flows.profile.load import Profile
from flows.profile.source import Source
from flows.profile.source_contract import Assignment, Geometry, Names
from flows.pull.models import Lieferung
from flows.stage.corrections import Row, corrected, record_corrections, registered, repaired
from flows.stage.expected_columns import refuse_other_columns
from flows.stage.read.normalise import Wanted, normalise, unpacked
from flows.stage.read.polygons import polygon_rows
from flows.stage.reconciliation import Reconciliation, write_reconciliations

Entries = Sequence[Correction]


@dataclass
class Space:
    """What the sources say of space, gathered before it goes into the database.

    Each entry says of which row of which file it was made, in the order of the rows; names that only come along
    with polygons have no row of their own.
    """

    assigned: list[dict[str, Value]] = field(default_factory=list)
    names: list[dict[str, Value]] = field(default_factory=list)
    polygons: list[dict[str, Value]] = field(default_factory=list)


@dataclass(frozen=True)
class Read:
    """The rows of one file after registered corrections, and how many it holds, counted apart from reading them."""

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

    @property
    def left_out(self) -> dict[str, int]:
        """How many rows are blank or notes, and how many corrections leave out, as they say themselves."""
        return {**self.layout, "correction": sum(entry.rows for entry in self.entries if entry.action == "drop")}


def stage_space(
    con: duckdb.DuckDBPyConnection,
    profile: Profile,
    lieferungen: Sequence[Lieferung],
    landing: Path,
    run: Path,
) -> None:
    """Fill stage.zuordnung, stage.raum_name and stage.geometrie from the city's space sources and profile.

    Raises:
        ContractBroken: a file is not of its dialect or contract.
        ConfigError: a registered correction no longer matches.
    """
    space, files = Space(), list[Read]()
    for source in profile.sources:
        if source.kind not in ("assignment", "names", "geometry"):
            continue
        known_errors = registered(source, lieferungen, profile.corrections)
        for lieferung in (one for one in lieferungen if one.source == source.id):
            reader = {"assignment": _read_assignment, "names": _read_names, "geometry": _read_geometry}[source.kind]
            written, entries = source.as_written_in(lieferung.name), known_errors[lieferung.name]
            rows, held, layout = _rows(written, lieferung, landing, run)
            mended = corrected(written, lieferung.name, rows, entries)
            record_corrections(con, source, lieferung.name, entries)
            file = Read(written, lieferung, mended, held, layout, _pad_ids(written, mended), entries)
            reader(space, profile, file)
            files.append(file)
    _write(con, profile, space)
    _reconcile(con, files)


def _rows(source: Source, lieferung: Lieferung, landing: Path, run: Path) -> tuple[list[Row], int, dict[str, int]]:
    """Return the rows of a file as text by column, how many it holds, and how many of these are blank or notes.

    An outline is the column ``geometrie``.
    """
    folder, name = run / "plain" / source.id, lieferung.name
    folder.mkdir(parents=True, exist_ok=True)
    delivered = unpacked(lieferung.path_in(landing), name, source.dialect, folder / f"{name}.unpacked")
    if source.dialect.format in POLYGONS:
        polygons = polygon_rows(source, name, delivered)
        return polygons.rows, polygons.held, {}
    plain = normalise(delivered, name, source.dialect, folder / f"{name}.csv", _wanted(source))
    wanted, ignore = _columns(source)
    refuse_other_columns(source.id, name, plain.columns, wanted, [*ignore, *source.ignored_here])
    with plain.path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file)), plain.rows, plain.left_out


def _wanted(source: Source) -> Wanted:
    """Return what is written of a table: all but ignored columns that are called like ours."""
    ignored = [*_columns(source)[1], *source.ignored_here]
    return Wanted(called=source.renamed, leave_out=[each for each in ignored if each.casefold() in ("datei", "zeile")])


def _columns(source: Source) -> tuple[list[str], list[str]]:
    if source.assignment:
        return [source.assignment.unit, *source.assignment.units.values()], source.assignment.ignore
    assert source.names is not None  # noqa: S101 -- the only other tabular kind of space source
    return [source.names.level, source.names.id, source.names.name], []


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


def _read_names(space: Space, _: Profile, file: Read) -> None:
    source, contract = file.source, file.source.names
    assert isinstance(contract, Names)  # noqa: S101 -- chosen by kind
    first_line = {row[contract.level]: row["zeile"] for row in reversed(file.rows)}
    unknown = sorted(set(first_line) - set(contract.levels))
    if unknown:
        told = ", ".join(f"{level!r} in line {first_line[level]}" for level in unknown)
        raise ContractBroken(
            f"Source {source.id}, file {file.lieferung.name}: expected the Raumebenen {', '.join(contract.levels)} in "
            f"column {contract.level}, found also {told}. Add it to `levels` in sources.toml or ask the supplier."
        )
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
            f"found features without {', '.join(lacking)}. Adapt the contract in sources.toml or ask the supplier."
        )
    prefix = {level.id: level.digits for level in profile.city.raumebene if level.membership != "city"}
    _refuse_other_parents(source, contract, prefix, rows)
    own = profile.city.zuschnitt_named(source.zuschnitt) if source.zuschnitt else None
    schemes = [own.base] if own else sorted(profile.city.base)
    mending = repaired(file.entries, rows)
    space.polygons += [
        {**place, "basis": None if contract.level else scheme, "raumebene": contract.level,
         "basis_id": row[contract.id_property], "zuschnitt": own.id if own else None,
         "geojson": row["geometrie"], "crs": contract.crs, "reparieren": place["zeile"] in mending,
         "toleranz": contract.tolerance_m2}
        for place, row in file.numbered for scheme in (schemes[:1] if contract.level else schemes)
    ]  # fmt: skip
    if own:
        named = dict.fromkeys(
            (level, row[contract.id_property][: None if level == contract.level else prefix.get(level)], row[prop])
            for row in rows for level, prop in contract.names.items()
        )  # fmt: skip
        space.names += [
            {"quelle": source.id, "datei": file.lieferung.name, "zeile": None, "zuschnitt": own.id, "raumebene": level,
             "raum_id": raum_id, "name": name}
            for level, raum_id, name in named if name
        ]  # fmt: skip


def _refuse_other_parents(
    source: Source, contract: Geometry, prefix: Mapping[str, int | None], rows: list[Row]
) -> None:
    """Stop when a polygon says that it lies in another unit than its id does.

    Raises:
        ContractBroken: names the polygon and both units.
    """
    for level, parent in contract.parents.items():
        for row in rows:
            told = row[parent.property].zfill(parent.digits or 0)
            by_id = row[contract.id_property][: prefix.get(level)]
            if told != by_id:
                raise ContractBroken(
                    f"Source {source.id}, unit {row[contract.id_property]}: expected {parent.property} to name the "
                    f"{level} {by_id} in which the id lies, found {row[parent.property]!r}. Ask the supplier; a known "
                    "error is an entry in corrections.toml."
                )


_GATHERED = {
    "roh_zuordnung": "zuschnitt VARCHAR, basis VARCHAR, basis_id VARCHAR, raumebene VARCHAR, raum_id VARCHAR",
    "roh_raum_name": "zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, name VARCHAR",
    "roh_geometrie": (
        "basis VARCHAR, raumebene VARCHAR, basis_id VARCHAR, zuschnitt VARCHAR, geojson VARCHAR, crs VARCHAR, "
        "reparieren BOOLEAN, toleranz DOUBLE"
    ),
}


def _write(con: duckdb.DuckDBPyConnection, profile: Profile, space: Space) -> None:
    for table, columns in _GATHERED.items():
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} (quelle VARCHAR, datei VARCHAR, zeile BIGINT, {columns})")
    insert(con, "roh_zuordnung", space.assigned)
    insert(con, "roh_geometrie", space.polygons)
    insert(con, "roh_raum_name", space.names)
    set_variables(con, crs=profile.city.crs)
    _refuse_several_names(con)
    con.execute("INSERT INTO stage.raum_name BY NAME SELECT zuschnitt, raumebene, raum_id, name FROM roh_raum_name")
    given = {(str(row["zuschnitt"]), str(row["raumebene"]), str(row["raum_id"])) for row in space.names}
    insert(
        con, "stage.raum_name",
        [{"zuschnitt": z.id, "raumebene": level.id, "raum_id": unit, "name": name}
         for z in profile.city.zuschnitt for level in profile.city.raumebene
         for unit, name in level.names.items() if (z.id, level.id, unit) not in given],
    )  # fmt: skip
    con.execute(f"CREATE OR REPLACE TEMP TABLE polygon AS {sql('stage/polygon')}")
    nowhere = con.execute(sql("stage/geometrie_verletzt")).fetchone()
    if nowhere:
        raise ContractBroken(
            f"Unit {nowhere[0]}: expected a polygon in {profile.city.crs}, found one that is empty or lies "
            "nowhere. Is `crs` of its source in sources.toml right? Else ask the supplier for the file again."
        )
    _refuse_needless_repair(con)
    for table in ("geometrie", "raum_geometrie", "raum_lage", "geometrie_mangel"):
        con.execute(f"INSERT INTO stage.{table} BY NAME {sql(f'stage/{table}')}")
    con.execute(f"INSERT INTO stage.zuordnung BY NAME {sql('stage/zuordnung')}")


def _refuse_several_names(con: duckdb.DuckDBPyConnection) -> None:
    """Stop when a unit has two names in a Zuschnitt, in rows of one file or in several.

    Raises:
        ContractBroken: names the files, the unit and its names.
    """
    found = con.execute(sql("stage/raum_name_mehrfach")).fetchone()
    if found:
        zuschnitt, level, unit, files, names = found
        raise ContractBroken(
            f"File {files}: expected one name of {level} {unit} (Zuschnitt {zuschnitt}), found "
            f"{' and '.join(map(repr, names))}. Ask the supplier; a known error is an entry in corrections.toml."
        )


def _refuse_needless_repair(con: duckdb.DuckDBPyConnection) -> None:
    """Stop when a polygon is to be repaired that is valid: the source has been mended.

    Raises:
        ConfigError: names the units.
    """
    needless = con.execute(
        "SELECT DISTINCT basis_id FROM polygon WHERE reparieren AND NOT ungueltig ORDER BY 1"
    ).fetchall()
    if needless:
        raise ConfigError(
            f"corrections.toml: expected invalid polygons to repair, found valid ones in unit "
            f"{', '.join(unit for (unit,) in needless)}. Has the source been mended? Then take them out of the entry."
        )


def _reconcile(con: duckdb.DuckDBPyConnection, files: Sequence[Read]) -> None:
    """Write what became of every row of every file, as the staged tables tell it."""
    staged = {(source, name): rows for source, name, rows in con.execute(sql("stage/raum_gezaehlt")).fetchall()}
    for file in files:
        day = file.source.zuschnitt
        account = Reconciliation(
            file.lieferung, file.held, staged.get((file.source.id, file.lieferung.name), 0), left_out=file.left_out,
            padded=file.padded, stichtage=[str(day)] if day else [],
        )  # fmt: skip
        write_reconciliations(con, file.source, [account])
