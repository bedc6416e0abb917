"""One file that holds all that cannot be made again, and the way back from it.

Landing zone with the secret of the checksums, releases, candidates, the office's profiles and key, and the database of
the Prefect server; what a link leads to is in it as if it stood there. What can be made again (runs, kept results, the
embedded server) stays out. The list of checksums is the last member: an archive without it was cut off. It is as
confidential as what was delivered.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from flows.app.server_database import DATABASE_URL, database_url, dump_database
from flows.base import files
from flows.base.errors import ConfigError, FortschreibungError, VerificationFailed
from flows.base.home import Home
from flows.base.locks import NAME, one_at_a_time
from flows.base.texts import text, text_count
from flows.profile.places import named_folders
from flows.release import catalog, signature

LIST = "sha256.json"
_ELSEWHERE = "restored"
"""The folder for what has its place outside the data folder."""
_LEFT_OUT = ("landing/staged", "landing/jobs")
_PATIENCE = 6 * 3600.0
"""Seconds that a backup waits for another into the same folder."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Restored:
    """What a backup brought back; keys and profiles lie in the data folder's `restored` until somebody places them."""

    files: int
    cities: tuple[str, ...]
    database: Path | None


def backup(home: Home, folder: Path, *, keep: int, say: Say) -> Path:
    """Write a backup of `home` into `folder`, and remove all but the newest `keep` there; return its path.

    Raises:
        ConfigError: when there is nothing to back up, or FORTSCHREIBUNG_CITIES names what is no folder.
        FortschreibungError: when the database cannot be dumped or the folder cannot be written.
    """
    if not home.releases.is_dir() and not home.landing.is_dir():
        raise ConfigError(
            f"Expected a data folder in {home.root}, found neither landing/ nor releases/ there.", code="FS-USE-03"
        )
    if place := next((each for each in (home.root, *_profiles()) if folder.resolve().is_relative_to(each)), None):
        raise ConfigError(
            f"{folder} lies in {place}, which is to be backed up itself. Name another, on another disk.",
            code="FS-USE-03",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with one_at_a_time(folder / NAME, text("another backup into this folder"), _PATIENCE, say):
            return _written(home, folder, keep, say)
    except OSError as problem:
        raise FortschreibungError(
            f"No backup in {folder}: {files.remedy(problem)} ({problem.strerror}).", code="FS-RUN-04"
        ) from problem


def _written(home: Home, folder: Path, keep: int, say: Say) -> Path:
    """Write the archive while no other backup writes into the folder: what is unfinished there was left by a kill."""
    for left in folder.glob(f"{files.UNFINISHED}*"):
        files.remove(left) if left.is_dir() else left.unlink()
    target = folder / f"fortschreibung-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}.tar"
    aside = folder / files.unfinished_name()
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=files.UNFINISHED) as temporary, aside.open("xb") as stream:
            os.fchmod(stream.fileno(), 0o600)
            with tarfile.open(fileobj=stream, mode="w") as archive:
                _write(archive, _members(home, Path(temporary), say))
            files.sync(stream)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    files.sync_folder(folder)
    for old in sorted(folder.glob("fortschreibung-*.tar"))[:-keep]:
        old.unlink()
        say(text("removed: {name}", name=old.name))
    return target


def restore(archive: Path, home: Home, *, say: Say) -> Restored:
    """Bring a backup back into an empty data folder; every file is compared with its checksum on the way.

    Raises:
        ConfigError: when the data folder is not empty or there is no archive.
        VerificationFailed: when the archive is cut off or altered; nothing is left in the data folder then.
        FortschreibungError: when the archive cannot be read or the data folder cannot be written.
    """
    if not archive.is_file():
        raise ConfigError(f"Expected a backup, found no file {archive}.", code="FS-USE-03")
    try:
        count = _brought_back(archive, home)
    except OSError as problem:
        raise FortschreibungError(
            f"{archive} cannot be brought back to {home.root}: {problem.strerror} ({problem.filename or home.root}). "
            "No file is back; look at that folder and repeat.",
            code="FS-RUN-04",
        ) from problem
    cities = tuple(sorted(path.name for path in home.releases.iterdir())) if home.releases.is_dir() else ()
    for path in home.releases.glob("*/*"):
        if catalog.is_version(path.name):
            files.make_readable(path)
    say(text_count("1 file is back and as it was", "{count} files are back and as they were", count))
    database = home.root / _ELSEWHERE / "prefect.dump"
    return Restored(count, cities, database if database.is_file() else None)


def _brought_back(archive: Path, home: Home) -> int:
    """Fill an empty data folder, which keeps its rights where it is there; return how many files came."""
    places = (home.landing, home.releases, home.candidates, home.root / _ELSEWHERE)
    if taken := [path for path in places if path.is_dir() and any(path.iterdir())]:
        raise ConfigError(
            f"Expected an empty data folder, found {taken[0]}. Name another with --home DIR.", code="FS-USE-03"
        )
    files.make_public_folder(home.root)
    aside = home.root / files.unfinished_name()
    try:
        aside.mkdir(mode=0o700)
        count = _extracted(archive, aside)
        _put_in_place(aside, home)
    finally:
        if aside.is_dir():
            files.remove(aside)
    for path, mode in ((home.landing, 0o700), (home.releases, 0o755), (home.candidates, 0o750)):
        if path.is_dir():
            path.chmod(mode)
    return count


def _put_in_place(aside: Path, home: Home) -> None:
    """Move what was extracted to its folders; what is not the data folder's own goes to `restored`."""
    for part in sorted(aside.iterdir()):
        own = part.name in ("landing", "releases", "candidates")
        target = (home.root if own else home.root / _ELSEWHERE) / part.name
        if not own:
            target.parent.mkdir(exist_ok=True, mode=0o700)
        elif target.is_dir():
            target.rmdir()
        part.rename(target)


