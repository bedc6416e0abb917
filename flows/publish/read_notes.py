"""Which releases had their content read back, by which DuckDB and code: releases/<city>/verified.json.

What was read once need not be read again by the same program: the bytes of manifest and database decide what it finds,
and `verify` looks at those every time. A note therefore counts only for the very bytes that it names. It lies beside
the releases, never in one; who alters it can only make `verify` read more, or skip a reading that `--deep` makes.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from flows import __version__
from flows.base import files
from flows.base.resources import resource
from flows.release.manifest import NAME

NOTES = "verified.json"
FORMAT = "fortschreibung-verified/1"
_CODE = Path(__file__).resolve().parents[1]
_READERS = ("read_back.py", "verify.py")


@dataclass(frozen=True)
class Reading:
    """That the content of a release was read and is what its manifest says."""

    version: str
    manifest_sha256: str
    database_sha256: str
    content_hash: str
    duckdb: str
    code: str
    program: str
    at: str

    def same_but_for_time(self, other: Reading) -> bool:
        """Return whether both say the same of the same bytes, read by the same DuckDB and code."""
        return {**asdict(self), "at": ""} == {**asdict(other), "at": ""}


@cache
def code_fingerprint() -> str:
    """Return the sha256 over the code that reads a release's content back, and over the contract."""
    paths = [*sorted((_CODE / "release").glob("*.py")), *(_CODE / "publish" / name for name in _READERS)]
    digest = hashlib.sha256()
    for path in (*paths, resource("sql") / "release.toml"):
        digest.update(f"{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def reading_of(release: Path, database_sha256: str, content_hash: str) -> Reading:
    """Return what is to be noted when the content of the release in the folder `release` is read now."""
    return Reading(
        version=release.name,
        manifest_sha256=files.sha256_of(release / NAME),
        database_sha256=database_sha256,
        content_hash=content_hash,
        duckdb=version("duckdb"),
        code=code_fingerprint(),
        program=__version__,
        at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    )


def noted_readings(folder: Path) -> dict[str, Reading]:
    """Return the readings noted in the city's `folder`, by version; none where the file says nothing of use."""
    try:
        content = json.loads((folder / NOTES).read_bytes())
        if content["format"] != FORMAT:
            return {}
        return {name: Reading(version=name, **each) for name, each in content["readings"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def note_readings(folder: Path, readings: list[Reading]) -> None:
    """Add `readings` to those noted in the city's `folder`; where it cannot be written, they are read again."""
    if not readings:
        return
    known = noted_readings(folder) | {each.version: each for each in readings}
    kept = {name: asdict(each) for name, each in sorted(known.items()) if (folder / name).is_dir()}
    for each in kept.values():
        del each["version"]
    content = json.dumps({"format": FORMAT, "readings": kept}, indent=1) + "\n"
    with contextlib.suppress(OSError):
        files.write_whole(folder / NOTES, content.encode(), mode=files.PUBLIC)
