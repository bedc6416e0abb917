"""Makes a built release the published one, in steps of which every one may be the last before a crash.

Under the city's lock, in this order:

1.  What a killed run left is healed (`heal`, below).
2.  A fresh process builds into ``.incoming-<id>/``; its manifest is written last.
3.  Every file and folder is brought to the disk; the release is verified by opening it, and made read-only.
4.  ``.incoming-<id>/`` is renamed to the version. *From here on the release exists.*
5.  ``latest`` is swapped, then ``latest.json``, if the version is newer than all before.
6.  The entry is added to ``catalog.json``.

Cut off before 4, nothing is visible but an ``.incoming-*``, which `heal` removes. Cut off after 4, the
version lies there without an entry: `heal` verifies it and adds the entry, which follows from the manifest
alone, and sets `latest` to what the entries say. So a release that was cut off is finished, never half, and
no number is used twice. A rollback writes its entry first; `heal` then moves `latest` as that entry says.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.errors import ConfigError, FortschreibungError, VerificationFailed
from flows.home import Home
from flows.publish import catalog, durable
from flows.publish.catalog import Entry
from flows.publish.job import ReleaseJob
from flows.publish.lock import city_lock
from flows.publish.manifest import NAME, Manifest, manifest_of
from flows.publish.verify import release_faults

WAIT_SECONDS = 600.0
Say = Callable[[str], None]


@dataclass(frozen=True)
class PublishOutcome:
    """How a publication ended; `version` is the release that now holds this content."""

    version: str
    path: Path
    content_hash: str
    published: bool
    reason: str


def _silence(_: str) -> None:
    return


@dataclass(frozen=True)
class _City:
    """The folder of a city's releases while this process holds its lock, healed."""

    name: str
    folder: Path
    lock: int
    entries: tuple[Entry, ...]

    @property
    def pointing(self) -> Entry | None:
        return catalog.pointing_entry(self.entries)


def publish(
    job: ReleaseJob, publish_dir: Path, home: Home, *, wait_seconds: float = WAIT_SECONDS, say: Say = _silence
) -> PublishOutcome:
    """Publish the protected tables in `publish_dir` as the next edition of their year, if they say anything new.

    Raises:
        FortschreibungError: when it cannot be done; the last release is then as it was.
    """
    with _locked(home, job.city_id, wait_seconds, say) as city:
        incoming = city.folder / durable.unfinished_name()
        try:
            return _published(job, publish_dir, city, incoming)
        finally:
            with contextlib.suppress(OSError):
                durable.remove(incoming)


def heal(home: Home, city: str, *, wait_seconds: float = WAIT_SECONDS, say: Say = _silence) -> None:
    """Clean up and finish what a killed publication of `city` left behind.

    Raises:
        VerificationFailed: when what lies there is not the work of a cut-off publication.
    """
    with _locked(home, city, wait_seconds, say):
        return  # whoever has the lock has healed


def rollback(home: Home, city: str, version: str, *, why: str, who: str | None = None) -> Entry:
    """Move `latest` back to an earlier release, and record who did it, when and why.

    Raises:
        ConfigError: when there is no such release, or no reason is given.
        VerificationFailed: when that release is not what its manifest says.
    """
    if not why.strip():
        raise ConfigError("A rollback needs a reason: --why '...' says it, and the catalogue keeps it.")
    catalog.release_named(home, city, version)
    with _locked(home, city, WAIT_SECONDS, _silence) as held:
        folder, entries = held.folder, held.entries
        release = next(entry for entry in entries if entry.kind == "release" and entry.version == version)
        faults = release_faults(folder / version, manifest_of(folder / version))
        if faults:
            raise VerificationFailed(f"{folder / version} cannot be rolled back to:\n  " + "\n  ".join(faults))
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        entry = _rollback_entry(release, entries, now, who or getpass.getuser(), why.strip())
        durable.write_whole(folder / catalog.CATALOG, catalog.catalog_bytes(city, [*entries, entry]))
        _point(folder, entry)
        return entry