def _members(home: Home, temporary: Path, say: Say) -> Iterator[tuple[str, Path]]:
    """Yield each file with its name in the archive; `latest` follows from the catalogue."""
    for name in ("landing", "candidates", "releases"):
        yield from _below(name, home.root / name)
    for number, folder in enumerate(_profiles()):
        yield from _below(f"profiles/{number}", folder)
    if key := os.environ.get(signature.KEY):
        yield f"keys/{Path(key).name}", Path(key).expanduser()
    if url := database_url():
        if not url.startswith("postgresql"):
            say(text(
                "{variable} is not that of PostgreSQL: the server's database is not in the backup",
                variable=DATABASE_URL,
            ))  # fmt: skip
            return
        dump_database(url, temporary / "prefect.dump")
        yield "prefect.dump", temporary / "prefect.dump"


def _profiles() -> list[Path]:
    """Return the folders with the office's profiles: those that are named, and `cities/` where one works."""
    return list(dict.fromkeys([*named_folders(), *(each for each in (Path("cities").resolve(),) if each.is_dir())]))


def _below(name: str, top: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files below a folder, and below the folders that links lead to; nothing where it is not there.

    Raises:
        FortschreibungError: when a folder cannot be read.
    """

    def refuse(problem: OSError) -> None:
        if not (isinstance(problem, FileNotFoundError) and problem.filename == str(top)):
            raise _not_readable(problem)

    for here, folders, names in os.walk(top, onerror=refuse, followlinks=True):
        within = Path(here).relative_to(top).as_posix()
        at = name if within == "." else f"{name}/{within}"
        wanted = [each for each in sorted(folders) if f"{at}/{each}" not in _LEFT_OUT]
        folders[:] = [
            each for each in wanted if not each.startswith(files.UNFINISHED) and not _leads_back(Path(here, each))
        ]
        for each in sorted(names):
            path = Path(here) / each
            if path.exists() and not each.startswith(files.UNFINISHED) and each != ".lock":
                yield f"{at}/{each}", path


def _leads_back(path: Path) -> bool:
    """Say whether a path is `latest`, a link to a release beside it, or a link to a folder that it lies in."""
    if not path.is_symlink():
        return False
    here, target = path.parent.resolve(), path.resolve()
    return here.is_relative_to(target) or (path.name == "latest" and target.parent == here)


def _write(archive: tarfile.TarFile, members: Iterator[tuple[str, Path]]) -> None:
    """Add each file as it is now: what grows meanwhile, such as a log, is cut where its reading began."""
    known: dict[str, str] = {}
    for name, path in members:
        with _opened(path) as file:
            entry = archive.gettarinfo(arcname=name, fileobj=file)
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            read = _Digested(file, entry.size)
            archive.addfile(entry, read)  # type: ignore[arg-type] # it asks for nothing but read()
        known[name] = read.digest.hexdigest()
    content = json.dumps(known, indent=0).encode()
    entry = tarfile.TarInfo(LIST)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def _opened(path: Path) -> io.BufferedReader:
    """Open a file that is to be in the backup; what is wrong with it is not said of the folder of the backups."""
    try:
        return path.open("rb")
    except OSError as problem:
        raise _not_readable(problem) from problem


def _not_readable(problem: OSError) -> FortschreibungError:
    return FortschreibungError(
        f"Expected to read {problem.filename} for the backup, found that it cannot be read ({problem.strerror}). "
        "Nothing was written; look at it and repeat.",
        code="FS-RUN-04",
    )


class _Digested:
    """A file whose bytes are hashed while they are read, as far as `size`."""

    def __init__(self, file: io.BufferedReader, size: int) -> None:
        self._file, self._left, self.digest = file, size, hashlib.sha256()

    def read(self, size: int) -> bytes:
        """Return the next bytes."""
        content = self._file.read(min(size, self._left))
        self._left -= len(content)
        self.digest.update(content)
        return content


def _extracted(archive: Path, target: Path) -> int:
    found: dict[str, str] = {}
    wanted: dict[str, str] | None = None
    try:
        with tarfile.open(archive) as opened:
            for entry in opened:
                file = opened.extractfile(entry)
                parts = PurePosixPath(entry.name).parts
                if file is None or entry.name.startswith("/") or ".." in parts:
                    raise VerificationFailed(
                        f"{archive} holds {entry.name!r}, which no backup holds.", code="FS-RELEASE-07"
                    )
                if entry.name == LIST:
                    wanted = json.loads(file.read())
                    continue
                path = target / entry.name
                path.parent.mkdir(parents=True, exist_ok=True)
                digest = hashlib.sha256()
                with path.open("xb") as written:
                    while piece := file.read(1 << 20):
                        digest.update(piece)
                        written.write(piece)
                path.chmod(entry.mode & 0o777)
                os.utime(path, (entry.mtime, entry.mtime))
                found[entry.name] = digest.hexdigest()
    except (tarfile.TarError, ValueError, EOFError) as problem:
        raise VerificationFailed(
            f"{archive} is damaged ({problem}); take an earlier backup.", code="FS-RELEASE-07"
        ) from problem
    if wanted is None:
        raise VerificationFailed(
            f"{archive} was cut off: its list of checksums is missing. Take an earlier backup.", code="FS-RELEASE-07"
        )
    if off := sorted(name for name in {*wanted, *found} if wanted.get(name) != found.get(name)):
        raise VerificationFailed(
            f"{archive} was altered: {', '.join(off[:5])}. Take an earlier backup.", code="FS-RELEASE-07"
        )
    return len(found)
