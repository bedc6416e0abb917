"""One run of the refresh: its folder, its stations, and what is kept of it.

The stations here are plain functions; flows/refresh.py wraps each in a Prefect task. A run's folder holds
confidential counts while it lasts: they are deleted at the end, and what a killed run left behind is
deleted when the next one starts.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from flows import __version__
from flows.check.models import CheckJob
from flows.errors import ConfigError, SourceUnavailable
from flows.extract.landing import Landing, now, read_back
from flows.extract.models import Lieferung, Pulled
from flows.extract.station import accept_pulled, pull
from flows.home import Home
from flows.profile.load import Profile, load_profile
from flows.resources import resource

_SHOWN = 5  # files of the folder that no source takes; the rest stands in lieferungen.json
CONFIDENTIAL = ("work.duckdb", "work.duckdb.wal", "spill", "plain", "publish", "findings")


class Run(BaseModel):
    """What a run was asked for, and where it works."""

    model_config = ConfigDict(frozen=True)

    id: str
    city: str
    root: Path
    from_dir: Path | None = None
    until: dt.date | None = None
    dry_run: bool = False

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
        return self.folder / "work.duckdb"

    @property
    def profile(self) -> Profile:
        """The profile of the run's city."""
        return load_profile(self.city)

    def note(self, station: str, event: str) -> None:
        """Add a line to the run's progress.jsonl."""
        line = json.dumps(
            {"at": now().isoformat(), "clock": round(time.monotonic(), 3), "station": station, "event": event}
        )
        with (self.folder / "progress.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")


class Outcome(BaseModel):
    """How a refresh ended."""

    model_config = ConfigDict(frozen=True)

    city: str
    run: str
    published: bool
    release: str | None
    path: Path | None
    content_hash: str | None
    reason: str
    warnings: int = 0
    figures: int = 0
    suppressed: int = 0
    waiting: dict[str, list[str]] = Field(default_factory=dict)
    """Source that brought nothing (title) -> the Indikatoren without figures that wait for it."""


@contextlib.contextmanager
def begun(run: Run) -> Iterator[None]:
    """Make the run's folder and hold it while the run lasts; afterwards forget what is confidential in it.

    A run that fails keeps its working database, so that somebody can look; the next run of the city
    deletes it.
    """
    forget_dead_runs(run.home, run.city)
    run.folder.mkdir(parents=True, mode=0o700)
    handle = os.open(run.folder / ".alive", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        (run.folder / "run.json").write_text(run.model_dump_json(indent=2) + "\n", encoding="utf-8")
        yield
        forget(run.folder)
    finally:
        os.close(handle)


def forget(folder: Path) -> None:
    """Delete what is confidential in a run's folder."""
    for name in CONFIDENTIAL:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def forget_dead_runs(home: Home, city: str) -> None:
    """Delete what is confidential in the runs of `city` whose process is gone."""
    for folder in home.runs.glob(f"{city}-*"):
        try:
            handle = os.open(folder / ".alive", os.O_RDWR)
        except FileNotFoundError:
            forget(folder)
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            forget(folder)
        except BlockingIOError:
            continue
        finally:
            os.close(handle)


def new_run(
    city: str,
    home: Home,
    *,
    from_dir: Path | None = None,
    until: dt.date | None = None,
    dry_run: bool = False,
) -> Run:
    """Return a run with a name of its own.

    Raises:
        ConfigError: when the city has no profile or `from_dir` is no folder.
    """
    load_profile(city)
    if from_dir is not None and not from_dir.is_dir():
        raise ConfigError(f"--from {from_dir}: expected a folder with the city's files, found none there.")
    name = f"{city}-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    return Run(id=name, city=city, root=home.root, from_dir=from_dir, until=until, dry_run=dry_run)


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
            "on the older Zuschnitte as well."
        )
    if zuschnitt > known[-1]:
        raise ConfigError(
            f"Expected a Zuschnitt that {where / 'city.toml'} knows ({', '.join(map(str, known))}), found {zuschnitt}. "
            f"Add it there:\n\n[[zuschnitt]]\nvalid_from = {zuschnitt}\n"
            f'base = "{profile.city.zuschnitt[-1].base}"   # or a new [base.<id>] if base units are numbered anew\n\n'
            f"and in {where / 'sources.toml'} the source that says which base unit lies in which Sozialraum "
            f"(assignment) or the polygons (geometry), with zuschnitt = {zuschnitt}. docs/boundary-changes.md "
            "shows both."
        )


