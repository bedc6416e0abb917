"""Stages what describes space: which base unit lies in which unit, what units are called, and their polygons."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from flows.base.db import Value, insert, literal, set_variables, sql, use_spatial
from flows.base.errors import ConfigError, ContractBroken
from flows.profile.correction import Correction
from flows.profile.dialect import POLYGONS
from flows.profile.load import Profile
from flows.profile.source import Source
from flows.profile.source_contract import Assignment, Geometry, Names
from flows.pull.models import Lieferung
from flows.stage.corrections import Row, corrected, record_corrections, registered, repaired
from flows.stage.expected_columns import refuse_other_columns
from flows.stage.kept_results import Kept, KeptResults, load
from flows.stage.location import refuse_sources_far_apart, refuse_strange_places
from flows.stage.read.normalise import Wanted, normalise, unpacked
from flows.stage.read.polygons import polygon_rows
from flows.stage.reconciliation import Reconciliation, write_reconciliations

Entries = Sequence[Correction]
_File = tuple[str, str]
"""A file by the id of its source and its name."""


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


def stage_space(
    con: duckdb.DuckDBPyConnection,
    profile: Profile,
    lieferungen: Sequence[Lieferung],
    landing: Path,
    run: Path,
    kept: KeptResults | None = None,
) -> None:
    """Fill stage.zuordnung, stage.raum_name and stage.geometrie from the city's space sources and profile.

    Files whose result is `kept` are not read.

    Raises:
        ContractBroken: a file is not of its dialect or contract.
        ConfigError: a registered correction no longer matches.
    """
    files = [
        (source, one) for source in profile.sources if source.kind in _READERS
        for one in lieferungen if one.source == source.id
    ]  # fmt: skip
    known_errors = {
        source.id: registered(source, lieferungen, profile.corrections) for source, _ in files
    }  # fmt: skip
    notes = _load_kept(con, files, kept)
    space, new = Space(), dict[_File, Read]()
    for source, lieferung in files:
        entries = known_errors[source.id][lieferung.name]
        record_corrections(con, source, lieferung.name, entries)
        if (source.id, lieferung.name) in notes:
            continue
        written = source.as_written_in(lieferung.name)
        rows, held, layout = _rows(written, lieferung, landing, run)
        mended = corrected(written, lieferung.name, rows, entries)
        file = Read(written, lieferung, mended, held, layout, _pad_ids(written, mended), entries)
        _READERS[source.kind](space, profile, file)
        new[source.id, lieferung.name] = file
    _write(con, profile, space)
    _write_defects(con, files, kept)
    reconciled = _reconcile(con, files, new, notes)
    for source, lieferung in files:
        if kept and (source.id, lieferung.name) in new:
            at = f"quelle = {literal(source.id)} AND datei = {literal(lieferung.name)}"
            queries = {table: f"FROM {table} WHERE {at}" for table in _GATHERED}
            kept.keep(con, kept.keys.of(source, lieferung), queries, reconciled[source.id, lieferung.name].note)


def _load_kept(
    con: duckdb.DuckDBPyConnection, files: Sequence[tuple[Source, Lieferung]], kept: KeptResults | None
) -> dict[_File, Mapping[str, Any]]:
    """Fill the tables of gathered rows with what is kept; return what was noted of each file that was."""
    _create_gathered(con)
    if kept is None:
        return {}
    addressed = {(source.id, one.name): kept.find(kept.keys.of(source, one)) for source, one in files}
    found = {file: result for file, result in addressed.items() if result}
    try:
        for table in _GATHERED:
            load(con, table, [result.tables[table] for result in found.values()])
    except duckdb.Error:  # a file went away, or is none of Parquet although its sha256 is right
        _create_gathered(con)
        return {}
    return {file: result.note for file, result in found.items()}


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
        found = ", ".join(f"{level!r} in line {first_line[level]}" for level in unknown)
        raise ContractBroken(
            f"Source {source.id}, file {file.lieferung.name}: expected the Raumebenen {', '.join(contract.levels)} in "
            f"column {contract.level}, found also {found}. Add it to `levels` in sources.toml or ask the supplier."
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
            f"found features without {', '.join(lacking)}. Adapt the contract in sources.toml or ask the supplier."
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
            stated = row[parent.property].zfill(parent.digits or 0)
            by_id = row[contract.id_property][: prefix.get(level)]
            if stated != by_id:
                raise ContractBroken(
                    f"Source {source.id}, unit {row[contract.id_property]}: expected {parent.property} to name the "
                    f"{level} {by_id} in which the id lies, found {row[parent.property]!r}. Ask the supplier; a known "
                    "error is an entry in corrections.toml."
                ).at(f"Source {source.id}")


_READERS = {"assignment": _read_assignment, "names": _read_names, "geometry": _read_geometry}
"""How each kind of source that describes space is read."""

_GATHERED = {
    "roh_zuordnung": "zuschnitt VARCHAR, basis VARCHAR, basis_id VARCHAR, raumebene VARCHAR, raum_id VARCHAR",
    "roh_raum_name": "zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, name VARCHAR",
    "polygon": (
        "basis VARCHAR, raumebene VARCHAR, basis_id VARCHAR, zuschnitt VARCHAR, reparieren BOOLEAN, toleranz DOUBLE, "
        "ungueltig BOOLEAN, wkb BLOB"
    ),
}
"""The temporary tables of what all files say of space, by file and row; what is kept of a file is its part of them."""

_OUTLINES = (
    "basis VARCHAR, raumebene VARCHAR, basis_id VARCHAR, zuschnitt VARCHAR, geojson VARCHAR, crs VARCHAR, "
    "reparieren BOOLEAN, toleranz DOUBLE, nord_zuerst BOOLEAN"
)


def _create_gathered(con: duckdb.DuckDBPyConnection) -> None:
    for table, columns in _GATHERED.items():
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} (quelle VARCHAR, datei VARCHAR, zeile BIGINT, {columns})")


def _write(con: duckdb.DuckDBPyConnection, profile: Profile, space: Space) -> None:
    insert(con, "roh_zuordnung", space.assigned)
    insert(con, "roh_raum_name", space.names)
    _refuse_several_names(con)
    con.execute("INSERT INTO stage.raum_name BY NAME SELECT zuschnitt, raumebene, raum_id, name FROM roh_raum_name")
    given = set(con.execute("SELECT zuschnitt, raumebene, raum_id FROM roh_raum_name").fetchall())
    insert(
        con, "stage.raum_name",
        [{"zuschnitt": z.id, "raumebene": level.id, "raum_id": unit, "name": name}
         for z in profile.city.zuschnitt for level in profile.city.raumebene
         for unit, name in level.names.items() if (z.id, level.id, unit) not in given],
    )  # fmt: skip
    if space.polygons:
        _add_polygons(con, profile, space)
        refuse_sources_far_apart(con)
    for table in ("geometrie", "raum_geometrie", "raum_lage"):
        con.execute(f"INSERT INTO stage.{table} BY NAME {sql(f'stage/{table}')}")
    con.execute(f"INSERT INTO stage.zuordnung BY NAME {sql('stage/zuordnung')}")


def _add_polygons(con: duckdb.DuckDBPyConnection, profile: Profile, space: Space) -> None:
    """Add the polygons that were read to the table `polygon`, in the city's coordinates."""
    use_spatial(con)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE roh_geometrie (quelle VARCHAR, datei VARCHAR, zeile BIGINT, {_OUTLINES})"
    )
    insert(con, "roh_geometrie", space.polygons)
    set_variables(con, crs=profile.city.crs)
    refuse_strange_places(con, profile.city)
    con.execute(f"INSERT INTO polygon BY NAME {sql('stage/polygon')}")
    nowhere = con.execute(sql("stage/geometrie_verletzt")).fetchone()
    if nowhere:
        raise ContractBroken(
            f"Unit {nowhere[0]}: expected a polygon in {profile.city.crs}, found one that is empty or lies "
            "nowhere. Is `crs` of its source in sources.toml right? Else ask the supplier for the file again."
        )
    _refuse_needless_repair(con)


