"""Makes a built release the published one, in steps of which every one may be the last before a crash.

Under the city's lock, in this order:

1.  What a killed run left is healed (`flows.publish.workspace`).
2.  A fresh process builds into ``.incoming-<id>/``; its manifest is written last, and signed if there is a key.
3.  Every file and folder is brought to the disk; the release is verified by opening it, and made read-only.
4.  ``.incoming-<id>/`` is renamed to the version. *From here on the release exists.*
5.  ``latest`` is swapped, then ``latest.json``, if the version is newer than all before.
6.  The entry is added to ``catalog.json``.

Cut off before 4, nothing is visible but an ``.incoming-*``, which `heal` removes. Cut off after 4, the
version lies there without an entry: `heal` verifies it and adds the entry, which follows from the manifest
alone, and sets `latest` to what the entries say. So a release that was cut off is finished, never half, and
no number is used twice. A rollback writes its entry first; `heal` then moves `latest` as that entry says.

Where the city wants the approval of a second person, what was verified in 3 becomes a candidate
(`flows.publish.candidates`) and is promoted by `flows.publish.approve`.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.base import files
from flows.base.errors import ConfigError, FortschreibungError, VerificationFailed
from flows.base.home import Home
from flows.base.local_time import moment
from flows.base.texts import Text, joined, text
from flows.publish.candidates import asks_for_approval, place_for_candidates, put, was_rejected
from flows.publish.read_notes import note_readings, reading_of
from flows.publish.verify import release_faults
from flows.publish.workspace import WAIT_SECONDS, Say, Workspace, point, recorded, release_entries, silence, workspace
from flows.release import approval, catalog
from flows.release.catalog import DATABASE
from flows.release.content_hash import FORMAT as CONTENT_FORMAT
from flows.release.job import ReleaseJob, Standing
from flows.release.manifest import manifest_of
from flows.release.signature import KEY, PASSWORD, fingerprint, publish_key, sign, signing_key
from flows.release.table_contract import contract

_SECRETS = (KEY, PASSWORD, approval.KEY, approval.PASSWORD)
_CANDIDATE, _REJECTED = "candidate", "rejected"


@dataclass(frozen=True)
class PublishOutcome:
    """How a publication ended; `version` is the release that now holds this content, None where none does."""

    version: str | None
    path: Path | None
    content_hash: str
    published: bool
    reason: Text
    candidate: Path | None = None
    """The folder in which it waits for the approval of a second person."""


def publish(
    job: ReleaseJob,
    publish_dir: Path,
    home: Home,
    *,
    needs_approval: bool = False,
    wait_seconds: float = WAIT_SECONDS,
    say: Say = silence,
) -> PublishOutcome:
    """Publish the protected tables in `publish_dir` as the next edition of their year, if they say anything new.

    Where it `needs_approval` by a second person, it is built and verified, and waits for that.

    Raises:
        FortschreibungError: when it cannot be done; the last release is then as it was.
    """
    with workspace(home, job.city_id, wait_seconds, say) as city:
        waiting = place_for_candidates(home, city) if needs_approval else None
        incoming = (waiting or city.folder) / files.unfinished_name()
        try:
            return _published(job, publish_dir, city, incoming, waiting)
        finally:
            with contextlib.suppress(OSError):
                files.remove(incoming)


def heal(home: Home, city: str, *, wait_seconds: float = WAIT_SECONDS, say: Say = silence) -> None:
    """Clean up and finish what a killed publication of `city` left behind.

    Raises:
        VerificationFailed: when what lies there is not the work of a cut-off publication.
    """
    with workspace(home, city, wait_seconds, say):
        return  # whoever has the lock has healed


def _refuse_newer_schema(city: Workspace) -> None:
    """Stop when a program of a later time has published: this one would take back what it added.

    It has where `latest`, or a release that came out since, such as one of an earlier year, is its work. What was
    rolled back or withdrawn no longer counts: so an office goes back to the program that it had.

    Raises:
        ConfigError: names both schema versions.
    """
    ours, out = contract().schema_version, {*catalog.withdrawn(city.entries), *catalog.removed(city.entries)}
    since = [entry for entry in city.entries if city.pointing and entry.number > city.pointing.number]
    for entry in filter(None, [city.pointing, *since]):
        if entry.version in out or not (city.folder / entry.version).is_dir():
            continue
        theirs = manifest_of(city.folder / entry.version).schema_version
        if [*map(int, theirs.split("."))] > [*map(int, ours.split("."))]:
            raise ConfigError(
                f"{city.name} {entry.version} has tables of schema version {theirs}, this program makes {ours}: it is "
                "older than the one that published last. Update the program; nothing was published.",
                code="FS-RELEASE-05",
            )


def _published(
    job: ReleaseJob, publish_dir: Path, city: Workspace, incoming: Path, waiting: Path | None
) -> PublishOutcome:
    _refuse_newer_schema(city)
    version, standing = _next_version(job.year, city), city.pointing
    key = signing_key(city.folder.parent)  # reported before the build if it is missing
    signed_by = fingerprint(key.public_key()) if key else None
    standing_there = _standing(job.year, city) + _decided(city, waiting)
    answer = _built(job.write(publish_dir), incoming, version, city, signed_by, standing_there)
    identity, same_as = str(answer["content_hash"]), answer["same_as"]
    if same_as is not None:
        return _nothing_new(same_as, identity, city, waiting)
    if key is not None:
        sign(incoming, key)
        publish_key(city.folder, key.public_key())
    files.sync_tree(incoming)
    manifest = manifest_of(incoming)
    faults = release_faults(incoming, manifest, contract_kept=True)
    if faults:
        raise VerificationFailed(
            "The release is not what its manifest says right after it was written; is the disk sound?\n"
            + "\n".join(f"  {fault}" for fault in faults),
            code="FS-RELEASE-04",
        )
    files.make_readable(incoming)
    if waiting is not None:
        path = put(incoming, identity)
        return PublishOutcome(None, None, identity, published=False, reason=asks_for_approval(path, manifest),
                              candidate=path)  # fmt: skip
    release = city.folder / version
    incoming.rename(release)
    files.sync_folder(city.folder)
    (entry,) = release_entries(release, manifest, city.entries)
    reason = text("{version} is published and is now the latest release.", version=version)
    if catalog.pointing_entry([*city.entries, entry]) is entry:
        point(city.folder, entry)
    else:
        reason = text(
            "{version} is published; latest stays {latest}, which is newer. If that one is wrong: `fortschreibung "
            "withdraw`.", version=version, latest=standing.version if standing else text("as it was"),
        )  # fmt: skip
    if standing and not (city.folder / standing.version).is_dir():
        gone = text("The folder of {version} is gone: restore it from a backup if it is cited.",
                    version=standing.version)  # fmt: skip
        reason = joined(" ", (reason, gone))
    recorded(city.folder, city.name, [*city.entries, entry])
    note_readings(city.folder, [reading_of(release, manifest.files[DATABASE]["sha256"], manifest.content_hash)])
    return PublishOutcome(version, release, identity, published=True, reason=reason)


def _next_version(year: int, city: Workspace) -> str:
    names = {entry.version for entry in city.entries if entry.kind == "release"} | {
        path.name for path in city.folder.iterdir()
    }
    keys = [catalog.version_key(name) for name in names if catalog.is_version(name)]
    return f"{year}.{max((edition for of, edition in keys if of == year), default=0) + 1}"


def _standing(year: int, city: Workspace) -> list[Standing]:
    """Return what need not be published again: `latest`, and the newest edition of the year.

    The latter even if it was rolled back: what was withdrawn must not come again with the next scheduled run. A
    `latest` whose folder is gone does not stand: its content is made again, as the next edition.
    """
    kept_kinds = [entry for entry in city.entries if entry.kind not in ("rejected", "reconsidered")]
    of_year = [entry for entry in kept_kinds if catalog.version_key(entry.version)[0] == year]
    newest = max(of_year, key=lambda entry: catalog.version_key(entry.version), default=None)
    lost = city.pointing and not (city.folder / city.pointing.version).is_dir() and city.pointing.version
    kept = [entry for entry in (newest, city.pointing) if entry in of_year and entry and entry.version != lost]
    return [
        Standing(entry.version, entry.content_hash, _content_format(city.folder / entry.version))
        for entry in dict.fromkeys(kept)
        if entry is not None
    ]


def _decided(city: Workspace, waiting: Path | None) -> list[Standing]:
    """Return the contents that wait for a second person, and those that one rejected: they are not made again."""
    rejected = [Standing(_REJECTED, each, CONTENT_FORMAT) for each in catalog.rejected(city.entries)]
    known = waiting.iterdir() if waiting is not None else ()
    candidates = [manifest_of(each) for each in known if not each.name.startswith(files.UNFINISHED)]
    return rejected + [Standing(_CANDIDATE, each.content_hash, each.content_format) for each in candidates]


def _nothing_new(same_as: str, identity: str, city: Workspace, waiting: Path | None) -> PublishOutcome:
    """Return the outcome when the content is that of a release, a candidate or what was rejected: nothing is made."""
    if same_as == _CANDIDATE and waiting is not None:
        path = waiting / identity
        same = text("Nothing new: the content is that of a candidate.")
        reason = joined(" ", (same, asks_for_approval(path, manifest_of(path))))
        return PublishOutcome(None, None, identity, published=False, reason=reason, candidate=path)
    if same_as == _REJECTED:
        reason = was_rejected(catalog.rejected(city.entries)[identity])
        return PublishOutcome(None, None, identity, published=False, reason=reason)
    reason = _why_not(same_as, city)
    return PublishOutcome(same_as, city.folder / same_as, identity, published=False, reason=reason)


def _content_format(release: Path) -> int:
    return manifest_of(release).content_format if release.is_dir() else CONTENT_FORMAT


def _without_secrets() -> dict[str, str]:
    """Return the environment without what the building process has no business with: the keys of signatures."""
    return {name: value for name, value in os.environ.items() if name not in _SECRETS}


def _why_not(same_as: str, city: Workspace) -> Text:
    pointing = city.pointing
    if gone := catalog.withdrawn(city.entries).get(same_as):
        return text(
            "Nothing is published: the content is that of {version}, which was withdrawn on {at} by {who}: {why}",
            version=same_as, at=moment(gone.at), who=gone.who, why=gone.why,
        )  # fmt: skip
    if pointing is not None and pointing.kind == "rollback" and pointing.version != same_as:
        return text(
            "Nothing is published: the content is that of {version}, which was rolled back to {latest} on {at} by "
            "{who}: {why}",
            version=same_as, latest=pointing.version, at=moment(pointing.at), who=pointing.who, why=pointing.why,
        )  # fmt: skip
    return text("Nothing new: the content is that of {version}.", version=same_as)


def _built(
    job: Path, incoming: Path, version: str, city: Workspace, signed_by: str | None, known: Sequence[Standing]
) -> dict[str, str | None]:
    """Have a fresh process build into `incoming`; return what it answers."""
    command = [sys.executable, "-m", "flows.publish.build", str(job), str(incoming), version]
    command += ["--end-with-parent", "--catalog-head", catalog.head(city.entries)]
    command += [f"--signed-by={signed_by}"] if signed_by else []
    standing = city.pointing
    if standing is not None and (city.folder / standing.version).is_dir():
        command += ["--previous", standing.version, str(city.folder / standing.version)]
    command += [f"--standing={one.version}:{one.content_format}:{one.content_hash}" for one in known]
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    with subprocess.Popen(  # noqa: S603 -- this Python, this package
        command,
        stdin=subprocess.PIPE,  # stays open; the builder ends when it closes
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=(city.lock,),  # while a builder lives, even an orphaned one, nobody else gets the lock
        env={**_without_secrets(), "PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"},
    ) as process:
        if process.stdout is None:
            raise FortschreibungError("The building process has no output.", code="FS-RELEASE-04")
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
    hint = files.hint_of_full_disk(city.folder)
    finer = answer.get("code") or FortschreibungError.code
    raise raising(
        f"The release {version} could not be built; the last release stands as it was. {words}{hint}",
        code=finer if finer != FortschreibungError.code else "FS-RELEASE-04",
    )
