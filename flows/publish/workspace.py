"""The folder of a city's releases while one process holds it: healed, and safe to change.

Whatever a killed process left is put right before anything else is done: unfinished folders go, a release that
was cut off after it was built gets its entry, one that was to be removed is removed, and `latest` is set to what the
entries say. Who changes something here writes the catalogue's entry in one step, and lets the rest follow from it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.base import files
from flows.base.errors import ConfigError, FortschreibungError, VerificationFailed
from flows.base.home import Home
from flows.base.locks import city_lock
from flows.base.texts import text
from flows.pages.releases_page import releases_page
from flows.publish.verify import release_faults
from flows.release import catalog
from flows.release.approval import approval_in
from flows.release.catalog import Entry
from flows.release.manifest import NAME, Manifest, manifest_of

WAIT_SECONDS = 600.0
Say = Callable[[str], None]


def silence(_: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Workspace:
    """The folder of a city's releases while this process holds its lock, healed."""

    name: str
    folder: Path
    lock: int
    entries: tuple[Entry, ...]

    @property
    def pointing(self) -> Entry | None:
        """The entry that `latest` follows from."""
        return catalog.pointing_entry(self.entries)


@contextlib.contextmanager
def workspace(home: Home, city: str, wait_seconds: float = WAIT_SECONDS, say: Say = silence) -> Iterator[Workspace]:
    """Hold the folder of the releases of `city`, healed, while the body lasts.

    Raises:
        FortschreibungError: when another process holds it too long, or it cannot be written.
        VerificationFailed: when what lies there is not the work of a cut-off publication.
    """
    folder = home.releases / city
    try:
        files.make_public_folder(folder)
        with city_lock(folder, wait_seconds, say) as lock:
            yield Workspace(city, folder, lock, tuple(_healed(folder, city, say)))
    except OSError as problem:
        raise FortschreibungError(
            f"Could not write the release into {folder}: {problem.strerror or problem}: "
            f"{files.remedy(problem)}. The last release stands as it was.",
            code="FS-RUN-04",
        ) from problem


def _healed(folder: Path, city: str, say: Say) -> list[Entry]:
    for left in folder.glob(f"{files.UNFINISHED}*"):
        files.remove(left)
    entries = catalog.entries_of(folder)
    faults = catalog.chain_faults(entries)
    if faults:
        raise VerificationFailed(
            f"{folder / catalog.CATALOG} is not as it was written; nothing is published onto it. "
            "Restore it from a backup:\n" + "\n".join(f"  {fault}" for fault in faults),
            code="FS-RELEASE-02",
        )
    listed = {entry.version for entry in entries if entry.kind == "release"}
    there = sorted(
        (path.name for path in folder.iterdir() if not path.is_symlink() and catalog.is_version(path.name)),
        key=catalog.version_key,
    )
    for version in there:
        if version not in listed:
            entries += _adopted(folder / version, entries)
            say(text(
                "{version} was cut off after it was built; it is whole, and now in the catalogue.", version=version
            ))  # fmt: skip
            recorded(folder, city, entries)
    for version in sorted(catalog.removed(entries)):
        take_away(folder / version)
    pointing = catalog.pointing_entry(entries)
    if pointing is not None and (folder / pointing.version).is_dir():
        point(folder, pointing)
    if entries:
        list_releases(folder, city, entries)
    return entries


def _adopted(release: Path, entries: Sequence[Entry]) -> list[Entry]:
    manifest = manifest_of(release)
    faults = release_faults(release, manifest)
    if catalog.overtaken_by(entries, manifest.catalog_head):
        faults.append(f"{NAME}: was made for another state of the catalogue; was an entry removed?")
    if approval := approval_in(release):
        faults += approval.faults()
    if manifest.version != release.name:
        faults.append(f"{NAME}: says version {manifest.version}")
    if faults:
        raise VerificationFailed(
            f"{release} is not in the catalogue and is not what a cut-off publication leaves. "
            "Restore catalog.json from a backup, or move the folder away:\n"
            + "\n".join(f"  {fault}" for fault in faults),
            code="FS-RELEASE-02",
        )
    files.make_readable(release)
    return release_entries(release, manifest, entries)


