"""What lies in runs/: which runs are going on, finished or failed, how large they are, and what of it may go.

A run that failed or was cut off keeps its working database, with counts that nobody has protected, until the next
refresh of its city, which may go on with it. That may be a year away: a person can clear the folder, and a refresh of
any city deletes what is older than a setting.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from flows.base import files
from flows.base.errors import ConfigError
from flows.base.home import Home
from flows.base.locks import try_lock
from flows.mark_files import FOLDER as MARKS
from flows.mark_files import PROTECTED, WORK, has_begun, mark_of, was_stopped

CONFIDENTIAL = (
    WORK, f"{WORK}.wal", "spill", "temp", "plain", PROTECTED, "findings", "failure.txt", MARKS,
)  # fmt: skip
SET_ASIDE, SET_ASIDE_LIST = "quarantine.duckdb", "quarantine.csv"
"""Rows as they were delivered, for people to look at after a run has ended; the database only where there are any."""
FORGET_AFTER = "FORTSCHREIBUNG_FORGET_AFTER_DAYS"
"""Names the age in days at which a refresh of any city deletes what is confidential in ended runs."""
_NAME = re.compile(r"(?P<city>[a-z][a-z0-9_]*)-(?P<at>\d{8}T\d{6})-[0-9a-f]{6}")
_BEGINNING = 60.0  # seconds in which a folder without a lock may be that of a run which is about to take it


class State(StrEnum):
    """What became of a run."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True)
class RunFolder:
    """One folder in runs/."""

    name: str
    city: str
    path: Path
    began: dt.datetime
    state: State
    bytes: int
    unprotected: bool
    """Whether something confidential lies there still, such as the working database."""
    finished: str | None = None
    """The last finished station of a run that did not come to its end: a refresh goes on after it."""
    stopped: bool = False
    """Whether a station stopped the run: it is taken up only by hand."""

    def age(self, now: dt.datetime) -> dt.timedelta:
        """Return how long ago the run began."""
        return now - self.began


def run_folders(home: Home, city: str | None = None) -> list[RunFolder]:
    """Return the runs whose folders lie in `home`, of one city or of all, oldest first."""
    found = []
    for path, named in _named(home):
        if city in (None, named["city"]):
            with unless_running(path) as ended:
                found.append(_looked_at(path, named, ended=ended))
    return sorted(found, key=lambda each: (each.began, each.name))


def remove_ended(home: Home, city: str | None, *, older: dt.timedelta) -> list[RunFolder]:
    """Remove the folders of ended runs that began longer ago than `older`; return those that were removed."""
    removed = []
    for run in run_folders(home, city):
        if run.age(dt.datetime.now(dt.UTC)) < older:
            continue
        with unless_running(run.path) as ended:
            if ended:
                files.remove(run.path)
                removed.append(run)
    return removed


def forget(folder: Path) -> None:
    """Delete what is confidential in a run's folder."""
    for name in CONFIDENTIAL:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def gone_when_killed(folder: Path) -> dict[Path, Path | None]:
    """Return what is to be deleted when the run in `folder` is killed, and for which finished station it stays."""
    kept = {WORK: "stage", f"{WORK}.wal": "stage", PROTECTED: "protect"}
    return {
        folder / name: mark_of(folder, kept[name]) if name in kept else None for name in CONFIDENTIAL if name != MARKS
    }


def forget_dead_runs(home: Home, city: str, *, but: Path | None = None) -> None:
    """Delete what is confidential in the runs of `city` whose process is gone, `but` in that one folder."""
    for path in home.runs.glob(f"{city}-*"):
        if path == but:
            continue
        with unless_running(path) as ended:
            if ended:
                forget(path)


def last_to_take_up(home: Home, city: str) -> Path | None:
    """Return the folder of the newest run of `city` that did not come to its end and has its working database."""
    for run in reversed(run_folders(home, city)):
        if run.finished is not None:
            return run.path
    return None


