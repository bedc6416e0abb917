"""Is a release what its manifest and the catalogue say: every byte, every table, every row, every entry?

Bytes, signatures and the chain of the catalogue are always looked at. The content of a database is read where this
DuckDB and this code have not yet read the very same bytes (`flows.publish.read_notes`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from flows.base import files
from flows.base.errors import ConfigError, FortschreibungError, VerificationFailed
from flows.base.home import Home, limits
from flows.base.local_time import moment
from flows.base.locks import settled
from flows.base.texts import Text, text
from flows.publish.read_notes import Reading, note_readings, noted_readings, reading_of
from flows.release import catalog
from flows.release.approval import approval_faults
from flows.release.catalog import DATABASE
from flows.release.manifest import NAME, READABLE, Manifest, files_in, manifest_of
from flows.release.signature import PUBLIC_KEYS, signature_faults

WAIT_SECONDS = 600.0
SIDE_BY_SIDE = 4
"""So many releases are looked at at once, on as many cores; each whose content is read takes memory for its tables."""


class Content(StrEnum):
    """Of which releases the content is read."""

    UNREAD = "unread"  # by this DuckDB and code
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True)
class ContentRead:
    """Whether the content of a release was read `now`, or when and by what it was read `before`; or `no`."""

    when: str
    at: str | None = None
    duckdb: str | None = None
    program: str | None = None

    @property
    def words(self) -> Text:
        """The same as a part of a sentence."""
        by = {"duckdb": self.duckdb, "program": self.program}
        if self.when == "now":
            return text("content read now by DuckDB {duckdb} and version {program} of this program", **by)
        if self.when == "before":
            return text(
                "bytes unchanged since the content was read on {at} by DuckDB {duckdb} and version {program} of this "
                "program", at=moment(self.at or ""), **by,
            )  # fmt: skip
        return text("content not read")


@dataclass(frozen=True)
class Verified:
    """What was looked at and found in order; `signed` names the key that signed a version, None where none did."""

    city: str
    versions: tuple[str, ...]
    signed: Mapping[str, str | None]
    content: Mapping[str, ContentRead]


def verify(
    home: Home,
    city: str,
    version: str | None = None,
    *,
    content: Content = Content.UNREAD,
    key: Path | None = None,
    wait_seconds: float = WAIT_SECONDS,
    say: Callable[[str], None] = lambda _: None,
) -> Verified:
    """Recompute the checksums of one release, or of all of them and the catalogue, and read `content`.

    A publication may be running: what looks wrong in the catalogue is looked at again when it is done. With `key`, a
    file of public keys, every release must be signed with one of them; else those beside the releases count.

    Raises:
        ConfigError: when the city, the release or the key is not there.
        FortschreibungError: when the folder cannot be read, or a publication does not end.
        VerificationFailed: with a list of what is off.
    """
    folder = home.releases / city
    if not folder.is_dir():
        raise ConfigError(
            f"There are no releases of {city!r} in {home.releases}. If there were: is the disk or network share there?",
            code="FS-USE-02",
        )
    if key is not None and not key.is_file():
        raise ConfigError(
            f"--key {key}: expected a file with the public key of the office (PEM), found none.", code="FS-CONFIG-13"
        )
    try:
        entries = catalog.entries_of(folder)
        faults = catalog_faults(folder, entries)
        if faults:
            with settled(folder, wait_seconds, say):
                entries = catalog.entries_of(folder)
                faults = catalog_faults(folder, entries)
        wanted = _wanted(folder, entries, version)
        with ThreadPoolExecutor(min(limits().threads, SIDE_BY_SIDE)) as beside:
            found = [*beside.map(lambda each: _looked_at(folder, entries, each, content=content, key=key), wanted)]
        for each in found:
            removed_meanwhile = each.faults and each.version in catalog.removed(catalog.entries_of(folder))
            faults += [] if removed_meanwhile else [f"{each.version}: {fault}" for fault in each.faults]
        note_readings(folder, [each.reading for each in found if each.reading and not each.faults])
        signed = {each: _signed_by(folder / each) for each in wanted} if not faults else {}
    except OSError as problem:
        raise FortschreibungError(
            f"{problem.filename or folder} could not be read: {problem.strerror or problem}: {files.remedy(problem)}.",
            code="FS-RUN-04",
        ) from problem
    if faults:
        raise VerificationFailed(f"{folder} is not as published:\n" + "\n".join(f"  {fault}" for fault in faults))
    return Verified(city, tuple(wanted), signed, {each.version: each.content for each in found})


def _wanted(folder: Path, entries: Sequence[catalog.Entry], version: str | None) -> list[str]:
    gone = catalog.removed(entries)
    known = [entry.version for entry in entries if entry.kind == "release" and entry.version not in gone]
    if version is None:
        return known
    if version not in known and not (folder / version).is_dir():
        raise ConfigError(
            f"There is no release {version!r} of {folder.name}. There are: {', '.join(known) or 'none'}.",
            code="FS-USE-02",
        )
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
        if entry.version not in listed | gone and entry.kind not in ("rejected", "reconsidered")
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


@dataclass(frozen=True)
class _LookedAt:
    """What was found of one release, and the reading of its content to be noted."""

    version: str
    faults: list[str]
    content: ContentRead
    reading: Reading | None = None


def _looked_at(
    folder: Path, entries: Sequence[catalog.Entry], version: str, *, content: Content, key: Path | None
) -> _LookedAt:
    release, unread = folder / version, ContentRead("no")
    entry = next((each for each in entries if each.kind == "release" and each.version == version), None)
    if entry is None or not release.is_dir():
        return _LookedAt(version, [], unread)  # said already by catalog_faults
    try:
        manifest = manifest_of(release)
    except VerificationFailed as problem:
        return _LookedAt(version, [str(problem)], unread)
    faults = []
    if files.sha256_of(release / NAME) != entry.manifest_sha256:
        faults.append(f"{NAME}: is not the one that was published")
    if manifest.content_hash != entry.content_hash:
        faults.append(f"{NAME}: has another content hash than the catalogue")
    keys = folder / PUBLIC_KEYS if key is None else key
    faults += signature_faults(release, manifest.signed_by, keys, wanted=key is not None)
    faults += approval_faults(release, entry.manifest_sha256, catalog.approved(entries).get(version))
    found = files_in(release)
    faults += _file_faults(manifest, found)
    if content is Content.NONE or DATABASE not in found:
        return _LookedAt(version, faults, unread)
    reading = reading_of(release, found[DATABASE]["sha256"], manifest.content_hash)
    before = noted_readings(folder).get(version)
    if content is Content.UNREAD and before is not None and before.same_but_for_time(reading):
        return _LookedAt(version, faults, ContentRead("before", before.at, before.duckdb, before.program))
    faults += _content_faults(release, manifest)
    return _LookedAt(version, faults, ContentRead("now", reading.at, reading.duckdb, reading.program), reading)


def release_faults(release: Path, manifest: Manifest, *, contract_kept: bool = False) -> list[str]:
    """Return what in the folder `release` differs from its own manifest, one line each; its content is read.

    With `contract_kept` the rows are not compared with the contract: the build that made them just did.
    """
    found = files_in(release)
    faults = _file_faults(manifest, found)
    return faults + (_content_faults(release, manifest, contract_kept=contract_kept) if DATABASE in found else [])


def _file_faults(manifest: Manifest, found: Mapping[str, Mapping[str, object]]) -> list[str]:
    known = manifest.format in READABLE
    faults = [] if known else [f"{NAME}: format {manifest.format!r} is not known, expected one of {READABLE}"]
    faults += [f"{name}: missing" for name in sorted(set(manifest.files) - set(found))]
    faults += [f"{name}: not in the manifest" for name in sorted(set(found) - set(manifest.files))]
    return faults + [
        f"{name}: its bytes have changed since publication"
        for name in sorted(set(found) & set(manifest.files))
        if found[name] != manifest.files[name]
    ]


def _content_faults(release: Path, manifest: Manifest, *, contract_kept: bool = False) -> list[str]:
    from flows.publish.read_back import database_faults  # noqa: PLC0415 -- DuckDB and numpy only where content is read

    return database_faults(release / DATABASE, manifest, contract_kept=contract_kept)
