"""The office's own signature under a release: Ed25519 over the bytes of its manifest, detached, in manifest.sig.

The manifest holds the checksum of every other file, so that one signature stands for the whole release. The private key
stays where the environment says it is and is read for the moment of signing only; the public key lies beside the
releases (``signing-keys.pem``), where keys that were used before stay as well. Whoever has the public key from
elsewhere names it to `verify`, and then only that one counts.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from flows.base import files
from flows.base.errors import ConfigError
from flows.release.manifest import NAME, SIGNATURE

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY, PASSWORD = "FORTSCHREIBUNG_SIGNING_KEY", "FORTSCHREIBUNG_SIGNING_PASSWORD"
PUBLIC_KEYS = "signing-keys.pem"
_END = b"-----END PUBLIC KEY-----"


def signing_key(releases: Path) -> Ed25519PrivateKey | None:
    """Return the key that the environment names, or None when releases are not to be signed.

    Raises:
        ConfigError: when the key is missing, is of another kind, or lies among the releases.
    """
    named = os.environ.get(KEY)
    return private_key(Path(named).expanduser(), KEY, PASSWORD, releases) if named else None


def private_key(path: Path, named: str, password_named: str, releases: Path) -> Ed25519PrivateKey:
    """Return the private key in the file `path`, which the variable or option `named` names.

    Raises:
        ConfigError: when the key is missing, is of another kind, or lies among the releases.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 -- rarely needed
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    password = os.environ.get(password_named)
    if path.resolve().is_relative_to(releases.resolve()):
        raise ConfigError(
            f"{named}: the private key lies among the releases, which are public. Move it elsewhere.",
            code="FS-CONFIG-13",
        )
    expected = f"{named}: expected a private Ed25519 key in PEM (openssl genpkey -algorithm ed25519 -out FILE)"
    try:
        key = load_pem_private_key(path.read_bytes(), password.encode() if password else None)
    except OSError as problem:
        raise ConfigError(
            f"{expected}, found that {path} cannot be read: {problem.strerror}.", code="FS-CONFIG-13"
        ) from problem
    except (ValueError, TypeError):  # the library's words might quote the key
        raise ConfigError(
            f"{expected}, found another content in {path}; is {password_named} right?", code="FS-CONFIG-13"
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(f"{expected}, found a key of another kind in {path}.", code="FS-CONFIG-13")
    return key


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return how a public key is named: the sha256 of its 32 bytes."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def sign(release: Path, key: Ed25519PrivateKey) -> None:
    """Write the signature of the manifest in `release` beside it."""
    signature = key.sign((release / NAME).read_bytes())
    (release / SIGNATURE).write_bytes(base64.b64encode(signature) + b"\n")


def publish_key(folder: Path, key: Ed25519PublicKey) -> None:
    """Add a public key to those beside the releases in `folder`, if it is not there yet."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415

    path = folder / PUBLIC_KEYS
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    before = path.read_bytes() if path.is_file() else b""
    if pem not in before:
        files.write_whole(path, before + pem, mode=files.PUBLIC)


def public_keys(path: Path) -> list[Ed25519PublicKey]:
    """Return the public keys in a PEM file, none when the file is missing.

    Raises:
        ConfigError: when it holds something else.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415

    if not path.is_file():
        return []
    found = []
    for block in path.read_bytes().split(_END)[:-1]:
        try:
            key = load_pem_public_key(block.strip() + b"\n" + _END + b"\n")
        except ValueError:
            key = None
        if not isinstance(key, Ed25519PublicKey):
            raise ConfigError(
                f"{path}: expected public Ed25519 keys in PEM, found something else.", code="FS-CONFIG-13"
            )
        found.append(key)
    return found


def signature_faults(release: Path, signed_by: str | None, keys: Path, *, wanted: bool) -> list[str]:
    """Return what is off with the signature of `release`, whose manifest says that `signed_by` signed it.

    `keys` is the file of the public keys that count; when a signature is `wanted`, an unsigned release is a fault.

    Raises:
        ConfigError: when `keys` is no file of public keys.
    """
    path = release / SIGNATURE
    if signed_by is None and not path.is_file():
        return [f"{NAME}: is not signed, a signature was asked for"] if wanted else []
    if not path.is_file():
        return [f"{SIGNATURE}: missing, the manifest says that it was signed with the key {signed_by}"]
    key = next((each for each in public_keys(keys) if signed_by is None or fingerprint(each) == signed_by), None)
    if key is None:
        return [f"{SIGNATURE}: the key {signed_by} is not in {keys}"]
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415

    try:
        key.verify(base64.b64decode(path.read_bytes().strip(), validate=True), (release / NAME).read_bytes())
    except (InvalidSignature, binascii.Error):
        return [f"{SIGNATURE}: is not the signature of this manifest by the key {fingerprint(key)}"]
    return []
