"""One run of the refresh: what it was asked for, its folder, and what is kept of it.

A run's folder holds confidential counts while it lasts, and all that is written aside: they are deleted at the end, or
right after the run was killed (flows/base/leftovers.py); what a loss of power left behind, when the next one starts
(flows/run_folders.py).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from flows.base.errors import CheckStopped, ConfigError, ContractBroken
from flows.base.home import Home
from flows.base.leftovers import gone_after_a_kill
from flows.base.local_time import today as day_of_the_office
from flows.base.locks import lock, one_at_a_time
from flows.base.texts import Text, text, tr
from flows.mark_files import WORK
from flows.profile.load import Profile, load_profile
from flows.profile.policy import Policy
from flows.pull.deliveries import Delivery
from flows.pull.landing.store import now
from flows.run_folders import forget, forget_dead_runs, forget_old_runs, gone_when_killed, last_to_take_up
from flows.station_marks import ANY, NOTHING, known_station, note_stop, nothing_to_take_up

WAIT_FOR_OTHERS = 4 * 3600.0
"""Seconds that a run waits for another of its city."""


LISTENERS: list[Callable[[str, str], None]] = []
"""Who else is to know what a run notes, station and event: the page of the run at Prefect (flows/run_page.py)."""


class Run(BaseModel):
    """What a run was asked for, and where it works."""

    model_config = ConfigDict(frozen=True)

    id: str
    city: str
    root: Path
    from_dir: Path | None = None
    until: dt.date | None = None
    dry_run: bool = False
    no_cache: bool = False
    """Read every file anew, and keep nothing of what staging made of them (flows.stage.kept_results)."""
    policy: Policy | None = None
    """What to wait for before publishing, instead of what city.toml says."""
    take_up: str = ANY
    """What of an earlier run to go on with: ANY station that it has finished, NOTHING, or by hand from one station."""
    today: dt.date = Field(default_factory=day_of_the_office)
    """The day by which deliveries are awaited or overdue."""

    @property
    def home(self) -> Home:
        """The data folder that the run works in."""
        return Home(self.root)

    @property
    def folder(self) -> Path:
        """The run's own folder."""
        return self.home.runs / self.id

    @property
    def work(self) -> Path:
        """The working database, with confidential counts."""
        return self.folder / WORK

    @property
    def may_take_up(self) -> bool:
        """Whether the run goes on with what an earlier one has finished (flows/taking_up.py)."""
        return not (self.dry_run or self.no_cache or self.take_up == NOTHING)

    @property
    def from_station(self) -> str | None:
        """The station that a person asked to go on with."""
        return None if self.take_up in (ANY, NOTHING) else self.take_up

    @property
    def profile(self) -> Profile:
        """The profile of the run's city."""
        return load_profile(self.city)

    def note(self, station: str, event: str) -> None:
        """Add a line to the run's progress.jsonl, in English and, where the event is known in German, in German too."""
        noted = {"at": now().isoformat(), "clock": round(time.monotonic(), 3), "station": station, "event": event}
        if isinstance(event, Text):
            noted["event_de"] = event.german
        line = json.dumps(noted, ensure_ascii=False)
        with (self.folder / "progress.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        for listener in LISTENERS:
            listener(station, event)


def station_named(station: str) -> str:
    """Return what a person reads for a station of a run."""
    return {
        "pull": tr("pull"), "stage": tr("stage"), "transform": tr("transform"), "check": tr("check"),
        "protect": tr("protect"), "publish": tr("publish"),
    }.get(station, station)  # fmt: skip


NO_SOURCE = "no source in sources.toml"
"""Stands in place of a source's title for Indikatoren for which the profile has none; no refresh changes that."""


class Outcome(BaseModel):
    """How a refresh ended."""

    model_config = ConfigDict(frozen=True)

    city: str
    run: str
    published: bool
    release: str | None
    path: Path | None
    content_hash: str | None
    reason: Text
    candidate: Path | None = None
    """The folder of the built release that waits for the approval of a second person."""
    warnings: int = 0
    figures: int = 0
    suppressed: int = 0
    waiting: dict[str, list[str]] = Field(default_factory=dict)
    """Source that brought nothing (title) -> the Indikatoren without figures that wait for it."""
    held_for: list[Delivery] = Field(default_factory=list)
    """What the run waits for: something new came, and is not published before these deliveries are there."""
    lacking: list[Delivery] = Field(default_factory=list)
    """All deliveries that are awaited or overdue on the day of the run."""


@contextlib.contextmanager
def working_folder(run: Run) -> Iterator[None]:
    """Make the run's folder and lock it while the run lasts; afterwards delete what is confidential in it.

    A run that fails keeps its working database, so that somebody can look, or the next refresh of the city go on with
    it; that one deletes it. Of two runs that may publish, the second says that it waits, and begins when the first has
    ended.
    """
    forgotten = forget_old_runs(run.home)
    run.folder.mkdir(parents=True, mode=0o700)
    handle = os.open(run.folder / ".alive", os.O_RDWR | os.O_CREAT, 0o600)
    lock(handle)
    try:
        (run.folder / "run.json").write_text(run.model_dump_json(indent=2) + "\n", encoding="utf-8")
        if forgotten:
            run.note("begin", text("working databases of old runs were deleted: {runs}", runs=", ".join(forgotten)))
        with _turn_of(run):
            kept = last_to_take_up(run.home, run.city) if run.may_take_up or run.dry_run else None
            forget_dead_runs(run.home, run.city, but=kept)
            yield from _in_private(run)
            if kept and not run.dry_run:
                forget_dead_runs(run.home, run.city)
    finally:
        os.close(handle)


def _turn_of(run: Run) -> contextlib.AbstractContextManager[None]:
    """Return what the body of a run waits for: the end of other runs of the city that may publish."""
    if run.dry_run:
        return contextlib.nullcontext()
    turn, what = run.home.runs / f".{run.city}.turn", text("another refresh of {city}", city=run.city)
    return one_at_a_time(turn, what, WAIT_FOR_OTHERS, lambda words: run.note("pull", words))


def _in_private(run: Run) -> Iterator[None]:
    """Yield once, with what is written aside in the run's folder; delete what is confidential if nothing failed."""
    with gone_after_a_kill(gone_when_killed(run.folder)), _temporary_files_in(run.folder / "temp"):
        try:
            yield
        except (CheckStopped, ContractBroken, ConfigError) as problem:
            note_stop(run.folder, type(problem).__name__)
            raise
    forget(run.folder)


@contextlib.contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """Let temporary files, of any library and of what this process starts, lie in `folder` while the body lasts."""
    folder.mkdir(mode=0o700)
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    outside = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        if outside is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = outside


@contextlib.contextmanager
def nothing_protected_stays(run: Run) -> Iterator[None]:
    """Remove what was written for publication when the body fails: it will not be published."""
    try:
        yield
    except Exception:
        shutil.rmtree(run.folder / "publish", ignore_errors=True)
        raise


def new_run(
    city: str,
    home: Home,
    *,
    from_dir: Path | None = None,
    until: dt.date | None = None,
    dry_run: bool = False,
    no_cache: bool = False,
    policy: Policy | None = None,
    take_up: str = ANY,
) -> Run:
    """Return a run with a name of its own.

    Raises:
        ConfigError: when the city has no profile, `from_dir` is no folder, or no run is there to go on from.
    """
    load_profile(city)
    if from_dir is not None and not from_dir.is_dir():
        raise ConfigError(
            f"--from {from_dir}: expected a folder with the city's files, found none there.", code="FS-USE-03"
        )
    if take_up not in (ANY, NOTHING):
        _must_be_there(city, home, known_station(take_up), without=no_cache or dry_run)
    name = f"{city}-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    return Run(
        id=name, city=city, root=home.root, from_dir=from_dir, until=until, dry_run=dry_run, no_cache=no_cache,
        policy=policy, take_up=take_up,
    )  # fmt: skip


