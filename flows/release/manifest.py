"""manifest.json, written last: what a release is, in what it came from and in every byte.

A release without a manifest is not a release. Reading one needs nothing but the standard library.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flows.base.errors import VerificationFailed
from flows.base.files import sha256_of

NAME, SIGNATURE, APPROVAL = "manifest.json", "manifest.sig", "approval.json"
FORMAT = "fortschreibung-manifest/2"
READABLE = ("fortschreibung-manifest/1", FORMAT)
"""Every format that was ever written; 2 says which format the content hash has, and has hashes of blocks."""


@dataclass(frozen=True)
class Manifest:
    """What manifest.json says."""

    format: str
    city: str
    version: str
    schema_version: str
    made_at: str
    stichtag_max: str
    zuschnitt: str
    previous: str | None
    content_hash: str
    tables: dict[str, dict[str, Any]]
    input_fingerprint: str
    run_id: str
    code: dict[str, Any]
    libraries: dict[str, str]
    sources: list[dict[str, Any]]
    catalog_head: str
    files: dict[str, dict[str, Any]]
    content_format: int = 1
    city_name: str | None = None
    synthetic: bool | None = None
    until: str | None = None
    signed_by: str | None = None
    """The sha256 of the public key whose signature lies beside the manifest."""

    @property
    def content_tables(self) -> dict[str, str]:
        """The hash of each table that is content."""
        return {name: each["hash"] for name, each in self.tables.items() if each["content"]}

    def write(self, folder: Path) -> Path:
        """Write the manifest into `folder` and return its path."""
        path = folder / NAME
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        return path


def manifest_of(folder: Path) -> Manifest:
    """Return the manifest of the release in `folder`.

    Raises:
        VerificationFailed: when there is none, or it is not a manifest.
    """
    path = folder / NAME
    try:
        return Manifest(**json.loads(path.read_bytes()))
    except FileNotFoundError as problem:
        raise VerificationFailed(f"{path} is missing: this is no whole release.", code="FS-RELEASE-03") from problem
    except (ValueError, TypeError) as problem:
        raise VerificationFailed(
            f"{path} is damaged ({problem}); restore the release from a backup.", code="FS-RELEASE-03"
        ) from problem


def files_in(folder: Path) -> dict[str, dict[str, Any]]:
    """Return size and sha256 of every file below `folder` but the manifest and what is signed, by relative path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in (NAME, SIGNATURE, APPROVAL):
            found[name] = {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
    return found