def _write_defects(
    con: duckdb.DuckDBPyConnection, files: Sequence[tuple[Source, Lieferung]], kept: KeptResults | None
) -> None:
    """Fill stage.geometrie_mangel, source by source, since a polygon may overlap one of another file of its source."""
    delivered: dict[str, tuple[Source, list[Lieferung]]] = {}
    for source, one in files:
        if source.kind == "geometry":
            delivered.setdefault(source.id, (source, []))[1].append(one)
    for source, own in delivered.values():
        address = kept.keys.of_all(source, own) if kept else None
        if kept and address and _load_defects(con, kept.find(address)):
            continue
        use_spatial(con)
        set_variables(con, quelle=source.id)
        con.execute(f"INSERT INTO stage.geometrie_mangel BY NAME {sql('stage/geometrie_mangel')}")
        if kept and address:
            query = f"FROM stage.geometrie_mangel WHERE quelle = {literal(source.id)}"
            kept.keep(con, address, {"geometrie_mangel": query}, {})


def _load_defects(con: duckdb.DuckDBPyConnection, found: Kept | None) -> bool:
    with suppress(duckdb.Error):  # see _load_kept
        if found:
            load(con, "stage.geometrie_mangel", [found.tables["geometrie_mangel"]])
            return True
    return False


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


def _reconcile(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[tuple[Source, Lieferung]],
    new: Mapping[_File, Read],
    notes: Mapping[_File, Mapping[str, Any]],
) -> dict[_File, Reconciliation]:
    """Write and return what became of every row of every file, kept or read now, as the staged tables show it."""
    staged = {(source, name): rows for source, name, rows in con.execute(sql("stage/raum_gezaehlt")).fetchall()}
    reconciled = {}
    for source, lieferung in files:
        file = source.id, lieferung.name
        rows = staged.get(file, 0)
        account = new[file].reconciled(rows) if file in new else Reconciliation.from_note(lieferung, notes[file])
        reconciled[file] = replace(account, staged=rows)
        write_reconciliations(con, source, [reconciled[file]])
    return reconciled
