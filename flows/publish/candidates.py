"""Releases that wait for a second person: candidates/<city>/<content hash>/, each a whole release without a place yet.

A candidate is built, verified and signed like a release, from protected tables alone, and compared with `latest`. It
lies beside the releases and not among them, in a folder for the owner and their group. Its manifest says what it is.
Where another release comes out, the candidate is outdated: it was protected without that one, and must be made again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.base import files
from flows.base.errors import ConfigError, VerificationFailed
from flows.base.home import Home
from flows.base.local_time import moment
from flows.base.texts import Text, text
from flows.publish.workspace import Workspace
from flows.release import catalog
from flows.release.catalog import Entry
from flows.release.manifest import Manifest, manifest_of

_SHOWN = 12
_SHORTEST = 8


@dataclass(frozen=True)
class Candidate:
    """A release that waits; `outdated` says why it cannot be approved any more."""

    path: Path
    manifest: Manifest
    outdated: Text | None

    @property
    def content_hash(self) -> str:
        """What it is named by."""
        return self.manifest.content_hash

    @property
    def short(self) -> str:
        """As much of its name as a person types."""
        return self.content_hash[:_SHOWN]


def candidates_of(home: Home, city: str, entries: Sequence[Entry] | None = None) -> list[Candidate]:
    """Return the candidates of `city`, oldest first.

    Raises:
        VerificationFailed: when the manifest of one is damaged.
    """
    known = catalog.entries_of(home.releases / city) if entries is None else entries
    folder, found = home.candidates / city, []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_dir() and not path.is_symlink() and not path.name.startswith(files.UNFINISHED):
            manifest = manifest_of(path)
            found.append(Candidate(path, manifest, catalog.overtaken_by(known, manifest.catalog_head)))
    return sorted(found, key=lambda each: each.manifest.made_at)


def candidate_named(home: Home, city: str, content_hash: str, entries: Sequence[Entry]) -> Candidate:
    """Return the candidate whose content hash begins with `content_hash`.

    Raises:
        ConfigError: when there is none, or more than one.
    """
    known = candidates_of(home, city, entries)
    found = [each for each in known if is_named(each.content_hash, content_hash)]
    if len(found) != 1:
        listed = ", ".join(each.short for each in known) or "none"
        raise ConfigError(
            f"Expected the content hash of one candidate of {city}, or at least its first {_SHORTEST} characters; "
            f"found {content_hash!r}, which names {len(found) or 'none'}. There are: {listed}.",
            code="FS-USE-06",
        )
    return found[0]


def is_named(content_hash: str, given: str) -> bool:
    """Return whether `given` names the content: its hash, or the beginning of it."""
    return len(given) >= _SHORTEST and content_hash.startswith(given.lower())


def place_for_candidates(home: Home, city: Workspace) -> Path:
    """Return the folder of the city's candidates, cleared of what a killed process or another release left useless."""
    folder = home.candidates / city.name
    for each in (home.candidates, folder):
        if not each.is_dir():
            each.mkdir(mode=0o750)
            each.chmod(0o750)
    for left in folder.glob(f"{files.UNFINISHED}*"):
        files.remove(left)
    for candidate in candidates_of(home, city.name, city.entries):
        if candidate.outdated:
            take_off(candidate)
    return folder


def put(incoming: Path, content_hash: str) -> Path:
    """Let what was built in `incoming` be a candidate, in one step; return its folder."""
    place = incoming.with_name(content_hash)
    if place.is_dir():  # the same content, made again
        aside = incoming.with_name(files.unfinished_name())
        place.rename(aside)
        files.remove(aside)
    incoming.rename(place)
    files.sync_folder(place.parent)
    return place


def take_off(candidate: Candidate) -> None:
    """Remove a candidate; it is gone from sight in one step, before its files go."""
    aside = candidate.path.with_name(files.unfinished_name())
    candidate.path.rename(aside)
    files.remove(aside)


def asks_for_approval(path: Path, manifest: Manifest) -> Text:
    """Return what is to be done with a candidate, for the user."""
    short = manifest.content_hash[:_SHOWN]
    return text(
        "{version} waits for the approval of a second person. Look at {page} and {changes}, then: "
        "`fortschreibung approve {city} {candidate} --by NAME --why '...' --key FILE` or "
        "`fortschreibung reject {city} {candidate} --by NAME --why '...'`.",
        version=manifest.version, page=path / "index.html", changes=path / "changes.html", city=manifest.city,
        candidate=short,
    )  # fmt: skip


def was_rejected(entry: Entry) -> Text:
    """Return why content that a second person rejected is not made a candidate again, for the user."""
    return text(
        "Nothing is published: the content was rejected by {who} on {at} ({why}). If that was wrong: `fortschreibung "
        "reject CITY {candidate} --undo --by NAME --why '...'`.",
        who=entry.who, at=moment(entry.at), why=entry.why, candidate=entry.content_hash[:_SHOWN],
    )  # fmt: skip


def refuse_outdated(candidate: Candidate) -> None:
    """Stop where a candidate was built before another release came out.

    Raises:
        VerificationFailed: says which, and what to do.
    """
    if candidate.outdated:
        raise VerificationFailed(
            f"The candidate {candidate.short} ({candidate.manifest.version}) cannot be approved any more: "
            f"{candidate.outdated}, after it was built. What it suppresses was decided without that, and together they "
            "might tell a small count. Nothing was published. "
            f"`fortschreibung refresh {candidate.manifest.city}` makes one that is judged with all that is out.",
            code="FS-RELEASE-06",
        )
