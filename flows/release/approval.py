"""The approval of a release by a second person: who says so and why, signed with a key of their own (approval.json).

It is an Ed25519 signature over the sha256 of the manifest, which holds the checksum of every other file. The key of
the second person is not the one that the office signs its releases with: whoever builds a release cannot approve it.
Who may approve is in the city's profile; the public key is kept with the approval, so that later years can look at it.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flows.base.errors import VerificationFailed
from flows.release.catalog import Entry
from flows.release.manifest import APPROVAL

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FORMAT = "fortschreibung-approval/1"
KEY, PASSWORD = "FORTSCHREIBUNG_APPROVAL_KEY", "FORTSCHREIBUNG_APPROVAL_PASSWORD"


@dataclass(frozen=True)
class Statement:
    """What a second person signs."""

    city: str
    content_hash: str
    manifest_sha256: str
    by: str
    why: str

    @property
    def signed_bytes(self) -> bytes:
        """The bytes that the signature is over."""
        content = {"format": FORMAT, **asdict(self)}
        return json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Approval(Statement):
    """A statement with its signature, as it lies beside the manifest of a release."""

    at: str
    key: str
    signature: str

    def faults(self) -> list[str]:
        """Return what is off with the signature, one line each."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 -- rarely needed

        statement = Statement(self.city, self.content_hash, self.manifest_sha256, self.by, self.why)
        try:
            public_key(self.key).verify(base64.b64decode(self.signature, validate=True), statement.signed_bytes)
        except (InvalidSignature, binascii.Error, ValueError):
            return [f"{APPROVAL}: is not signed with the key of {self.by}"]
        return []

    def written(self) -> bytes:
        """Return the content of the file."""
        return (json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1) + "\n").encode()


def public_key(text: str) -> Ed25519PublicKey:
    """Return the key whose DER form is `text` in base64, as a profile has it.

    Raises:
        ValueError: when it is none.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_der_public_key  # noqa: PLC0415

    key = load_der_public_key(base64.b64decode(text, validate=True))
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not a public Ed25519 key")
    return key


def public_text(key: Ed25519PrivateKey) -> str:
    """Return the public key that belongs to `key`, as a profile has it."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415

    return base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def signature_of(statement: Statement, key: Ed25519PrivateKey) -> str:
    """Return the signature of a statement, in base64."""
    return base64.b64encode(key.sign(statement.signed_bytes)).decode()


def approval_in(release: Path) -> Approval | None:
    """Return the approval beside the manifest of `release`, None where there is none.

    Raises:
        VerificationFailed: when the file is damaged.
    """
    path = release / APPROVAL
    try:
        content = json.loads(path.read_bytes())
        if content.pop("format") != FORMAT:
            raise ValueError("another format")
        return Approval(**content)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise VerificationFailed(
            f"{path} is damaged ({problem}); restore it from a backup.", code="FS-RELEASE-03"
        ) from problem


def approval_faults(release: Path, manifest_sha256: str, entry: Entry | None) -> list[str]:
    """Return what is off between the approval in `release` and `entry` of the catalogue, which says who approved it."""
    try:
        approval = approval_in(release)
    except VerificationFailed as problem:
        return [str(problem)]
    if approval is None:
        return [f"{APPROVAL}: missing, {entry.who} approved the release"] if entry else []
    if entry is None:
        return [f"{APPROVAL}: lies there, but the catalogue knows of no approval"]
    if (approval.manifest_sha256, approval.by, approval.why) != (manifest_sha256, entry.who, entry.why):
        return [f"{APPROVAL}: is not the approval that the catalogue knows"]
    return approval.faults()