def _must_be_there(city: str, home: Home, station: str, *, without: bool) -> None:
    """Stop unless a run is there that can be gone on with from `station`; what it worked with is compared later."""
    if without:
        raise ConfigError(
            f"--from-station {station}: goes on with what an earlier refresh left; expected it without --no-cache and "
            "--dry-run, which do everything themselves.",
            code="FS-USE-07",
        )
    if last_to_take_up(home, city) is None:
        raise ConfigError(nothing_to_take_up(city, station), code="FS-USE-07")


def must_be_newest(profile: Profile, zuschnitt: dt.date) -> None:
    """Stop unless `zuschnitt` is the newest of the profile.

    Raises:
        ConfigError: the profile does not know it, or knows a newer one.
    """
    known = [one.valid_from for one in profile.city.zuschnitt]
    where = profile.folder
    if zuschnitt < known[-1]:
        raise ConfigError(
            f"Expected the newest Zuschnitt of {profile.city.id}, {known[-1]}, or a later one; found {zuschnitt}, "
            "which is before it. History is brought onto new boundaries, never back: every release has each Stichtag "
            "on the older Zuschnitte as well.",
            code="FS-CONFIG-14",
        )
    if zuschnitt > known[-1]:
        raise ConfigError(
            f"Expected a Zuschnitt that {where / 'city.toml'} knows ({', '.join(map(str, known))}), found {zuschnitt}. "
            f"Add it there:\n\n[[zuschnitt]]\nvalid_from = {zuschnitt}\n"
            f'base = "{profile.city.zuschnitt[-1].base}"   # or a new [base.<id>] if base units are numbered anew\n\n'
            f"and in {where / 'sources.toml'} the source that says which base unit lies in which Sozialraum "
            f"(assignment) or the polygons (geometry), with zuschnitt = {zuschnitt}. docs/boundary-changes.md "
            "shows both.",
            code="FS-CONFIG-14",
        )
