"""Is a release what its manifest and the catalogue say: every byte, every table, every row, every entry?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from flows.base import files
from flows.base.errors import ConfigError, FortschreibungError, VerificationFailed
from flows.base.home import Home
from flows.base.locks import settled
from flows.release import catalog
from flows.release.catalog import DATABASE
from flows.release.content_hash import table_hashes, whole_hash
from flows.release.manifest import FORMAT, NAME, Manifest, files_in, manifest_of
from flows.release.release_tables import faults as table_faults
from flows.release.signature import PUBLIC_KEYS, signature_faults
from flows.release.table_contract import contract, tables_in_file

WAIT_SECONDS = 600.0


@dataclass(frozen=True)
class Verified:
    """What was looked at and found in order; `signed` names the key that signed a version, None where none did."""

    city: str
    versions: tuple[str, ...]
    signed: Mapping[str, str | None]


def verify(
    home: Home,
    city: str,
    version: str | None = None,
    *,
    deep: bool = True,
    key: Path | None = None,
    wait_seconds: float = WAIT_SECONDS,
    say: Callable[[str], None] = lambda _: None,
) -> Verified:
    """Recompute everything of one release, or of all of them and the catalogue.

    A publication may be running: what looks wrong in the catalogue is looked at again when it is done. With
    ``deep=False`` the files' checksums and the chain are looked at, and the database is not opened. With `key`, a
    file of public keys, every release must be signed with one of them; else those beside the releases count.

    Raises:
        ConfigError: when there is no such city, release or key.
        FortschreibungError: when the folder cannot be read, or a publication does not end.
        VerificationFailed: with a list of what is off.
    """
    folder = home.releases / city
    if not folder.is_dir():
        raise ConfigError(
            f"There are no releases of {city!r} in {home.releases}. If there were: is the disk or network share there?"
        )
    if key is not None and not key.is_file():
        raise ConfigError(f"--key {key}: expected a file with the public key of the office (PEM), found none.")
    try:
        entries = catalog.entries_of(folder)
        faults = catalog_faults(folder, entries)
        if faults:
            with settled(folder, wait_seconds, say):
                entries = catalog.entries_of(folder)
                faults = catalog_faults(folder, entries)
        wanted = _wanted(folder, entries, version)
        for each in wanted:
            off = _listed_faults(folder, entries, each, deep=deep, key=key)
            removed_meanwhile = off and each in catalog.removed(catalog.entries_of(folder))
            faults += [] if removed_meanwhile else [f"{each}: {fault}" for fault in off]
        signed = {each: _signed_by(folder / each) for each in wanted} if not faults else {}
    except OSError as problem:
        raise FortschreibungError(
            f"{problem.filename or folder} could not be read: {problem.strerror or problem}: {files.remedy(problem)}."
        ) from problem
    if faults:
        raise VerificationFailed(f"{folder} is not as published:\n" + "\n".join(f"  {fault}" for fault in faults))
    return Verified(city, tuple(wanted), signed)


def _wanted(folder: Path, entries: Sequence[catalog.Entry], version: str | None) -> list[str]:
    gone = catalog.removed(entries)
    known = [entry.version for entry in entries if entry.kind == "release" and entry.version not in gone]
    if version is None:
        return known
    if version not in known and not (folder / version).is_dir():
        raise ConfigError(f"There is no release {version!r} of {folder.name}. There are: {', '.join(known) or 'none'}.")
    return [version]


def _signed_by(release: Path) -> str | None:
    return manifest_of(release).signed_by if release.is_dir() else None


def catalog_faults(folder: Path, entries: Sequence[catalog.Entry]) -> list[str]:
    """Return what is off between the catalogue, `latest` and the folders of a city."""
    faults = catalog.chain_faults(entries)
    gone = set(catalog.removed(entries))
    listed = {entry.version for entry in entries if entry.kind == "release"} - gone
    present = {path.name for path in folder.iterdir() if path.is_dir() and catalog.is_version(path.name)}
    faults += [f"{each}: listed in {catalog.CATALOG}, but its folder is gone" for each in sorted(listed - present)]
    faults += [
        f"{each}: lies here, but is not in {catalog.CATALOG} (after a cut-off publication the next refresh adds it)"
        for each in sorted(present - listed - gone)
    ]
    faults += [
        f"{each}: lies here, but was removed (after a cut-off removal the next refresh finishes it)"
        for each in sorted(present & gone)
    ]
    faults += [
        f"{catalog.CATALOG}: entry {entry.number} is of {entry.version}, which no entry publishes"
        for entry in entries
        if entry.version not in listed | gone
    ]
    pointing = catalog.pointing_entry(entries)
    if pointing is None:
        return faults
    link = folder / catalog.LATEST
    if link.is_symlink() and str(link.readlink()) != pointing.version:
        faults.append(f"{catalog.LATEST}: points to {link.readlink()!s}, the catalogue says {pointing.version}")
    noted = folder / catalog.LATEST_JSON
    if not noted.is_file() or noted.read_bytes() != catalog.latest_bytes(pointing):
        faults.append(f"{catalog.LATEST_JSON}: does not say what the catalogue says ({pointing.version})")
    return faults


def _listed_faults(
    folder: Path, entries: Sequence[catalog.Entry], version: str, *, deep: bool, key: Path | None
) -> list[str]:
    release = folder / version
    entry = next((each for each in entries if each.kind == "release" and each.version == version), None)
    if entry is None or not release.is_dir():
        return []  # said already by catalog_faults
    try:
        manifest = manifest_of(release)
    except VerificationFailed as problem:
        return [str(problem)]
    faults = []
    if hashlib.sha256((release / NAME).read_bytes()).hexdigest() != entry.manifest_sha256:
        faults.append(f"{NAME}: is not the one that was published")
    if manifest.content_hash != entry.content_hash:
        faults.append(f"{NAME}: has another content hash than the catalogue")
    keys = folder / PUBLIC_KEYS if key is None else key
    faults += signature_faults(release, manifest.signed_by, keys, wanted=key is not None)
    return faults + release_faults(release, manifest, deep=deep)


def release_faults(release: Path, manifest: Manifest, *, deep: bool = True) -> list[str]:
    """Return what in the folder `release` differs from its own manifest, one line each."""
    faults = (
        [] if manifest.format == FORMAT else [f"{NAME}: format {manifest.format!r} is not known, expected {FORMAT!r}"]
    )
    found = files_in(release)
    faults += [f"{name}: missing" for name in sorted(set(manifest.files) - set(found))]
    faults += [f"{name}: not in the manifest" for name in sorted(set(found) - set(manifest.files))]
    for name in sorted(set(found) & set(manifest.files)):
        if found[name] != manifest.files[name]:
            faults.append(f"{name}: its bytes have changed since publication")
    if deep and DATABASE in found:
        faults += _database_faults(release / DATABASE, manifest)
    return faults


def _database_faults(path: Path, manifest: Manifest) -> list[str]:
    try:
        with duckdb.connect(str(path), read_only=True) as con:
            return _shape_faults(con) + _content_faults(con, manifest)
    except (duckdb.Error, ValueError) as problem:
        return [f"{DATABASE}: cannot be read: {problem}"]


def _content_faults(con: duckdb.DuckDBPyConnection, manifest: Manifest) -> list[str]:
    rows = con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY table_name").fetchall()
    present = {name for (name,) in rows}
    faults = [f"{DATABASE}: table {name} is missing" for name in sorted(set(manifest.tables) - present)]
    faults += [f"{DATABASE}: table {name} is not in the manifest" for name in sorted(present - set(manifest.tables))]
    hashes = table_hashes(con, sorted(present & set(manifest.tables)))
    faults += [
        f"{DATABASE}: the content of {name} is not what was published"
        for name, digest in hashes.items()
        if digest != manifest.tables[name]["hash"]
    ]
    content = {name: digest for name, digest in hashes.items() if manifest.tables[name]["content"]}
    if whole_hash(content) != manifest.content_hash:
        faults.append(f"{DATABASE}: the content hash is not {manifest.content_hash}")
    noted = con.execute("SELECT version, content_hash FROM _release").fetchall()
    if noted != [(manifest.version, manifest.content_hash)]:
        faults.append(f"{DATABASE}: _release does not say version and content hash of the manifest")
    return faults


def _shape_faults(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Compare tables, columns, types and comments with `_columns`, and with the contract of today."""
    actual = con.execute(
        "SELECT table_name, column_name, column_index, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
    ).fetchall()
    agreed = con.execute("SELECT tabelle, spalte, position, typ FROM _columns ORDER BY ALL").fetchall()
    faults = [
        f"{DATABASE}: {table}.{column} ({kind}) is not as _columns says"
        for table, column, _, kind in sorted(set(actual) ^ set(agreed))
    ]
    silent = con.execute(
        "SELECT table_name, column_name FROM duckdb_columns() "
        "WHERE NOT internal AND coalesce(comment, '') = '' "
        "UNION ALL SELECT table_name, '' FROM duckdb_tables() "
        "WHERE NOT internal AND coalesce(comment, '') = '' ORDER BY ALL"
    ).fetchall()
    faults += [f"{DATABASE}: {table}{'.' if column else ''}{column} has no comment" for table, column in silent]
    return faults + _contract_faults(con, actual)


def _contract_faults(con: duckdb.DuckDBPyConnection, actual: Sequence[tuple[str, str, int, str]]) -> list[str]:
    noted = con.execute("SELECT schema_version FROM _release").fetchone()
    if noted is None or noted[0] != contract().schema_version:
        return []  # an older contract: the release is held to its own _columns
    wanted = tables_in_file(con)
    shape = {
        (table.name, column.name, position, column.type)
        for table in wanted
        for position, column in enumerate(table.columns, start=1)
    }
    off = sorted(shape ^ set(actual))
    found = [f"{DATABASE}: {table}.{column} ({kind}) is not as the contract says" for table, column, _, kind in off]
    return found + ([] if off else [f"{DATABASE}: {fault}" for fault in table_faults(con, wanted)])
