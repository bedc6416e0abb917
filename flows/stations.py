"""The stations of a run as plain functions; flows/refresh.py wraps each in a Prefect task."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from flows.base.files import write_whole
from flows.base.resources import resource
from flows.base.texts import text
from flows.check.models import RESULTS, CheckJob, CheckReport
from flows.check.run_checks import raise_for_blockers
from flows.protect.perturbation.keyed_draw import Draws
from flows.pull.deliveries import Delivery, deliveries_of_release, deliveries_on, years_of
from flows.pull.landing.stichtage import note_newest_years
from flows.pull.landing.store import Landing, read_back
from flows.pull.models import Lieferung, Pulled
from flows.pull.pull_sources import accept_pulled, pull
from flows.run import NO_SOURCE, Outcome, Run
from flows.station_marks import REVIEW, TYPES, Inputs, finish

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from flows.release.catalog import Release

_open_since_stage: dict[Path, ExitStack] = {}
"""Working databases that stage leaves open: transform goes on in the same instance, in which nothing is read again."""
_LIBRARIES = ("numpy", "scipy", "duckdb-extension-spatial", "python-calamine")
_SHARED = ("cities/vocabulary.toml", "cities/coordinate_systems.toml", "cities/index.toml")
FILES = "files.json"
"""The file in the folder of a dry run that says what became of each delivered file (flows.stage.file_accounts)."""
LIEFERUNGEN = "lieferungen.json"
"""The file in the folder of a run that says which delivered files it works with."""
_SHOWN = 5  # files of the folder that no source takes; the rest stands in lieferungen.json


def pull_into(run: Run, *, protects: bool = True) -> Pulled:
    """Bring the city's files into the landing zone and write down which this run works with.

    Of a run that `protects`, a secret that is missing is said before anything is asked for or computed.
    """
    if protects:
        Draws.of_city(run.profile.city)
    pulled = pull(
        run.profile, Landing(run.home.landing), folder=run.from_dir, until=run.until,
        progress=lambda event: run.note("pull", event),
    )  # fmt: skip
    for lacking, sources in pulled.not_asked.items():
        named = ", ".join(sources)
        run.note("pull", text("not asked: {sources} ({variable} is not set)", sources=named, variable=lacking))
    for file in pulled.passed_over[:_SHOWN]:
        run.note("pull", text("passed over: {file}", file=file))
    if (more := len(pulled.passed_over) - _SHOWN) > 0:
        listed = run.folder / LIEFERUNGEN
        run.note("pull", text("passed over: {count} more, all in {file}", count=more, file=listed))
    read_back(run.home.landing, pulled.lieferungen)
    (run.folder / LIEFERUNGEN).write_text(pulled.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return pulled


def accept(run: Run, pulled: Pulled) -> None:
    """Let the files of a run that was carried through be the measure for later ones; a dry run changes nothing."""
    if not run.dry_run:
        accept_pulled(run.profile, run.home.landing, run.id, pulled, run.until)


def input_fingerprint(run: Run, lieferungen: list[Lieferung]) -> str:
    """Return the sha256 over everything that a release's content follows from: files, code, libraries, profile, bound.

    It is published, so of the deliveries it takes the checksums that nobody outside can compute. Libraries that compute
    no figure (Prefect, Great Expectations) are left out. After an update of one that does, the next refresh works, and
    if the content is the same it is known from then on (flows.publish.same_content).
    """
    from flows.release.job import library_versions  # noqa: PLC0415

    digest = hashlib.sha256(f"{run.until or ''}\n".encode())
    for one in sorted(lieferungen, key=lambda each: (each.source, each.name)):
        digest.update(f"{one.source}\0{one.name}\0{one.checksum}\n".encode())
    versions = library_versions(_LIBRARIES)
    for name in ("python", "duckdb", *_LIBRARIES):
        digest.update(f"{name} {versions.get(name, '')}\n".encode())
    shared = (resource(name) for name in ("sql", "expectations", "cities/codebook.toml", *_SHARED))
    for root in (*shared, run.profile.folder):
        _add_files(digest, root)
    _add_files(digest, Path(__file__).parent)
    return digest.hexdigest()


def inputs_of(run: Run, lieferungen: list[Lieferung]) -> Inputs:
    """Return all that a run's working database follows from, part by part, so that what changed can be named."""
    from flows.release.catalog import entries_of, head, releases  # noqa: PLC0415
    from flows.release.job import library_versions  # noqa: PLC0415

    code = {"code": Path(__file__).parent, "profile": run.profile.folder, "codebook": resource("cities/codebook.toml")}
    shared = {name: resource(name) for name in ("sql", "expectations", *_SHARED)}
    files = {f"file {one.source}/{one.name}": one.checksum for one in lieferungen}
    libraries = {f"library {name}": found for name, found in library_versions(_LIBRARIES).items()}
    there = [one.version for one in releases(run.home, run.city) if one.database.is_file()]
    return Inputs(
        made_of={"--stichtag": str(run.until or "")} | files | libraries
        | {name: _digest_of(root) for name, root in {**code, **shared}.items()},
        judged_by={"releases": head(entries_of(run.home.releases / run.city)), "releases there": ", ".join(there),
                   "day": run.today.isoformat()},
    )  # fmt: skip