@contextlib.contextmanager
def _locked(home: Home, city: str, wait_seconds: float, say: Say) -> Iterator[_City]:
    folder = home.releases / city
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with city_lock(folder, wait_seconds, say) as lock:
            yield _City(city, folder, lock, tuple(_healed(folder, city, say)))
    except OSError as problem:
        raise FortschreibungError(
            f"Could not write the release into {folder}: {problem.strerror or problem}: "
            f"{durable.remedy(problem)}. The last release stands as it was."
        ) from problem


def _healed(folder: Path, city: str, say: Say) -> list[Entry]:
    for left in folder.glob(f"{durable.UNFINISHED}*"):
        durable.remove(left)
    entries = catalog.entries_of(folder)
    faults = catalog.chain_faults(entries)
    if faults:
        raise VerificationFailed(
            f"{folder / catalog.CATALOG} is not as it was written; nothing is published onto it. "
            "Restore it from a backup:\n" + "\n".join(f"  {fault}" for fault in faults)
        )
    listed = {entry.version for entry in entries}
    there = sorted(
        (path.name for path in folder.iterdir() if not path.is_symlink() and catalog.is_version(path.name)),
        key=catalog.version_key,
    )
    for version in there:
        if version not in listed:
            entries.append(_adopted(folder / version, entries))
            say(f"{version} was cut off after it was built; it is whole, and now in the catalogue.")
            _recorded(folder, city, entries)
    pointing = catalog.pointing_entry(entries)
    if pointing is not None and (folder / pointing.version).is_dir():
        _point(folder, pointing)
    return entries


def _adopted(release: Path, entries: Sequence[Entry]) -> Entry:
    manifest = manifest_of(release)
    faults = release_faults(release, manifest)
    if manifest.catalog_head != catalog.head(entries):
        faults.append(f"{NAME}: was made for another state of the catalogue; was an entry removed?")
    if manifest.version != release.name:
        faults.append(f"{NAME}: says version {manifest.version}")
    if faults:
        raise VerificationFailed(
            f"{release} is not in the catalogue and is not what a cut-off publication leaves. "
            "Restore catalog.json from a backup, or move the folder away:\n"
            + "\n".join(f"  {fault}" for fault in faults)
        )
    durable.make_read_only(release)
    return _release_entry(release, manifest, entries)


def _published(job: ReleaseJob, publish_dir: Path, city: _City, incoming: Path) -> PublishOutcome:
    version, standing = _next_version(job.year, city), city.pointing
    answer = _built(job.write(publish_dir), incoming, version, city)
    identity, same_as = str(answer["content_hash"]), answer["same_as"]
    if same_as is not None:
        reason = _why_not(same_as, standing)
        return PublishOutcome(same_as, city.folder / same_as, identity, published=False, reason=reason)
    durable.sync_tree(incoming)
    manifest = manifest_of(incoming)
    faults = release_faults(incoming, manifest)
    if faults:
        raise VerificationFailed(
            "The release is not what its manifest says right after it was written; is the disk sound?\n"
            + "\n".join(f"  {fault}" for fault in faults)
        )
    durable.make_read_only(incoming)
    release = city.folder / version
    incoming.rename(release)
    durable.sync_folder(city.folder)
    entry = _release_entry(release, manifest, city.entries)
    reason = f"{version} is published and is now the latest release."
    if catalog.pointing_entry([*city.entries, entry]) is entry:
        _point(city.folder, entry)
    else:
        reason = f"{version} is published; latest stays {standing.version if standing else 'as it was'}."
    _recorded(city.folder, city.name, [*city.entries, entry])
    return PublishOutcome(version, release, identity, published=True, reason=reason)


def _next_version(year: int, city: _City) -> str:
    names = {entry.version for entry in city.entries} | {path.name for path in city.folder.iterdir()}
    keys = [catalog.version_key(name) for name in names if catalog.is_version(name)]
    return f"{year}.{max((edition for of, edition in keys if of == year), default=0) + 1}"


def _standing(year: int, city: _City) -> dict[str, str]:
    """Return by content hash what need not be published again: `latest`, and the newest edition of the year.

    The latter even if it was rolled back: what was withdrawn must not come again with the next scheduled run.
    """
    of_year = [entry for entry in city.entries if catalog.version_key(entry.version)[0] == year]
    newest = max(of_year, key=lambda entry: catalog.version_key(entry.version), default=None)
    kept = [entry for entry in (newest, city.pointing) if entry in of_year]
    return {entry.content_hash: entry.version for entry in kept if entry is not None}


