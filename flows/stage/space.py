"""Stages what describes space: which base unit lies in which unit, what units are called, their polygons and barriers.

Files are read by flows.stage.space_files; here what they say is written, compared with each other, and kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from flows.base.db import Value, insert, set_variables, sql, use_spatial
from flows.base.errors import ConfigError, ContractBroken
from flows.profile.load import Profile
from flows.profile.source import Source
from flows.pull.models import Lieferung
from flows.stage.corrections import record_corrections, registered
from flows.stage.kept_results import KeptResults
from flows.stage.kept_space import (
    Delivered,
    FileName,
    create_gathered,
    keep_defects,
    keep_file,
    keep_together,
    load_defects,
    load_files,
    load_together,
)
from flows.stage.location import refuse_sources_far_apart, refuse_strange_places
from flows.stage.reconciliation import Reconciliation, write_reconciliations
from flows.stage.space_files import READERS, Read, Space, gather, read_space_file


def stage_space(
    con: duckdb.DuckDBPyConnection,
    profile: Profile,
    lieferungen: Sequence[Lieferung],
    landing: Path,
    run: Path,
    kept: KeptResults | None = None,
) -> None:
    """Fill what stage has of space (zuordnung, raum_name, geometrie, barriere) from the city's sources and profile.

    Files whose result is `kept` are not read; where all that they make together is, nothing is made.

    Raises:
        ContractBroken: a file is not of its dialect or contract.
        ConfigError: a registered correction no longer matches.
    """
    files = space_files(profile, lieferungen)
    known_errors = {
        source.id: registered(source, lieferungen, profile.corrections) for source, _ in files
    }  # fmt: skip
    for source, lieferung in files:
        record_corrections(con, source, lieferung.name, known_errors[source.id][lieferung.name])
    if accounts := load_together(con, files, kept) if kept else []:
        for (source, _), account in zip(files, accounts, strict=True):
            write_reconciliations(con, source, [account])
        return
    create_gathered(con)
    notes = load_files(con, files, kept) if kept else {}
    space, new = Space(), dict[FileName, Read]()
    for source, lieferung in files:
        if (source.id, lieferung.name) in notes:
            continue
        file = read_space_file(source, lieferung, landing, run, known_errors[source.id][lieferung.name])
        gather(space, profile, file)
        new[source.id, lieferung.name] = file
    _write(con, profile, space)
    _write_defects(con, files, kept)
    reconciled = _reconcile(con, files, new, notes)
    if kept:
        for source, lieferung in files:
            if (source.id, lieferung.name) in new:
                keep_file(con, (source, lieferung), reconciled[source.id, lieferung.name], kept)
        keep_together(con, files, reconciled.values(), kept)


def space_files(profile: Profile, lieferungen: Sequence[Lieferung]) -> list[Delivered]:
    """Return the delivered files that describe space, source by source."""
    return [
        (source, one) for source in profile.sources if source.kind in READERS
        for one in lieferungen if one.source == source.id
    ]  # fmt: skip


_OUTLINES = (
    "basis VARCHAR, raumebene VARCHAR, basis_id VARCHAR, zuschnitt VARCHAR, geojson VARCHAR, crs VARCHAR, "
    "reparieren BOOLEAN, toleranz DOUBLE, nord_zuerst BOOLEAN"
)


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
    if space.lines:
        _add_lines(con, profile, space)
    if space.lines or space.polygons:
        _refuse_barriers_elsewhere(con, profile)
    con.execute("INSERT INTO stage.barriere BY NAME SELECT quelle, datei, zeile, wkb FROM linie")
    for table in ("geometrie", "raum_geometrie", "raum_lage"):
        con.execute(f"INSERT INTO stage.{table} BY NAME {sql(f'stage/{table}')}")
    con.execute(f"INSERT INTO stage.zuordnung BY NAME {sql('stage/zuordnung')}")


def _add_polygons(con: duckdb.DuckDBPyConnection, profile: Profile, space: Space) -> None:
    """Add the polygons that were read to the table `polygon`, in the city's coordinates."""
    _lay_out(con, profile, space.polygons, "polygons")
    con.execute(f"INSERT INTO polygon BY NAME {sql('stage/polygon')}")
    nowhere = con.execute(sql("stage/geometrie_verletzt")).fetchone()
    if nowhere:
        raise ContractBroken(
            f"Unit {nowhere[0]}: expected a polygon in {profile.city.crs}, found one that is empty or lies "
            "nowhere. Is `crs` of its source in sources.toml right? Else ask the supplier for the file again.",
            code="FS-CONTRACT-10",
        )
    _refuse_needless_repair(con)


