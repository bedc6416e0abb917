"""A second person decides about a candidate: it becomes the next release, or it is rejected.

Promotion copies the candidate beside the releases, lays the approval with it, verifies what was copied and gives it its
name in one step; the entries of the catalogue follow from what then lies there (flows/publish/workspace.py). So one
that was cut off, by a kill or a loss of power, is finished by whoever holds the folder next, or begun again; the
candidate goes last. Asking again for what is done already changes nothing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flows.base import files
from flows.base.errors import ConfigError, VerificationFailed
from flows.base.home import Home
from flows.base.local_time import moment
from flows.base.texts import Text, text
from flows.profile.load import load_profile
from flows.publish.candidates import Candidate, candidate_named, candidates_of, is_named, refuse_outdated, take_off
from flows.publish.read_notes import note_readings, reading_of
from flows.publish.verify import release_faults
from flows.publish.workspace import (
    Workspace,
    ask_for_a_reason,
    noted_entry,
    point,
    recorded,
    release_entries,
    workspace,
)
from flows.release import catalog
from flows.release.approval import KEY, PASSWORD, Approval, Statement, public_key, signature_of
from flows.release.catalog import DATABASE, Entry
from flows.release.manifest import APPROVAL, NAME
from flows.release.signature import PUBLIC_KEYS, fingerprint, private_key, signature_faults

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass(frozen=True)
class Approved:
    """How an approval ended; `again` where it was approved before."""

    version: str
    path: Path
    content_hash: str
    who: str
    at: str
    latest: str
    again: bool = False

    @property
    def words(self) -> Text:
        """The same as a sentence."""
        known = {"version": self.version, "who": self.who, "at": moment(self.at), "latest": self.latest}
        if self.again:
            return text("Nothing new: {who} approved {version} on {at} already; latest is {latest}.", **known)
        return text("{version} is published, approved by {who} on {at}; latest is {latest}.", **known)


def approve(
    home: Home,
    city: str,
    content_hash: str,
    *,
    by: str,
    why: str,
    key: Path | None = None,
    signature: str | None = None,
) -> Approved:
    """Publish the candidate that `content_hash` names, on the word of `by`, signed with `key` or signed already.

    Raises:
        ConfigError: when there is no such candidate, it was rejected, or `by` may not approve or has not signed.
        VerificationFailed: when the candidate is not what its manifest says, or is outdated.
    """
    ask_for_a_reason("An approval", why)
    with workspace(home, city) as locked:
        if done := _approved_before(locked, content_hash):
            with contextlib.suppress(ConfigError):
                take_off(candidate_named(home, city, content_hash, locked.entries))
            return done
        _refuse_rejected(locked, content_hash)
        candidate = candidate_named(home, city, content_hash, locked.entries)
        refuse_outdated(candidate)
        statement = _statement(candidate, by, why)
        given = signature or signature_of(statement, _own_key(key, by, home))
        approval = Approval(**asdict(statement), at=_now(), key=_key_of(by, city), signature=given)
        _must_count(approval, candidate)
        release = _promoted(locked, candidate, approval)
        take_off(candidate)
        return release


def signed(home: Home, city: str, content_hash: str, *, by: str, why: str, key: Path | None) -> str:
    """Return the signature with which another machine may publish the candidate: nothing is published here.

    Raises:
        ConfigError: as `approve`.
        VerificationFailed: as `approve`.
    """
    ask_for_a_reason("An approval", why)
    candidate = candidate_named(home, city, content_hash, catalog.entries_of(home.releases / city))
    refuse_outdated(candidate)
    statement = _statement(candidate, by, why)
    given = signature_of(statement, _own_key(key, by, home))
    _must_count(Approval(**asdict(statement), at=_now(), key=_key_of(by, city), signature=given), candidate)
    return given


def reject(home: Home, city: str, content_hash: str, *, by: str, why: str, undo: bool = False) -> Entry:
    """Note that a candidate is not to be published, and remove it; with `undo` a refresh may make it again.

    Raises:
        ConfigError: when there is no such candidate, no reason is given, or with `undo` none was rejected.
    """
    ask_for_a_reason("A rejection" if not undo else "Undoing a rejection", why)
    with workspace(home, city) as locked:
        before = _rejected(locked.entries, content_hash)
        if undo:
            if before is None:
                raise ConfigError(f"No candidate of {city} that {content_hash!r} names was rejected.", code="FS-USE-06")
            return _recorded(locked, noted_entry("reconsidered", before, locked.entries, why=why, who=by))
        if before is not None and not _waiting(home, locked, content_hash):
            return before
        candidate = candidate_named(home, city, content_hash, locked.entries)
        entry = before or _recorded(locked, _rejection(candidate, locked.entries, by=by, why=why))
        take_off(candidate)
        return entry


def _statement(candidate: Candidate, by: str, why: str) -> Statement:
    manifest = candidate.manifest
    return Statement(
        manifest.city, manifest.content_hash, files.sha256_of(candidate.path / NAME), by.strip(), why.strip()
    )


def _own_key(path: Path | None, by: str, home: Home) -> Ed25519PrivateKey:
    if path is None:
        raise ConfigError(
            f"Expected the private key of {by}, found none: name its file with --key FILE or {KEY}. "
            "Without it nothing is published.",
            code="FS-USE-06",
        )
    return private_key(path.expanduser(), "--key", PASSWORD, home.releases)


def _key_of(by: str, city: str) -> str:
    """Return the public key that the profile has of `by`."""
    profile = load_profile(city)
    known: Mapping[str, str] = profile.city.approvers
    if by.strip() not in known:
        raise ConfigError(
            f"Expected one who may approve for {city} ({', '.join(known) or 'nobody'}), found {by!r}. "
            f"`approvers` in {profile.folder / 'city.toml'} says who may.",
            code="FS-USE-06",
        )
    return known[by.strip()]


def _must_count(approval: Approval, candidate: Candidate) -> None:
    """Stop unless the approval is signed with the key that the profile has of that person, who did not build it."""
    if approval.faults():
        raise ConfigError(
            f"The signature is not that of {approval.by} under this candidate: expected the private key of the public "
            "one in city.toml (`approvers`). Nothing was published.",
            code="FS-USE-06",
        )
    if fingerprint(public_key(approval.key)) == candidate.manifest.signed_by:
        raise ConfigError(
            f"The key of {approval.by} is the one that this candidate was built with; expected a key that only the "
            "second person has. Nothing was published.",
            code="FS-USE-06",
        )


def _approved_before(city: Workspace, content_hash: str) -> Approved | None:
    gone = catalog.removed(city.entries)
    for version, entry in catalog.approved(city.entries).items():
        if is_named(entry.content_hash, content_hash) and version not in gone:
            return _outcome(city, city.entries, entry, again=True)
    return None


def _outcome(city: Workspace, entries: Sequence[Entry], entry: Entry, *, again: bool = False) -> Approved:
    pointing = catalog.pointing_entry(entries)
    return Approved(
        entry.version, city.folder / entry.version, entry.content_hash, entry.who, entry.at,
        latest=pointing.version if pointing else "", again=again,
    )  # fmt: skip


def _rejected(entries: Sequence[Entry], content_hash: str) -> Entry | None:
    return next((each for of, each in catalog.rejected(entries).items() if is_named(of, content_hash)), None)


def _refuse_rejected(city: Workspace, content_hash: str) -> None:
    if gone := _rejected(city.entries, content_hash):
        raise ConfigError(
            f"The candidate {gone.content_hash[:12]} of {city.name} was rejected by {gone.who} on {gone.at} "
            f"({gone.why}). If that was wrong: `fortschreibung reject {city.name} {gone.content_hash[:12]} --undo`, "
            "then refresh.",
            code="FS-USE-06",
        )


def _waiting(home: Home, city: Workspace, content_hash: str) -> bool:
    return any(is_named(each.content_hash, content_hash) for each in candidates_of(home, city.name, city.entries))


def _promoted(city: Workspace, candidate: Candidate, approval: Approval) -> Approved:
    incoming = city.folder / files.unfinished_name()
    try:
        shutil.copytree(candidate.path, incoming, copy_function=shutil.copyfile)
        incoming.chmod(0o700)  # that of the candidate is read-only
        (incoming / APPROVAL).write_bytes(approval.written())
        manifest = candidate.manifest
        faults = release_faults(incoming, manifest, contract_kept=True)
        faults += signature_faults(incoming, manifest.signed_by, city.folder / PUBLIC_KEYS, wanted=False)
        if faults:
            raise VerificationFailed(
                f"The candidate {candidate.short} is not as it was built; nothing was published:\n"
                + "\n".join(f"  {fault}" for fault in faults),
                code="FS-RELEASE-06",
            )
        files.make_readable(incoming)
        files.sync_tree(incoming)
        release = city.folder / manifest.version
        incoming.rename(release)
        files.sync_folder(city.folder)
    finally:
        with contextlib.suppress(OSError):
            files.remove(incoming)
    entries = [*city.entries, *release_entries(release, manifest, city.entries)]
    pointing = catalog.pointing_entry(entries)
    if pointing is not None and pointing != city.pointing:
        point(city.folder, pointing)
    recorded(city.folder, city.name, entries)
    note_readings(city.folder, [reading_of(release, manifest.files[DATABASE]["sha256"], manifest.content_hash)])
    return _outcome(city, entries, entries[-1])


def _rejection(candidate: Candidate, entries: Sequence[Entry], *, by: str, why: str) -> Entry:
    published = release_entries(candidate.path, candidate.manifest, entries)[0]
    return noted_entry("rejected", published, entries, why=why, who=by)


def _recorded(city: Workspace, entry: Entry) -> Entry:
    recorded(city.folder, city.name, [*city.entries, entry])
    return entry


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
