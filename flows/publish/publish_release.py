"""Station publish as the refresh sees it: gather what the release says of itself, then hand it to promote."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from flows import __version__
from flows.base.db import insert, literal, open_work
from flows.base.home import Home
from flows.check.models import CheckResult
from flows.profile.load import Profile
from flows.publish.promote import PublishOutcome, publish
from flows.publish.same_content import note_same_content
from flows.pull.deliveries import Delivery
from flows.pull.landing.checksum import public_checksum
from flows.pull.models import Lieferung as Delivered
from flows.release.job import JobDelivery, JobLevel, Lieferung, ReleaseJob, folder_fingerprint

_STAND = {"present": "vorhanden", "awaited": "erwartet", "overdue": "ueberfaellig"}


def publish_run(
    profile: Profile,
    home: Home,
    folder: Path,
    lieferungen: list[Delivered],
    checks: list[CheckResult],
    fingerprint: str,
    *,
    deliveries: Sequence[Delivery] = (),
    say: Callable[[str], None],
) -> PublishOutcome:
    """Publish what the run in `folder` has protected, or let it wait for approval, or say that it is nothing new.

    Raises:
        FortschreibungError: when the release cannot be built or promoted; the last one then stands.
    """
    with open_work(folder / "work.duckdb") as con:
        _write_checks(con, checks, folder / "publish" / "_checks.parquet")
        checksum = public_checksum(home.landing, folder_fingerprint(profile.folder))
        job = _job(con, profile, folder, lieferungen, fingerprint, checksum)
        job = job.model_copy(update={"deliveries": [_as_published(one) for one in deliveries]})
    needs_approval = profile.city.approval == "second-person"
    done = publish(job, folder / "publish", home, needs_approval=needs_approval, say=say)
    if done.version is not None and not done.published:
        note_same_content(home.landing, profile.city.id, fingerprint, done.version)
    return done


def _write_checks(con: duckdb.DuckDBPyConnection, checks: list[CheckResult], path: Path) -> None:
    con.execute(
        "CREATE OR REPLACE TEMP TABLE pruefung (suite VARCHAR, pruefung VARCHAR, station VARCHAR, schwere VARCHAR, "
        "bestanden BOOLEAN, erwartet VARCHAR, gefunden VARCHAR, einheiten VARCHAR, beanstandet BIGINT, grund VARCHAR, "
        "zustaendig VARCHAR, verzichtet BIGINT, verzicht VARCHAR)"
    )
    insert(
        con, "pruefung",
        [{"suite": c.suite, "pruefung": c.check, "station": c.station, "schwere": c.severity, "bestanden": c.ok,
          "erwartet": c.expected, "gefunden": c.found, "einheiten": ", ".join(c.units), "beanstandet": c.offending,
          "grund": c.reason, "zustaendig": c.owner, "verzichtet": c.waived, "verzicht": c.waiver or None}
         for c in checks],
    )  # fmt: skip
    con.execute(f"COPY pruefung TO {literal(str(path))} (FORMAT parquet)")


def _job(
    con: duckdb.DuckDBPyConnection,
    profile: Profile,
    folder: Path,
    lieferungen: list[Delivered],
    fingerprint: str,
    profile_checksum: str,
) -> ReleaseJob:
    city, sources = profile.city, {source.id: source for source in profile.sources}
    newest = con.execute("SELECT max_by(stichtag, stichtag), max_by(zuschnitt, stichtag) FROM stichtag").fetchone()
    days = dict(con.execute("SELECT quelle || '/' || datei, stichtage FROM stage.datei").fetchall())
    assert newest is not None  # noqa: S101 -- staging has stopped a run without a Stichtag
    return ReleaseJob(
        city_id=city.id, city_name=city.name, synthetic=city.synthetic or any(one.synthetic for one in lieferungen),
        coordinate_system=city.crs,
        stichtag_max=newest[0], zuschnitt=newest[1], licence=city.licence, licence_url=city.licence_url,
        attribution=city.attribution, publisher=city.publisher, contact=city.contact,
        code_version=__version__, code_commit=commit(),
        profile_checksum=profile_checksum, input_fingerprint=fingerprint, run_id=folder.name,
        until=_asked_until(folder),
        raumebenen=[JobLevel(id=x.id, label_de=x.label_de, label_en=x.label_en) for x in city.raumebene],
        sources=[
            Lieferung(
                quelle=one.source, datei=one.name, sha256=one.checksum, bytes=one.bytes, url=one.url,
                geholt_am=one.fetched_at, last_modified=one.last_modified,
                lizenz=sources[one.source].licence, namensnennung=sources[one.source].attribution,
                stichtage=[day for day in days.get(f"{one.source}/{one.name}", []) if day],
            )
            for one in lieferungen
        ],
    )  # fmt: skip


def _as_published(one: Delivery) -> JobDelivery:
    """Return what a release says of a delivery: not whom the office asks for it."""
    return JobDelivery(
        quelle=one.source, titel_de=one.title_de, titel_en=one.title_en, jahr=one.year, lieferstand=_STAND[one.state],
        erwartet_bis=one.until,
    )  # fmt: skip


def _asked_until(folder: Path) -> dt.date | None:
    """Return the Stichtag after which the run was asked to leave everything out."""
    asked = folder / "run.json"
    until = json.loads(asked.read_bytes()).get("until") if asked.is_file() else None
    return dt.date.fromisoformat(until) if until else None


def commit() -> str | None:
    """Return the commit of the checkout that the code runs from, "-dirty" if changed since, or None outside one."""
    checkout = Path(__file__).resolve().parents[2]
    if not (checkout / ".git").exists():
        return None
    git = ["git", "--no-optional-locks", "-C", str(checkout)]
    asked = subprocess.run(  # noqa: S603 -- a fixed command on our own checkout, with the git of whoever made it
        [*git, "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"],
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip() or None
