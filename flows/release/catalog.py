"""Which releases a city has and which one `latest` is: releases/<city>/catalog.json, a chain of entries.

Each entry carries the hash of the one before, so that a removed or altered one shows. An entry of a release
follows from its manifest alone, so that a publication cut off before its entry was written can be finished
later with the very same entry. `latest` follows from the entries alone: it moves forward with each release
that is newer than all before, and elsewhere only by a recorded decision. What was withdrawn or rolled back no longer
counts for what is newest, so that a wrong year holds nothing back.

Imports the standard library only: listing releases must take milliseconds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence, Set
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.base.errors import ConfigError, VerificationFailed
from flows.base.local_time import moment
from flows.base.texts import Text, text

if TYPE_CHECKING:
    from flows.base.home import Home

CATALOG, LATEST, LATEST_JSON, PAGE = "catalog.json", "latest", "latest.json", "index.html"
FORMAT = "fortschreibung-catalog/1"
DATABASE = "fortschreibung.duckdb"
"""The file of a release that holds everything."""
START = "0" * 64
"""The hash before the first entry."""
_JUDGED_ANEW = ("release", "rollback", "withdrawn", "reinstated")
"""Entries after which a release that was built before is to be made again: earlier ones, or `latest`, are others."""


@dataclass(frozen=True)
class Entry:
    """One line of the catalogue: a release published, or what a person or a rule then did with one."""

    number: int
    kind: (
        str  # "release", "approved", "rollback", "withdrawn", "reinstated", "tag", "untag", "removed", "rejected", ...
    )
    version: str
    at: str
    content_hash: str
    manifest_sha256: str
    input_fingerprint: str
    stichtag_max: str
    zuschnitt: str
    who: str
    why: str
    previous_hash: str
    entry_hash: str = ""


@dataclass(frozen=True)
class Release:
    """A published release as a reader sees it."""

    city: str
    version: str
    path: Path
    published_at: str
    content_hash: str
    input_fingerprint: str
    stichtag_max: str
    zuschnitt: str
    latest: bool
    tag: str | None = None
    withdrawn: str | None = None
    """Why it was withdrawn, if it was."""
    approved_by: str | None = None
    """The second person who approved it, if one did."""

    @property
    def database(self) -> Path:
        """The file to open."""
        return self.path / DATABASE


def version_key(version: str) -> tuple[int, int]:
    """Return what versions are ordered by: year, then edition."""
    year, _, edition = version.partition(".")
    return int(year), int(edition)


def is_version(name: str) -> bool:
    """Return whether `name` is that of a release, such as 2024.1."""
    year, dot, edition = name.partition(".")
    return bool(dot) and year.isdecimal() and edition.isdecimal()


def sealed(entry: Entry) -> Entry:
    """Return `entry` with its own hash filled in."""
    content = {name: value for name, value in asdict(entry).items() if name != "entry_hash"}
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return replace(entry, entry_hash=hashlib.sha256(text.encode()).hexdigest())


def head(entries: Sequence[Entry]) -> str:
    """Return the hash that the next entry must carry."""
    return entries[-1].entry_hash if entries else START


def chain_faults(entries: Sequence[Entry]) -> list[str]:
    """Return what is broken in the chain, one line each."""
    faults, before = [], START
    for number, entry in enumerate(entries, start=1):
        if entry.number != number or entry.previous_hash != before:
            faults.append(f"{CATALOG}: before entry {entry.number} ({entry.version}) an entry is missing or altered")
        if sealed(entry).entry_hash != entry.entry_hash:
            faults.append(f"{CATALOG}: entry {entry.number} ({entry.version}) was altered")
        before = entry.entry_hash
    return faults


def entries_of(folder: Path) -> list[Entry]:
    """Return the entries of the catalogue in the city's `folder`, oldest first; none without a catalogue.

    Raises:
        VerificationFailed: when the file is damaged.
    """
    path = folder / CATALOG
    try:
        content = json.loads(path.read_bytes())
        return [_entry(**entry) for entry in content["entries"]]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError, KeyError) as problem:
        raise VerificationFailed(
            f"{path} is damaged ({problem}). The releases beside it are untouched; restore this file from a backup.",
            code="FS-RELEASE-02",
        ) from problem


def _entry(**members: Any) -> Entry:
    """Return an entry as it is written in the file.

    Raises:
        TypeError, ValueError: a member is missing, unknown, or of another kind.
    """
    entry = Entry(**members)
    for name, value in members.items():
        if not isinstance(value, int if name == "number" else str):
            message = f"{name} is {value!r}"
            raise TypeError(message)
    if not is_version(entry.version):
        message = f"{entry.version!r} is no version"
        raise ValueError(message)
    return entry


def catalog_bytes(city: str, entries: Sequence[Entry]) -> bytes:
    """Return the content of catalog.json."""
    content: dict[str, Any] = {
        "format": FORMAT,
        "city": city,
        "entries": [asdict(entry) for entry in entries],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def pointing_entry(entries: Sequence[Entry]) -> Entry | None:
    """Return the entry that `latest` follows from.

    A release is it if it is newer than what `latest` was; a rollback in any case. What was withdrawn, is no longer
    kept, or was rolled back from (and not to since) is passed over, as if it had never been.
    """
    rolled_back_from = set[str]()
    for before, entry in enumerate(entries):
        if entry.kind == "rollback":
            was = _followed(entries[:before], rolled_back_from)
            rolled_back_from.discard(entry.version)
            if was is not None and was.version != entry.version:
                rolled_back_from.add(was.version)
    return _followed(entries, rolled_back_from)


def _followed(entries: Sequence[Entry], rolled_back_from: Set[str]) -> Entry | None:
    passed_over = {*withdrawn(entries), *removed(entries), *rolled_back_from}
    pointing = None
    for entry in entries:
        if entry.version in passed_over or entry.kind not in ("release", "rollback"):
            continue
        if entry.kind == "rollback" or pointing is None or version_key(entry.version) > version_key(pointing.version):
            pointing = entry
    return pointing


def withdrawn(entries: Sequence[Entry]) -> dict[str, Entry]:
    """Return the versions that nobody is to use, each with the entry that says who withdrew it, when and why."""
    last = {entry.version: entry for entry in entries if entry.kind in ("withdrawn", "reinstated")}
    return {version: entry for version, entry in last.items() if entry.kind == "withdrawn"}


def rejected(entries: Sequence[Entry]) -> dict[str, Entry]:
    """Return what a second person rejected as a candidate, by content hash, each with the entry that says so."""
    last = {entry.content_hash: entry for entry in entries if entry.kind in ("rejected", "reconsidered")}
    return {content: entry for content, entry in last.items() if entry.kind == "rejected"}


def approved(entries: Sequence[Entry]) -> dict[str, Entry]:
    """Return the versions that a second person approved, each with the entry that says who, when and why."""
    return {entry.version: entry for entry in entries if entry.kind == "approved"}


def overtaken_by(entries: Sequence[Entry], known: str) -> Text | None:
    """Return what happened since the entry with the hash `known` that a release built on it must be made again for.

    None where nothing did: it may still be published.
    """
    hashes = [START, *(entry.entry_hash for entry in entries)]
    if known not in hashes:
        return text("{file} has no entry with the hash that it was built on", file=CATALOG)
    for entry in entries[hashes.index(known) :]:
        if entry.kind in _JUDGED_ANEW:
            return _happened(entry)
    return None


def _happened(entry: Entry) -> Text:
    known = {"version": entry.version, "at": moment(entry.at)}
    if entry.kind == "release":
        return text("{version} came out on {at}", **known)
    if entry.kind == "rollback":
        return text("{version} was rolled back to on {at}", **known)
    if entry.kind == "withdrawn":
        return text("{version} was withdrawn on {at}", **known)
    return text("{version} was reinstated on {at}", **known)


def entry_of(entries: Sequence[Entry], version: str) -> Entry:
    """Return the entry with which the release `version` was published."""
    return next(entry for entry in entries if entry.kind == "release" and entry.version == version)


def removed(entries: Sequence[Entry]) -> dict[str, Entry]:
    """Return the versions that are no longer kept, each with the entry that says who removed it, when and why."""
    return {entry.version: entry for entry in entries if entry.kind == "removed"}


def tags(entries: Sequence[Entry]) -> dict[str, Entry]:
    """Return the versions that are to be kept for good, each with the entry that says so."""
    last = {entry.version: entry for entry in entries if entry.kind in ("tag", "untag")}
    return {version: entry for version, entry in last.items() if entry.kind == "tag"}


def latest_bytes(entry: Entry) -> bytes:
    """Return the content of latest.json when `latest` follows from `entry`."""
    content = {
        "version": entry.version,
        "path": entry.version,
        "database": f"{entry.version}/fortschreibung.duckdb",
        "content_hash": entry.content_hash,
        "manifest_sha256": entry.manifest_sha256,
        "catalog_entry": entry.entry_hash,
    }
    return (json.dumps(content, indent=2) + "\n").encode()


def releases(home: Home, city: str) -> list[Release]:
    """Return the published releases of `city` that are kept, oldest version first."""
    folder = home.releases / city
    entries = entries_of(folder)
    pointing, gone, tagged, not_used = pointing_entry(entries), removed(entries), tags(entries), withdrawn(entries)
    seconded = approved(entries)
    found = [
        Release(
            city=city,
            version=entry.version,
            path=folder / entry.version,
            published_at=entry.at,
            content_hash=entry.content_hash,
            input_fingerprint=entry.input_fingerprint,
            stichtag_max=entry.stichtag_max,
            zuschnitt=entry.zuschnitt,
            latest=pointing is not None and entry.version == pointing.version,
            tag=tagged[entry.version].why if entry.version in tagged else None,
            withdrawn=not_used[entry.version].why if entry.version in not_used else None,
            approved_by=seconded[entry.version].who if entry.version in seconded else None,
        )
        for entry in entries
        if entry.kind == "release" and entry.version not in gone
    ]
    return sorted(found, key=lambda each: version_key(each.version))


def published_before(home: Home, city: str, version: str) -> tuple[list[Release], list[str]]:
    """Return the releases that came out before `version`, oldest version first, and those that are gone, by version."""
    number = {entry.version: entry.number for entry in entries_of(home.releases / city) if entry.kind == "release"}
    there = [
        each for each in releases(home, city) if number[each.version] < number[version] and each.database.is_file()
    ]
    kept = {each.version for each in there}
    return there, [each for each, at in number.items() if at < number[version] and each not in kept]


def latest_release(home: Home, city: str) -> Release | None:
    """Return the release that `latest` is, or None before the first."""
    return next((release for release in releases(home, city) if release.latest), None)


def release_named(home: Home, city: str, version: str) -> Release:
    """Return one release of `city`.

    Raises:
        ConfigError: when that release is not in the catalogue.
    """
    known = releases(home, city)
    for release in known:
        if release.version == version:
            return release
    listed = ", ".join(each.version for each in known) or "none"
    gone = removed(entries_of(home.releases / city)).get(version)
    if gone is not None:
        raise ConfigError(
            f"{city} {version} was removed by {gone.who} at {gone.at} ({gone.why}); the catalogue keeps its content "
            f"hash {gone.content_hash}. There are: {listed}.",
            code="FS-USE-02",
        )
    raise ConfigError(
        f"There is no release {version!r} of {city} in {home.releases / city}. There are: {listed}.", code="FS-USE-02"
    )