def forget_after() -> dt.timedelta | None:
    """Return the age at which a refresh deletes the working databases of ended runs, None where nobody set one.

    Raises:
        ConfigError: when the setting is not a number of days.
    """
    given = os.environ.get(FORGET_AFTER)
    if given and not re.fullmatch(r"\d{1,5}", given):
        raise ConfigError(
            f"{FORGET_AFTER} must be a whole number of days, such as 14, found {given!r}.", code="FS-CONFIG-10"
        )
    return dt.timedelta(days=int(given)) if given else None


def forget_old_runs(home: Home) -> list[str]:
    """Delete what is confidential in ended runs of any city that are older than `forget_after`; return their names.

    Raises:
        ConfigError: when the setting is not a number of days.
    """
    older = forget_after()
    if older is None:
        return []
    forgotten = []
    for run in run_folders(home):
        if not run.unprotected or run.age(dt.datetime.now(dt.UTC)) < older:
            continue
        with unless_running(run.path) as ended:
            if ended:
                forget(run.path)
                for name in (SET_ASIDE, SET_ASIDE_LIST):
                    (run.path / name).unlink(missing_ok=True)
                forgotten.append(run.name)
    return forgotten


def duration(text: str) -> dt.timedelta:
    """Return the time that a text such as 14d or 12h names.

    Raises:
        ConfigError: when it names none.
    """
    found = re.fullmatch(r"(\d{1,5})([dh])", text.strip())
    if not found:
        raise ConfigError(f"--older {text}: expected a number of days or hours, such as 14d or 12h.", code="FS-USE-01")
    return dt.timedelta(**{"days" if found[2] == "d" else "hours": int(found[1])})


def _named(home: Home) -> Iterator[tuple[Path, re.Match[str]]]:
    """Yield the folders that runs have made; whatever else somebody put there is not ours."""
    for path in home.runs.iterdir() if home.runs.is_dir() else ():
        named = _NAME.fullmatch(path.name)
        if named and path.is_dir() and not path.is_symlink():
            yield path, named


@contextlib.contextmanager
def unless_running(folder: Path) -> Iterator[bool]:
    """Give whether the run in `folder` has ended; while the body lasts, its lock is ours."""
    try:
        handle = os.open(folder / ".alive", os.O_RDWR)
    except FileNotFoundError:
        try:
            began = folder.stat().st_mtime
        except FileNotFoundError:
            yield False
            return
        yield time.time() - began > _BEGINNING
        return
    try:
        yield try_lock(handle)
    finally:
        os.close(handle)


def _looked_at(path: Path, named: re.Match[str], *, ended: bool) -> RunFolder:
    began = dt.datetime.strptime(named["at"], "%Y%m%dT%H%M%S").replace(tzinfo=dt.UTC)
    state = State.RUNNING if not ended else State.FINISHED if _came_to_its_end(path) else State.FAILED
    unprotected = any((path / name).exists() for name in (*CONFIDENTIAL, SET_ASIDE))
    finished = _last_finished(path) if state is State.FAILED and has_begun(path) else None
    return RunFolder(
        path.name, named["city"], path, began, state, _size(path), unprotected, finished, was_stopped(path)
    )


def _last_finished(folder: Path) -> str | None:
    from flows.station_marks import finished_in  # noqa: PLC0415 -- a reader of releases has no Pydantic, and no marks

    marks = finished_in(folder)
    return marks[-1].station if marks else None


def _came_to_its_end(folder: Path) -> bool:
    """Return whether the last line of the run's progress says that it is done."""
    try:
        last = (folder / "progress.jsonl").read_text("utf-8").strip().rpartition("\n")[2]
        return bool(json.loads(last)["station"] == "done")
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _size(folder: Path) -> int:
    """Return the bytes below `folder`; what vanishes meanwhile counts nothing."""
    total = 0
    for here, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(Path(here) / name).st_size
    return total
