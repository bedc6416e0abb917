"""Archives as offices send them: one member of a ZIP, or a GZIP file, taken out within bounds or refused.

An archive is judged by its first bytes, not by its name. The size that it states is compared with the
source's limit before anything is unpacked, and the bytes that come out are counted.
"""

from __future__ import annotations

import gzip
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import IO

from flows.base.composed import composed
from flows.base.errors import ContractBroken, SourceUnavailable

ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
MAX_UNPACKED = 4 << 30
"""Bytes; no statistics extract unpacks to more, whatever limit its source sets."""
MAX_RATIO = 250
"""Bytes that come out of one; tables pack to a hundredth at most, bombs to a thousandth."""
NO_BOMB = 32 << 20
"""Bytes; less may be packed as tightly as it likes."""
_CHUNK = 1 << 20
# what Python's readers raise on bytes that are no whole archive
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, RuntimeError
)  # fmt: skip


def refuse_bad_archive(path: Path, name: str, pattern: str | None, cap: int) -> None:
    """Read an archive through once and stop when it is damaged, dangerous, or has not the one member wanted.

    Without a `pattern` (a workbook is a ZIP too) only what the archive says of itself is looked at.

    Raises:
        ContractBroken: names archive and member, and what to do.
    """
    if pattern is not None:
        with _explained(f"Archive {name} is damaged"):
            _through(path, name, pattern, cap, lambda _: None)
        return
    with _explained(f"Workbook {name} cannot be read"), zipfile.ZipFile(path) as archive:
        _safe(archive, name, path, cap)


def unpack(path: Path, name: str, pattern: str, target: Path, cap: int = MAX_UNPACKED) -> None:
    """Write the one member of the archive that is named like `pattern` to `target`.

    Raises:
        ContractBroken: see `refuse_bad_archive`.
    """
    with _explained(f"Archive {name} is damaged"), target.open("wb") as out:
        _through(path, name, pattern, cap, out.write)


def _through(path: Path, name: str, pattern: str, cap: int, take: Callable[[bytes], object]) -> None:
    """Hand the wanted member's bytes to `take`, counting."""
    bound, came = min(cap, max(MAX_RATIO * path.stat().st_size, NO_BOMB)), 0
    with _member(path, name, pattern, cap) as member:
        while chunk := member.read(_CHUNK):
            came += len(chunk)
            if came > bound:
                raise _bomb(name, came, path.stat().st_size, cap)
            take(chunk)


@contextmanager
def _member(path: Path, name: str, pattern: str, cap: int) -> Iterator[IO[bytes] | gzip.GzipFile]:
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(GZIP):
        _refuse_other_name(path, name, pattern)
        with gzip.open(path) as stream:
            yield stream
        return
    with zipfile.ZipFile(path) as archive:
        _safe(archive, name, path, cap)
        with archive.open(_wanted(archive, name, pattern)) as stream:
            yield stream


def _safe(archive: zipfile.ZipFile, name: str, path: Path, cap: int) -> None:
    """Stop at a member that would lie outside the archive's folder, or when more comes out than may."""
    for member in archive.infolist():
        if not member.filename:
            message = "it has a member without a name"
            raise zipfile.BadZipFile(message)
        inner = PurePosixPath(member.filename.replace("\\", "/"))
        if inner.is_absolute() or ".." in inner.parts or (inner.parts and inner.parts[0].endswith(":")):
            raise ContractBroken(
                f"Archive {name}: expected members inside the archive, found {member.filename!r}, which leads out of "
                "it. No office packs like that by accident: ask the supplier. Nothing was taken over.",
                code="FS-CONTRACT-13",
            )
    total, packed = sum(member.file_size for member in archive.infolist()), path.stat().st_size
    if total > cap or (total > NO_BOMB and total > MAX_RATIO * packed):
        raise _bomb(name, total, packed, cap)


def _wanted(archive: zipfile.ZipFile, name: str, pattern: str) -> zipfile.ZipInfo:
    files = [member for member in archive.infolist() if not member.is_dir()]
    named = [each for each in files if fnmatch(composed(each.filename), pattern)]
    found = [each for each in named if not each.filename.startswith("__MACOSX/")]
    if len(found) != 1:
        inside = ", ".join(member.filename for member in files[:10]) or "nothing"
        raise ContractBroken(
            f"Archive {name}: expected one member named like {pattern!r}, found {len(found)}; "
            f"inside are {inside}{' ...' if len(files) > 10 else ''}. "
            "Correct `member` in sources.toml or ask the supplier.",
            code="FS-CONTRACT-13",
        )
    if found[0].flag_bits & 1:
        raise ContractBroken(
            f"Archive {name}: expected a member that can be read, found that {found[0].filename} is encrypted. "
            "Ask the supplier for it without a password, over a channel that is private.",
            code="FS-CONTRACT-13",
        )
    return found[0]


def _refuse_other_name(path: Path, name: str, pattern: str) -> None:
    names = [each for each in (_gzip_name(path), name.removesuffix(".gz")) if each]
    if not any(fnmatch(composed(each), pattern) for each in names):
        raise ContractBroken(
            f"Archive {name}: expected a packed file named like {pattern!r}, found {' or '.join(names)}. "
            "Correct `member` in sources.toml or ask the supplier.",
            code="FS-CONTRACT-13",
        )


def _gzip_name(path: Path) -> str | None:
    """Return the name that a GZIP file carries of what is packed in it."""
    with path.open("rb") as file:
        head = file.read(10)
        flags = head[3] if len(head) == 10 else 0
        if flags & 4:
            file.read(int.from_bytes(file.read(2), "little"))
        text, end, _ = file.read(1024).partition(b"\x00")
    return text.decode("latin-1") if flags & 8 and end else None


def _bomb(name: str, comes: int, packed: int, cap: int) -> ContractBroken:
    return ContractBroken(
        f"Archive {name}: expected at most {cap / (1 << 20):,.0f} MB and {MAX_RATIO} times its own size, found that "
        f"{comes / (1 << 20):,.0f} MB or more come out of {packed / (1 << 20):,.2f} MB. If that is right, raise "
        "`max_mb` in sources.toml; else ask the supplier. Nothing was taken over.",
        code="FS-CONTRACT-18",
    )


@contextmanager
def _explained(what: str) -> Iterator[None]:
    """Report damage in words."""
    try:
        yield
    except _DAMAGED as problem:
        if isinstance(problem, OSError) and problem.errno:
            raise SourceUnavailable(
                f"{what}, or there is no room to unpack it: {problem.strerror}. Look at the disk, then try again.",
                code="FS-RUN-04",
            ) from problem
        raise ContractBroken(
            f"{what}: {problem or type(problem).__name__}. Ask the supplier for it again.", code="FS-CONTRACT-13"
        ) from problem