def _digest_of(root: Path) -> str:
    digest = hashlib.sha256()
    _add_files(digest, root)
    return digest.hexdigest()


def _add_files(digest: hashlib._Hash, root: Path) -> None:
    paths = [root] if root.is_file() else sorted(root.rglob("*"), key=lambda path: path.relative_to(root).as_posix())
    for path in paths:
        hidden = path.suffix == ".pyc" or "bundled" in path.relative_to(root).parts[:1]
        if path.is_file() and not hidden:
            digest.update(f"{path.relative_to(root.parent).as_posix()}\0".encode())
            digest.update(path.read_bytes())


def stage_into(run: Run, pulled: Pulled) -> None:
    """Read every Lieferung into the typed tables of a new working database."""
    from flows.base.db import open_work  # noqa: PLC0415 -- only a run that has something to do needs DuckDB
    from flows.stage.file_accounts import write_file_accounts  # noqa: PLC0415
    from flows.stage.kept_results import KeptResults  # noqa: PLC0415
    from flows.stage.nothing_staged import refuse_nothing  # noqa: PLC0415
    from flows.stage.stage_files import stage  # noqa: PLC0415

    profile = run.profile
    kept = None if run.no_cache else KeptResults(run.home.landing, profile)
    run.work.unlink(missing_ok=True)
    with ExitStack() as closing:
        con = closing.enter_context(open_work(run.work))
        try:
            stage(
                con, profile, pulled.lieferungen, run.home.landing, run.folder, until=run.until, kept=kept,
                progress=lambda event: run.note("stage", event),
            )  # fmt: skip
        finally:
            if run.dry_run:  # for a person who looks at files; nobody asks at a refresh
                write_file_accounts(con, profile, run.folder / FILES)
        refuse_nothing(con, profile, len(pulled.lieferungen), run.folder, run.until)
        _note_stichtage(run, pulled, con)
        finish(run.folder, "stage", con)
        _open_since_stage[run.work] = closing.pop_all()


def _note_stichtage(run: Run, pulled: Pulled, con: DuckDBPyConnection) -> None:
    """Let the landing zone know up to which year each file reaches whose name does not say it."""
    sources = {source.id: source for source in run.profile.sources}
    newest = dict(
        con.execute("SELECT quelle || '/' || datei, year(list_max(stichtage)::DATE) FROM stage.datei").fetchall()
    )
    note_newest_years(
        run.home.landing,
        {
            (run.city, one.source, one.sha256): year
            for one in pulled.lieferungen
            if sources[one.source].year_in(one.name) is None and (year := newest.get(f"{one.source}/{one.name}"))
        },
    )


def deliveries_in(run: Run, pulled: Pulled) -> list[Delivery]:
    """Return which sources brought their part of the newest Stichtag year, as far as it is known (see `held`)."""
    newest, _ = years_of(run.profile, pulled.lieferungen, run.home.landing)
    return deliveries_of_release(run.profile, newest, run.today)


def lacking_in(run: Run, pulled: Pulled) -> list[Delivery]:
    """Return what is awaited or overdue on the day of the run, whether it waits for it or not."""
    newest, unknown = years_of(run.profile, pulled.lieferungen, run.home.landing)
    found = deliveries_on(run.profile, newest, run.today)
    return [one for one in found if one.state != "present" and one.source not in unknown]


@contextmanager
def staged(run: Run) -> Iterator[DuckDBPyConnection]:
    """Open the working database that `stage_into` filled, and close it afterwards: others may read it then."""
    from flows.base.db import open_work  # noqa: PLC0415

    with _open_since_stage.pop(run.work, ExitStack()), open_work(run.work) as con:
        yield con


def transform_in(run: Run) -> None:
    """Compute every figure of every unit in the working database, which is closed afterwards."""
    from flows.transform.kept_parts import KeptParts  # noqa: PLC0415
    from flows.transform.transform_counts import transform  # noqa: PLC0415

    pulled = Pulled.model_validate_json((run.folder / LIEFERUNGEN).read_bytes())
    files = [one.sha256 for one in pulled.lieferungen]
    kept = None if run.no_cache else KeptParts(run.home.landing, run.city, files)
    with staged(run) as con:
        transform(con, kept=kept, progress=lambda event: run.note("transform", event))
        finish(run.folder, "transform", con)


