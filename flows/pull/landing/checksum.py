"""How a release names a delivered file: by a checksum that only the office can compute.

Whoever can guess a file can prove the guess by its sha256: one row, or a file known but for a cell, falls in a moment.
What leaves is HMAC-SHA-256 over the sha256, with a secret that stays in the landing zone. The same bytes have the same
checksum in every release, and the office finds the file by it; nobody else can try a guess.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from pathlib import Path

from flows.base.errors import ConfigError
from flows.base.files import sync_folder
from flows.pull.landing.incoming import Incoming

KEY_FILE = "checksum.key"
_BYTES = 32


def public_checksum(landing: Path, sha256: str) -> str:
    """Return the checksum by which releases name the file with this sha256; the secret is made where there is none.

    Raises:
        ConfigError: the secret is damaged.
    """
    return _keyed(_secret(landing), sha256)


def landed_as(landing: Path, checksums: Iterable[str]) -> dict[str, str]:
    """Return the sha256 of each of these files of a release that lies in the landing zone, by its checksum.

    Releases of earlier versions of this program name files by the plain sha256: those are found as well.

    Raises:
        ConfigError: the secret is damaged.
    """
    objects = {path.name for path in (landing / "objects").glob("??/*")}
    known = {name: name for name in objects}
    if (landing / KEY_FILE).exists():
        secret = _secret(landing)
        known |= {_keyed(secret, name): name for name in objects}
    return {checksum: known[checksum] for checksum in checksums if checksum in known}


def _keyed(secret: bytes, sha256: str) -> str:
    return hmac.new(secret, sha256.encode(), hashlib.sha256).hexdigest()


def _secret(landing: Path) -> bytes:
    path = landing / KEY_FILE
    if not path.exists():
        _make(path)
    found = path.read_bytes()
    if len(found) != _BYTES:
        raise ConfigError(
            f"{path}: expected the {_BYTES} bytes of the secret by which releases name delivered files, found "
            f"{len(found)}. Restore it from the backup of the landing zone; without one delete it: a new secret is "
            "made, and files of earlier releases are no longer found by their checksums.",
            code="FS-CONFIG-13",
        )
    return found


def _make(path: Path) -> None:
    """Write a new secret, unless another process is quicker: then its secret stands.

    It is written aside and linked when it is whole, so that a full disk leaves no half of one. Until then it is locked,
    or another pull that begins would take it for a leftover.
    """
    with Incoming(path.parent) as aside:
        aside.write(secrets.token_bytes(_BYTES))
        aside.sync()
        try:
            path.hardlink_to(aside.path)
        except FileExistsError:
            return
        except OSError:  # a share without links
            if not path.exists():
                aside.path.replace(path)
    sync_folder(path.parent)
