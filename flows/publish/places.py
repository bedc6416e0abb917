"""Where releases are copied to: a folder (file://), or object storage (s3:// and what else fsspec knows).

Both write a file whole or not at all as far as a reader can see. Object storage needs the extra `s3`; its credentials
and address come from the environment as its own tools take them (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, ...).
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from flows.base import files
from flows.base.errors import ConfigError, FortschreibungError
from flows.base.extras import need

_PIECE = 1 << 20


class Place(Protocol):
    """A place that holds files by relative names."""

    def sizes(self, folder: str) -> dict[str, int]:
        """Return the files below `folder` by name relative to it, with their bytes."""

    def sha256(self, name: str) -> str:
        """Return the sha256 of a file, read back from the place."""

    def copy(self, source: Path, name: str) -> None:
        """Copy a file to the place."""

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, None where it is not there."""

    def write(self, name: str, content: bytes) -> None:
        """Let a file have this content."""


def place_at(url: str) -> Place:
    """Return the place that `url` names.

    Raises:
        ConfigError: when it names none, or carries a password.
    """
    parts = urlsplit(url)
    if parts.password or parts.username:
        raise ConfigError(
            "The address carries a user or a password, which would stand in the history of the shell. Set "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead.",
            code="FS-USE-01",
        )
    if parts.scheme == "file" and parts.path.strip("/"):
        return Folder(Path(unquote(parts.path)))
    if parts.scheme in ("", "http", "https", "file") or not parts.netloc:
        raise ConfigError(
            f"Expected where to copy releases to, such as s3://BUCKET/PATH or file:///srv/releases, found {url!r}. "
            "A web server gets them through the folder or bucket that it serves.",
            code="FS-USE-01",
        )
    need("fsspec", *(["s3fs"] if parts.scheme == "s3" else []))
    return Objects(url)


class Folder:
    """A folder of this machine, such as a share that a web server serves."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def sizes(self, folder: str) -> dict[str, int]:
        """Return the files below `folder` by name relative to it, with their bytes."""
        within = self._root / folder
        found = (path for path in within.rglob("*") if path.is_file() and not path.name.startswith(files.UNFINISHED))
        return {path.relative_to(within).as_posix(): path.stat().st_size for path in found}

    def sha256(self, name: str) -> str:
        """Return the sha256 of a file."""
        return files.sha256_of(self._root / name)

    def copy(self, source: Path, name: str) -> None:
        """Copy a file, which is there under its name only when it is whole."""
        target = self._root / name
        files.make_public_folder(target.parent)
        for left in target.parent.glob(f"{files.UNFINISHED}*"):
            files.remove(left)
        aside = target.with_name(files.unfinished_name())
        shutil.copyfile(source, aside)
        aside.chmod(files.PUBLIC)
        files.sync_folder(aside)
        aside.replace(target)

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, None where it is not there."""
        path = self._root / name
        return path.read_bytes() if path.is_file() else None

    def write(self, name: str, content: bytes) -> None:
        """Let a file have this content."""
        files.make_public_folder((self._root / name).parent)
        files.write_whole(self._root / name, content, mode=files.PUBLIC)


class Objects:
    """A prefix of object storage, through fsspec. An object is there only when it was sent as a whole."""

    def __init__(self, url: str) -> None:
        import fsspec  # noqa: PLC0415 -- only where releases are copied to object storage

        self._files: Any
        with _in_words(url):
            self._files, root = fsspec.core.url_to_fs(url, use_listings_cache=False)
        self._root, self._url = str(root).rstrip("/"), url

    def sizes(self, folder: str) -> dict[str, int]:
        """Return the objects below `folder` by name relative to it, with their bytes."""
        within = f"{self._root}/{folder}"
        with _in_words(self._url):
            found = self._files.find(within, detail=True)
        return {name.removeprefix(f"{within}/"): int(each["size"]) for name, each in found.items()}

    def sha256(self, name: str) -> str:
        """Return the sha256 of an object, read back."""
        digest = hashlib.sha256()
        with _in_words(self._url), self._files.open(f"{self._root}/{name}", "rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
        return digest.hexdigest()

    def copy(self, source: Path, name: str) -> None:
        """Send a file."""
        with _in_words(self._url):
            self._files.put_file(str(source), f"{self._root}/{name}")

    def read(self, name: str) -> bytes | None:
        """Return the content of an object, None where it is not there."""
        with _in_words(self._url):
            try:
                return bytes(self._files.cat_file(f"{self._root}/{name}"))
            except FileNotFoundError:
                return None

    def write(self, name: str, content: bytes) -> None:
        """Let an object have this content."""
        with _in_words(self._url):
            self._files.pipe_file(f"{self._root}/{name}", content)


@contextlib.contextmanager
def _in_words(url: str) -> Iterator[None]:
    """Raise what the storage answers in words for the user.

    Raises:
        FortschreibungError: with the answer of the storage, which names no secret.
    """
    try:
        yield
    except Exception as problem:  # each storage has failures of its own
        raise FortschreibungError(
            f"{url} could not be used: {type(problem).__name__}: {str(problem) or 'no reason given'}. Is the bucket "
            "there, and are address and credentials set (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)? "
            "What was copied stays; the same command goes on from there.",
            code="FS-RELEASE-08",
        ) from problem