def check_job(run: Run) -> CheckJob:
    """Return what the check worker is to look at: the run's tables, the last release, and what the city decided."""
    profile, last = run.profile, _last_that_is_there(run)
    return CheckJob(
        work_db=run.work, run_folder=run.folder, city_id=run.city, until=run.until,
        last_release=last.database if last is not None else None,
        own_checks=profile.own_checks if profile.own_checks.is_dir() else None, waivers=profile.waivers,
    )  # fmt: skip


def show_checks(run: Run, report: CheckReport) -> CheckReport:
    """Write the page of the checks of a run, which a dry run and a run that a check stopped have as well.

    Returns:
        The report with what the station protect has found of types, if it came so far.
    """
    from flows.check.type_results import with_types  # noqa: PLC0415
    from flows.pages.about import About  # noqa: PLC0415 -- only where a page is written
    from flows.pages.checks_page import Checked, write_checks_page  # noqa: PLC0415

    if (run.folder / TYPES).is_file():
        found = RESULTS.validate_json((run.folder / TYPES).read_bytes())
        report = with_types(report, found, run.profile.waivers, run.today)
    city = run.profile.city
    write_checks_page(report.path, Checked(About(city.name, city.synthetic), run.today))
    return report


def passed(run: Run, report: CheckReport) -> CheckReport:
    """Return the report of checks of which none stopped the run, and note that the station is finished.

    Raises:
        CheckStopped: a blocker failed.
    """
    raise_for_blockers(report)
    finish(run.folder, "check", None, report.model_dump(mode="json"))
    return report


def _last_that_is_there(run: Run) -> Release | None:
    """Return `latest`, or where its folder is gone the newest of the releases that are there and in use."""
    from flows.release.catalog import releases  # noqa: PLC0415 -- stays out of the core's way

    there = [one for one in releases(run.home, run.city) if one.database.is_file() and not one.withdrawn]
    return next((one for one in there if one.latest), there[-1] if there else None)


def done(run: Run, pulled: Pulled, outcome: Outcome) -> Outcome:
    """Return the outcome of a run with what is lacking still, and let its files be the measure for later ones."""
    _open_since_stage.pop(run.work, ExitStack()).close()  # of a run that waits: else deleted counts stay on the disk
    if not outcome.held_for:  # what waits is no measure for later deliveries yet
        accept(run, pulled)
    run.note("done", outcome.reason)
    return outcome.model_copy(update={"lacking": lacking_in(run, pulled)})


def protect_in(run: Run) -> dict[str, int]:
    """Suppress what identifies people, with all that is out already; write what may leave to the folder ``publish``."""
    from flows.base.db import open_work  # noqa: PLC0415
    from flows.check.type_results import type_results  # noqa: PLC0415
    from flows.protect.protect_figures import protect  # noqa: PLC0415
    from flows.redrawing.yearly_review import units_to_look_at, yearly_review  # noqa: PLC0415
    from flows.release.catalog import releases  # noqa: PLC0415
    from flows.typology.held import Applied  # noqa: PLC0415

    earlier = [(one.version, one.database) for one in releases(run.home, run.city) if one.database.is_file()]
    with open_work(run.work) as con:
        review = yearly_review(con, run.profile, lambda words: run.note("protect", words))
        if review is not None:
            write_whole(run.folder / REVIEW, units_to_look_at(review).encode())
        types = list[Applied]()
        counted = protect(
            con, run.profile, run.folder / "publish", earlier, note=lambda words: run.note("protect", words),
            hear=types.append, review=review,
        )  # fmt: skip
        write_whole(run.folder / TYPES, RESULTS.dump_json(type_results(types)))
        finish(run.folder, "protect", con, counted)
    run.note("protect", text(
        "{figures:,} figures suppressed, {primary:,} of them by themselves, the others for their sake",
        figures=counted["suppressed"], primary=counted["primary"],
    ))  # fmt: skip
    if counted["withdrawn"]:
        run.note("protect", text(
            "nothing is said of {count:,} counts on a new Zuschnitt, which would tell what earlier releases keep "
            "secret (merkmal_entzogen)", count=counted["withdrawn"],
        ))  # fmt: skip
    if counted["contradictory"]:
        run.note("protect", text(
            "{count:,} counts cannot be judged: what is published around them contradicts itself (fortschreibung audit "
            "names them)", count=counted["contradictory"],
        ))  # fmt: skip
    return counted


def waiting_in(run: Run) -> dict[str, list[str]]:
    """Return the title of each source that brought nothing -> the Indikatoren without figures that wait for it."""
    from flows.base.db import open_work  # noqa: PLC0415

    with open_work(run.work) as con:
        rows = con.execute(
            "SELECT coalesce(quelle.titel_de, ''), "
            "list(DISTINCT ausstehend.indikator_id ORDER BY ausstehend.indikator_id) "
            "FROM ausstehend LEFT JOIN katalog.quelle ON ausstehend.quelle = quelle.quelle GROUP BY ALL ORDER BY 1"
        ).fetchall()
    return {title or NO_SOURCE: waiting for title, waiting in rows}