def release_entries(release: Path, manifest: Manifest, entries: Sequence[Entry]) -> list[Entry]:
    """Return the entry of the release in the folder `release`, and that of its approval where it has one.

    They follow from its manifest and its approval alone.
    """
    approval = approval_in(release)
    published = catalog.sealed(
        Entry(
            number=len(entries) + 1,
            kind="release",
            version=manifest.version,
            at=approval.at if approval else manifest.made_at,
            content_hash=manifest.content_hash,
            manifest_sha256=files.sha256_of(release / NAME),
            input_fingerprint=manifest.input_fingerprint,
            stichtag_max=manifest.stichtag_max,
            zuschnitt=manifest.zuschnitt,
            who=manifest.run_id,
            why="",
            previous_hash=catalog.head(entries),
        )
    )
    if approval is None:
        return [published]
    return [
        published,
        noted_entry("approved", published, [*entries, published], why=approval.why, who=approval.by, at=approval.at),
    ]


def ask_for_a_reason(what: str, why: str) -> None:
    """Stop where a decision that the catalogue keeps has no reason.

    Raises:
        ConfigError: it is empty.
    """
    if not why.strip():
        raise ConfigError(f"{what} needs a reason: --why '...' says it, and the catalogue keeps it.", code="FS-USE-06")


def noted_entry(
    kind: str, release: Entry, entries: Sequence[Entry], *, why: str, who: str | None = None, at: str | None = None
) -> Entry:
    """Return the next entry of the catalogue: what a person did with a release, when (now, if not `at`) and why."""
    return catalog.sealed(
        replace(
            release,
            number=len(entries) + 1,
            kind=kind,
            at=at or dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            who=who or getpass.getuser(),
            why=why.strip(),
            previous_hash=catalog.head(entries),
        )
    )


def point(folder: Path, entry: Entry) -> None:
    """Let `latest` and latest.json say what `entry` says, each in one step; what is right already stays."""
    link, noted = folder / catalog.LATEST, folder / catalog.LATEST_JSON
    if not (link.is_symlink() and str(link.readlink()) == entry.version):
        files.point_link(link, entry.version)
    if not (noted.is_file() and noted.read_bytes() == catalog.latest_bytes(entry)):
        files.write_whole(noted, catalog.latest_bytes(entry), mode=files.PUBLIC)


def recorded(folder: Path, city: str, entries: Sequence[Entry]) -> None:
    """Write the catalogue with these entries, in one step, then the page that lists them."""
    files.write_whole(folder / catalog.CATALOG, catalog.catalog_bytes(city, entries), mode=files.PUBLIC)
    list_releases(folder, city, entries)


def list_releases(folder: Path, city: str, entries: Sequence[Entry]) -> None:
    """Let the page above all releases say what the catalogue says; what is right already stays.

    It follows from the catalogue, so that one which cannot be written now is written with the next change: a release
    is published whether or not there is room for its page, and a manifest that cannot be read is for `verify` to name.
    """
    pointing = catalog.pointing_entry(entries)
    if pointing is None:
        return
    with contextlib.suppress(OSError, VerificationFailed):
        described = manifest_of(folder / pointing.version)
        content = releases_page(described.city_name or city, bool(described.synthetic), entries).encode()
        page = folder / catalog.PAGE
        if not (page.is_file() and page.read_bytes() == content):
            files.write_whole(page, content, mode=files.PUBLIC)


def take_away(release: Path) -> None:
    """Remove a release's folder if it is there; it is gone from sight in one step, before its files go."""
    if release.is_dir():
        aside = release.with_name(files.unfinished_name())
        release.rename(aside)
        files.remove(aside)