def _add_lines(con: duckdb.DuckDBPyConnection, profile: Profile, space: Space) -> None:
    """Add the barriers that were read to the table `linie`, in the city's coordinates."""
    _lay_out(con, profile, space.lines, "lines")
    con.execute(f"INSERT INTO linie BY NAME {sql('stage/linie')}")
    found = con.execute(
        "SELECT datei, zeile + 1 FROM linie WHERE NOT (st_length(st_geomfromwkb(wkb)) BETWEEN 1e-9 AND 1e9) "
        "ORDER BY ALL"
    ).fetchone()
    if found:
        raise ContractBroken(
            f"File {found[0]}, feature {found[1]}: expected a line in {profile.city.crs}, found one that is empty or "
            "lies nowhere. Is `crs` of its source in sources.toml right? Else ask the supplier for the file again.",
            code="FS-CONTRACT-10",
        )


def _lay_out(
    con: duckdb.DuckDBPyConnection, profile: Profile, outlines: Sequence[Mapping[str, Value]], what: str
) -> None:
    """Fill roh_geometrie with outlines as they are written, where they lie in a place for their coordinate system."""
    use_spatial(con)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE roh_geometrie (quelle VARCHAR, datei VARCHAR, zeile BIGINT, {_OUTLINES})"
    )
    insert(con, "roh_geometrie", outlines)
    set_variables(con, crs=profile.city.crs)
    refuse_strange_places(con, profile.city, what)


def _refuse_barriers_elsewhere(con: duckdb.DuckDBPyConnection, profile: Profile) -> None:
    """Stop when all lines of a source lie beside the city's polygons: they are in another coordinate system.

    Raises:
        ContractBroken: names the source.
    """
    if not con.execute("SELECT 1 FROM linie LIMIT 1").fetchone():
        return
    use_spatial(con)
    far = con.execute(sql("stage/linie_fern")).fetchone()
    if far:
        raise ContractBroken(
            f"Source {far[0]}: expected lines in the city, in the coordinate system that sources.toml names, found "
            f"that they lie {far[1]:.0f} km beside its polygons ({profile.city.crs}). Correct `crs` in sources.toml, "
            "or ask the supplier.",
            code="FS-CONTRACT-11",
        ).at(f"Source {far[0]}")


def _write_defects(con: duckdb.DuckDBPyConnection, files: Sequence[Delivered], kept: KeptResults | None) -> None:
    """Fill stage.geometrie_mangel, source by source, since a polygon may overlap one of another file of its source."""
    delivered: dict[str, tuple[Source, list[Lieferung]]] = {}
    for source, one in files:
        if source.kind == "geometry":
            delivered.setdefault(source.id, (source, []))[1].append(one)
    for source, own in delivered.values():
        if kept and load_defects(con, source, own, kept):
            continue
        use_spatial(con)
        set_variables(con, quelle=source.id)
        con.execute(f"INSERT INTO stage.geometrie_mangel BY NAME {sql('stage/geometrie_mangel')}")
        if kept:
            keep_defects(con, source, own, kept)


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
            f"{' and '.join(map(repr, names))}. Ask the supplier; a known error is an entry in corrections.toml.",
            code="FS-CONTRACT-16",
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
            f"{', '.join(unit for (unit,) in needless)}. Has the source been mended? Then take them out of the entry.",
            code="FS-CONFIG-11",
        )


def _reconcile(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[Delivered],
    new: Mapping[FileName, Read],
    notes: Mapping[FileName, Mapping[str, Any]],
) -> dict[FileName, Reconciliation]:
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
