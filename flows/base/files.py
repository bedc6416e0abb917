"""Writes that survive a crash: whole or not at all, and on the disk before anything points to them.

Everything unfinished is named ``.incoming-*``, so that one look finds the leftovers of a killed run.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import time
from pathlib import Path
from typing import IO

UNFINISHED = ".incoming-"
PUBLIC = 0o644
"""The rights of a file that everybody may read, whatever the umask of the service that writes it."""
_LITTLE = 4_000_000  # bytes; less than a file that could not be written
_REMEDY = {
    errno.ENOSPC: "the disk is full; make room and refresh again",
    errno.EDQUOT: "the disk quota is used up; make room and refresh again",
    errno.EFBIG: "a file grew past what the system allows; raise the limit and refresh again",
    errno.EROFS: "the folder is read-only; make it writable or name another with --home DIR",
    errno.EACCES: "this user may not write there; change the rights or name another folder with --home DIR",
    errno.EPERM: "this user may not write there; change the rights or name another folder with --home DIR",
    errno.ENAMETOOLONG: "the name or path is longer than the system allows; shorten it or name another with --home DIR",
    errno.ENOTDIR: "what is no folder is in the way; move it or name another folder with --home DIR",
    errno.ENOENT: "the folder has vanished; is the network share connected?",
    errno.ESTALE: "the network share has gone away; connect it and refresh again",
    errno.EIO: "the disk or the network share fails; have it looked at and refresh again",
}


def hint_of_full_disk(folder: Path) -> str:
    """Return words on how little room there is around `folder`, empty where there is enough to write on.

    What writes a file format (DuckDB, SQLite, a zip) often says something else than that the disk is full.
    """
    try:
        free = shutil.disk_usage(folder).free
    except OSError as problem:
        return f" {remedy(problem)[0].upper()}{remedy(problem)[1:]}."
    return f" Only {free / 1e6:.1f} MB are free in {folder}: {_REMEDY[errno.ENOSPC]}." if free < _LITTLE else ""


def unfinished_name() -> str:
    """Return a new name for something unfinished."""
    return f"{UNFINISHED}{secrets.token_hex(6)}"


def remedy(problem: OSError) -> str:
    """Return what went wrong with a folder and what to do, for the user."""
    return _REMEDY.get(problem.errno or 0, "look at the folder and refresh again")


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file's bytes, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(file: IO[bytes]) -> None:
    """Bring what was written to an open file to the disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Bring the entries of `folder` to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Bring every file and folder below `folder` to the disk.

    Raises:
        OSError: when it is not there (any more).
    """

    def refuse(problem: OSError) -> None:
        raise problem

    for here, _, files in os.walk(folder, onerror=refuse):
        for name in files:
            sync_folder(Path(here) / name)
        sync_folder(Path(here))


def write_whole(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Replace `path` by `content`, so that a reader sees the old or the new and nothing between."""
    aside = path.with_name(unfinished_name())
    with aside.open("wb") as stream:
        if mode is not None:
            os.fchmod(stream.fileno(), mode)
        stream.write(content)
        sync(stream)
    aside.replace(path)
    sync_folder(path.parent)


def point_link(link: Path, target: str) -> bool:
    """Let the symbolic link `link` point to `target` in one step; return False where there are no links."""
    aside = link.with_name(unfinished_name())
    try:
        aside.symlink_to(target, target_is_directory=True)
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ENOENT, errno.EIO, errno.ESTALE):
            raise
        return False
    aside.replace(link)
    sync_folder(link.parent)
    return True


def make_readable(folder: Path) -> None:
    """Let everybody read every file and folder below `folder`, and itself, and nobody write them."""
    for here, _, files in os.walk(folder, topdown=False):
        for name in files:
            (Path(here) / name).chmod(0o444)
        Path(here).chmod(0o555)


def make_public_folder(folder: Path) -> None:
    """Make a folder that everybody may look into, whatever the umask; one that is there keeps its rights."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        each.chmod(0o755)


def remove(path: Path, *, attempts: int = 20) -> None:
    """Remove a file, link or folder, read-only or not, even while a dying process still writes into it."""
    if path.is_symlink() or path.is_file():
        path.unlink(missing_ok=True)
        return
    for attempt in range(attempts):
        for here, _, _ in os.walk(path):
            Path(here).chmod(0o700)
        try:
            shutil.rmtree(path)
        except FileNotFoundError:
            return
        except OSError:
            if attempt == attempts - 1:
                raise
            time.sleep(0.05)
        else:
            return
