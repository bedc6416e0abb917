"""Copies releases to another place, for readers who cannot reach this machine: verified here, copied, verified there.

    URL/<city>/2024.1/...        every file, the manifest last: without one it is no release
    URL/<city>/signing-keys.pem, catalog.json, index.html
    URL/<city>/latest.json       last of all: the pointer, since object storage has no links

Every file is read back after it was copied. A push that was cut off has changed nothing that a reader looks at, and the
next one goes on where it stopped: what is there and whole is not sent again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flows.base.errors import ConfigError, VerificationFailed
from flows.base.home import Home
from flows.base.locks import settled
from flows.base.texts import text, text_count
from flows.publish.places import Place, place_at
from flows.publish.verify import WAIT_SECONDS, verify
from flows.release import catalog
from flows.release.manifest import APPROVAL, NAME, SIGNATURE, manifest_of
from flows.release.signature import PUBLIC_KEYS


@dataclass(frozen=True)
class Pushed:
    """What a push did: the releases that are there now, how many files it sent, and what `latest` is there."""

    city: str
    url: str
    versions: tuple[str, ...]
    sent: int
    bytes: int
    latest: str | None


def push(
    home: Home,
    city: str,
    url: str,
    version: str | None = None,
    *,
    deep: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Pushed:
    """Copy the releases of `city` that are kept, or one of them, to `url`; with `deep` read back what is there already.

    Raises:
        ConfigError: when there is no release, or the place cannot be used.
        FortschreibungError: when the place does not answer.
        VerificationFailed: when a release is not what it must be, here or there; `latest` there is then as it was.
    """
    place, checked = place_at(url), verify(home, city, version, say=say)
    folder, sent, total = home.releases / city, 0, 0
    with settled(folder, WAIT_SECONDS, say):
        beside = {
            name: (folder / name).read_bytes()
            for name in (PUBLIC_KEYS, catalog.CATALOG, catalog.PAGE, catalog.LATEST_JSON)
            if (folder / name).is_file()
        }
    if not checked.versions or catalog.LATEST_JSON not in beside:
        raise ConfigError(f"There is no release of {city!r} in {home.releases} to be copied.", code="FS-USE-02")
    _refuse_older(place, city, beside[catalog.CATALOG], url)
    for each in checked.versions:
        files_sent, bytes_sent = _release_copied(place, folder / each, f"{city}/{each}", deep=deep)
        sent, total = sent + files_sent, total + bytes_sent
        if files_sent:
            say(text_count(
                "{version}: 1 file copied and read back ({size:,.1f} MB)",
                "{version}: {count} files copied and read back ({size:,.1f} MB)",
                files_sent, version=each, size=bytes_sent / 1e6,
            ))  # fmt: skip
    pointed = str(json.loads(beside[catalog.LATEST_JSON])["version"])
    if place.read(f"{city}/{pointed}/{NAME}") is None:
        say(text("latest.json is not copied: {version}, which it names, is not there yet", version=pointed))
        del beside[catalog.LATEST_JSON]
    for name, content in beside.items():  # the pointer is the last
        if place.read(f"{city}/{name}") != content:
            place.write(f"{city}/{name}", content)
            sent, total = sent + 1, total + len(content)
    there = place.read(f"{city}/{catalog.LATEST_JSON}")
    return Pushed(city, url, checked.versions, sent, total, json.loads(there)["version"] if there else None)


def _refuse_older(place: Place, city: str, ours: bytes, url: str) -> None:
    """Stop when the catalogue there has entries that ours has not: this is an older copy, or another office's."""
    there = place.read(f"{city}/{catalog.CATALOG}")
    if there is None:
        return
    try:
        theirs = [entry["entry_hash"] for entry in json.loads(there)["entries"]]
    except (ValueError, KeyError, TypeError) as problem:
        raise VerificationFailed(
            f"{url}/{city}/{catalog.CATALOG} is damaged; remove it there, then push again.", code="FS-RELEASE-08"
        ) from problem
    known = [entry["entry_hash"] for entry in json.loads(ours)["entries"]]
    if known[: len(theirs)] != theirs:
        raise VerificationFailed(
            f"{url}/{city} has entries that the releases here have not: expected an earlier state of the same "
            "catalogue. Was this data folder restored from an older backup? Nothing was copied.",
            code="FS-RELEASE-08",
        )


def _release_copied(place: Place, release: Path, there: str, *, deep: bool) -> tuple[int, int]:
    """Copy what of a release is not there yet, the manifest last; return how many files and bytes were sent."""
    manifest = manifest_of(release)
    known: dict[str, tuple[int, str]] = {
        name: (int(each["bytes"]), str(each["sha256"])) for name, each in manifest.files.items()
    }
    for name in (APPROVAL, SIGNATURE, NAME):
        if (release / name).is_file():
            content = (release / name).read_bytes()
            known[name] = len(content), hashlib.sha256(content).hexdigest()
    found = place.sizes(there)
    whole = place.read(f"{there}/{NAME}") == (release / NAME).read_bytes()  # it was the last of a push: all came before
    sent = total = 0
    for name, (size, digest) in known.items():
        if found.get(name) == size and ((whole and not deep) or place.sha256(f"{there}/{name}") == digest):
            continue
        place.copy(release / name, f"{there}/{name}")
        if place.sha256(f"{there}/{name}") != digest:
            raise VerificationFailed(
                f"{there}/{name} is not what was copied there; `latest` there is as it was.", code="FS-RELEASE-08"
            )
        sent, total = sent + 1, total + size
    if strange := sorted(set(found) - set(known)):
        raise VerificationFailed(
            f"{there} has files that are not in its manifest: {', '.join(strange[:5])}. Remove them there; `latest` "
            "there is as it was.",
            code="FS-RELEASE-08",
        )
    return sent, total