def pull_into(run: Run) -> Pulled:
    """Bring the city's files into the landing zone and write down which this run works with."""
    pulled = pull(
        run.profile, Landing(run.home.landing), folder=run.from_dir, until=run.until,
        progress=lambda event: run.note("pull", event),
    )  # fmt: skip
    for lacking, sources in pulled.not_asked.items():
        run.note("pull", f"not asked: {', '.join(sources)} ({lacking} is not set)")
    for file in pulled.passed_over[:_SHOWN]:
        run.note("pull", f"passed over: {file}")
    if len(pulled.passed_over) > _SHOWN:
        run.note("pull", f"passed over: {len(pulled.passed_over) - _SHOWN} more, all in {run.folder}/lieferungen.json")
    read_back(run.home.landing, pulled.lieferungen)
    (run.folder / "lieferungen.json").write_text(pulled.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return pulled


def accept(run: Run, pulled: Pulled) -> None:
    """Let the files of a run that was carried through be the measure for later ones; a dry run changes nothing."""
    if not run.dry_run:
        accept_pulled(run.profile, run.home.landing, run.id, pulled, run.until)


def input_fingerprint(run: Run, lieferungen: list[Lieferung]) -> str:
    """Return the sha256 over everything that a release's content follows from: deliveries, code, profile, bound."""
    digest = hashlib.sha256(f"{run.until or ''}\n".encode())
    for one in sorted(lieferungen, key=lambda each: (each.source, each.name)):
        digest.update(f"{one.source}\0{one.name}\0{one.sha256}\n".encode())
    for name in ("sql", "expectations", f"cities/{run.city}", "cities/codebook.toml"):
        _add_files(digest, resource(name))
    _add_files(digest, Path(__file__).parent)
    return digest.hexdigest()


def _add_files(digest: hashlib._Hash, root: Path) -> None:
    paths = [root] if root.is_file() else sorted(root.rglob("*"), key=lambda path: path.relative_to(root).as_posix())
    for path in paths:
        hidden = path.suffix == ".pyc" or "bundled" in path.relative_to(root).parts[:1]
        if path.is_file() and not hidden:
            digest.update(f"{path.relative_to(root.parent).as_posix()}\0".encode())
            digest.update(path.read_bytes())


def already_published(run: Run, fingerprint: str) -> Outcome | None:
    """Return the outcome "nothing new" when a standing release was made from just these inputs, else None."""
    from flows.publish.catalog import latest_release, releases  # noqa: PLC0415 -- stays out of the core's way

    known = releases(run.home, run.city)
    latest = latest_release(run.home, run.city)
    for release in {each.version: each for each in (*known[-1:], *([latest] if latest else []))}.values():
        if release.input_fingerprint == fingerprint and release.path.is_dir():
            return Outcome(
                city=run.city, run=run.id, published=False, release=release.version, path=release.path,
                content_hash=release.content_hash,
                reason=f"Nothing new: {release.version} was made from the same files, profile and code.",
            )  # fmt: skip
    return None


def stage_into(run: Run, pulled: Pulled) -> None:
    """Read every Lieferung into the typed tables of a new working database."""
    from flows.stage.database import open_work  # noqa: PLC0415 -- only a run that has something to do needs DuckDB
    from flows.stage.station import stage  # noqa: PLC0415

    run.work.unlink(missing_ok=True)
    with open_work(run.work) as con:
        stage(
            con, run.profile, pulled.lieferungen, run.home.landing, run.folder, until=run.until,
            progress=lambda event: run.note("stage", event),
        )  # fmt: skip
        counted = con.execute("SELECT count(*) FROM stage.zaehlung").fetchone()
        people = con.execute("SELECT count(*) FROM stage.register").fetchone()
        official = con.execute("SELECT count(*) FROM stage.amtlich").fetchone()
    if not any(found and found[0] for found in (counted, people, official)):
        raise SourceUnavailable(
            f"{run.city}: expected counts of residents, or official totals, found no row up to "
            f"{run.until or 'today'} in {len(pulled.lieferungen)} files. "
            "Is the Stichtag right, are the files those of sources.toml?"
        )


def transform_in(run: Run) -> None:
    """Compute every figure of every unit in the working database."""
    from flows.stage.database import open_work, use_spatial  # noqa: PLC0415
    from flows.transform.station import transform  # noqa: PLC0415

    with open_work(run.work) as con:
        use_spatial(con)
        transform(con, progress=lambda event: run.note("transform", event))


def check_job(run: Run) -> CheckJob:
    """Return what the check worker is to look at: the run's tables, the last release, and what the city decided."""
    from flows.publish.catalog import latest_release  # noqa: PLC0415 -- stays out of the core's way

    profile, last = run.profile, latest_release(run.home, run.city)
    return CheckJob(
        work_db=run.work, run_folder=run.folder, city_id=run.city, city_name=profile.city.name, until=run.until,
        last_release=last.database if last is not None and last.database.is_file() else None,
        own_checks=profile.own_checks if profile.own_checks.is_dir() else None, waivers=profile.waivers,
    )  # fmt: skip


def protect_in(run: Run) -> dict[str, int]:
    """Suppress what identifies people; write what may leave to the run's folder ``publish``."""
    from flows.protect.station import protect  # noqa: PLC0415
    from flows.stage.database import open_work  # noqa: PLC0415

    with open_work(run.work) as con:
        return protect(con, run.profile, run.folder / "publish")


def waiting_in(run: Run) -> dict[str, list[str]]:
    """Return the title of each source that brought nothing -> the Indikatoren without figures that wait for it."""
    from flows.stage.database import open_work  # noqa: PLC0415

    with open_work(run.work) as con:
        rows = con.execute(
            "SELECT coalesce(quelle.titel_de, ''), "
            "list(DISTINCT ausstehend.indikator_id ORDER BY ausstehend.indikator_id) "
            "FROM ausstehend LEFT JOIN katalog.quelle ON ausstehend.quelle = quelle.quelle GROUP BY ALL ORDER BY 1"
        ).fetchall()
    return {title or "no source in sources.toml": waiting for title, waiting in rows}


def code_version() -> str:
    """Return the version of this code."""
    return __version__