def _why_not(same_as: str, pointing: Entry | None) -> str:
    if pointing is not None and pointing.kind == "rollback" and pointing.version != same_as:
        return (
            f"Nothing is published: the content is that of {same_as}, which was rolled back to "
            f"{pointing.version} on {pointing.at} by {pointing.who}: {pointing.why}"
        )
    return f"Nothing new: the content is that of {same_as}."


def _built(job: Path, incoming: Path, version: str, city: _City) -> dict[str, str | None]:
    """Have a fresh process build into `incoming`; return what it answers."""
    command = [sys.executable, "-m", "flows.publish.build", str(job), str(incoming), version]
    command += ["--end-with-parent", "--catalog-head", catalog.head(city.entries)]
    standing = city.pointing
    if standing is not None and (city.folder / standing.version).is_dir():
        command += ["--previous", standing.version, str(city.folder / standing.version)]
    year = catalog.version_key(version)[0]
    command += [f"--standing={digest}={holder}" for digest, holder in _standing(year, city).items()]
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    with subprocess.Popen(  # noqa: S603 -- this Python, this package
        command,
        stdin=subprocess.PIPE,  # stays open; the builder ends when it closes
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=(city.lock,),  # while a builder lives, even an orphaned one, the lock is held
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"},
    ) as process:
        if process.stdout is None:
            raise FortschreibungError("The building process has no output.")
        said = process.stdout.read().decode(errors="replace")
        code = process.wait()
    try:
        answer = json.loads(said.strip().rpartition("\n")[2])
    except ValueError:
        answer = {}
    if code == 0 and "content_hash" in answer:
        return {str(name): value for name, value in answer.items()}
    words = answer.get("error") or f"it ended with exit code {code} and said:\n{said.strip()[-2000:]}"
    raising = VerificationFailed if answer.get("kind") == "VerificationFailed" else FortschreibungError
    raise raising(f"The release {version} could not be built; the last release stands as it was. {words}")


def _release_entry(release: Path, manifest: Manifest, entries: Sequence[Entry]) -> Entry:
    return catalog.sealed(
        Entry(
            number=len(entries) + 1,
            kind="release",
            version=manifest.version,
            at=manifest.made_at,
            content_hash=manifest.content_hash,
            manifest_sha256=hashlib.sha256((release / NAME).read_bytes()).hexdigest(),
            input_fingerprint=manifest.input_fingerprint,
            stichtag_max=manifest.stichtag_max,
            zuschnitt=manifest.zuschnitt,
            who=manifest.run_id,
            why="",
            previous_hash=catalog.head(entries),
        )
    )


def _rollback_entry(release: Entry, entries: Sequence[Entry], at: str, who: str, why: str) -> Entry:
    return catalog.sealed(
        Entry(
            number=len(entries) + 1,
            kind="rollback",
            version=release.version,
            at=at,
            content_hash=release.content_hash,
            manifest_sha256=release.manifest_sha256,
            input_fingerprint=release.input_fingerprint,
            stichtag_max=release.stichtag_max,
            zuschnitt=release.zuschnitt,
            who=who,
            why=why,
            previous_hash=catalog.head(entries),
        )
    )


def _point(folder: Path, entry: Entry) -> None:
    """Let `latest` and latest.json say what `entry` says, each in one step; what is right already stays."""
    link, noted = folder / catalog.LATEST, folder / catalog.LATEST_JSON
    if not (link.is_symlink() and str(link.readlink()) == entry.version):
        durable.point_link(link, entry.version)
    if not (noted.is_file() and noted.read_bytes() == catalog.latest_bytes(entry)):
        durable.write_whole(noted, catalog.latest_bytes(entry))


def _recorded(folder: Path, city: str, entries: Sequence[Entry]) -> None:
    durable.write_whole(folder / catalog.CATALOG, catalog.catalog_bytes(city, entries))
