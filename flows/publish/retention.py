"""How long editions are kept: which ones could go, why the others stay, and the removal itself.

The rules are those of docs/releases.md. The catalogue keeps the entry of a removed release, and gets one that says
who removed it, when and why: the chain holds, its number is never used again, and its content hash stays known. That
entry is written first; a removal cut off after it is finished by whoever holds the folder next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.base.errors import ConfigError
from flows.base.home import Home
from flows.base.texts import Text, text, text_count
from flows.publish.workspace import noted_entry, recorded, take_away, workspace
from flows.release import catalog
from flows.release.catalog import Entry

KEEP = 2
"""Editions of each Stichtag year that stay without further reason."""


@dataclass(frozen=True)
class Verdict:
    """What the rules say of one release."""

    version: str
    stays: bool
    why: Text
    bytes: int


def verdicts(home: Home, city: str, *, keep: int = KEEP) -> list[Verdict]:
    """Return for each release of `city`, oldest first, whether it stays; changes nothing.

    Raises:
        ConfigError: when there are no releases of the city, or `keep` is less than 1.
    """
    folder = home.releases / city
    entries = catalog.entries_of(folder)
    if not entries:
        raise ConfigError(f"There are no releases of {city!r} in {home.releases}.", code="FS-USE-02")
    return _judged(folder, entries, keep)


def remove_superseded(home: Home, city: str, *, keep: int = KEEP, who: str | None = None) -> list[Verdict]:
    """Remove the releases that need not stay, and note each removal; return what the rules said of every release.

    Raises:
        ConfigError: as `verdicts`.
        VerificationFailed: when the catalogue is not as it was written; nothing is removed then.
    """
    verdicts(home, city, keep=keep)
    with workspace(home, city) as locked:
        entries, judged = list(locked.entries), _judged(locked.folder, locked.entries, keep)
        for verdict in judged:
            if not verdict.stays:
                release = catalog.entry_of(entries, verdict.version)
                entries.append(noted_entry("removed", release, entries, why=f"retention: {verdict.why}", who=who))
                recorded(locked.folder, city, entries)
                take_away(locked.folder / verdict.version)
        return judged


def _judged(folder: Path, entries: Sequence[Entry], keep: int) -> list[Verdict]:
    if keep < 1:
        raise ConfigError(
            f"--keep must be at least 1, found {keep}: the newest edition of a year always stays.", code="FS-USE-01"
        )
    gone, withdrawn, tagged = catalog.removed(entries), catalog.withdrawn(entries), catalog.tags(entries)
    pointing = catalog.pointing_entry(entries)
    standing = sorted(
        (entry.version for entry in entries if entry.kind == "release" and entry.version not in gone),
        key=catalog.version_key,
    )
    judged = []
    for place, version in enumerate(standing):
        year = catalog.version_key(version)[0]
        newer = sum(catalog.version_key(each)[0] == year and each not in withdrawn for each in standing[place + 1 :])
        reasons = [
            (pointing is not None and pointing.version == version, text("it is the latest")),
            (version in tagged, _tagged(tagged[version]) if version in tagged else Text("")),
            (newer < keep and version in withdrawn, text_count(
                "withdrawn, but {year} has no newer edition that stands",
                "withdrawn, but {year} has fewer than {count} newer editions that stand", keep, year=year,
            )),
            (newer < keep, text_count(
                "newest of {year}", "one of the newest {count} editions of {year}", keep, year=year
            )),
        ]  # fmt: skip
        why = next((words for holds, words in reasons if holds), None)
        words = why or text_count(
            "{year} has 1 newer edition", "{year} has {count} newer editions", newer, year=year
        )  # fmt: skip
        judged.append(Verdict(version, why is not None, words, _size(folder / version)))
    return judged


def _tagged(entry: Entry) -> Text:
    return text("tagged by {who}: {why}", who=entry.who, why=entry.why)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
