"""Makes a release again from the bytes that were delivered for it, and says table by table whether it is the same.

The Lieferungen are those of the release's manifest, found in the landing zone by their checksums; they go through
stage, transform and protect into a folder of their own, which is confidential and gone afterwards. Checks need not
run: they decide whether something is published, not what; a rehearsal has them run (flows/watch.py). With other code
or other libraries a difference would say nothing of the release, so that is refused unless asked for.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from flows import __version__
from flows.base.db import literal, open_work, quoted, use_spatial
from flows.base.errors import ConfigError
from flows.base.home import Home
from flows.base.locks import try_lock
from flows.base.texts import text, tr
from flows.profile.load import Profile, load_profile
from flows.protect.protect_figures import protect
from flows.publish.build import new_database, wanted_tables
from flows.publish.delivered import delivered_for
from flows.publish.publish_release import commit
from flows.pull.landing.checksum import public_checksum
from flows.pull.models import Lieferung
from flows.redrawing.yearly_review import yearly_review
from flows.release import release_tables
from flows.release.catalog import Release, published_before
from flows.release.content_hash import digests, table_hashes
from flows.release.job import JobLevel, ReleaseJob, folder_fingerprint, library_versions, sql_fingerprint
from flows.release.manifest import Manifest, manifest_of
from flows.release.reading import release_to_read
from flows.stage.stage_files import stage
from flows.transform.transform_counts import transform

_FOLDER = ".reproduce-"
Say = Callable[[str], None]
Judge = Callable[[Path, Path | None, dt.date | None], None]
"""Looks at a working database after transform: where it is, the database of the release before, and the bound."""


@dataclass(frozen=True)
class TableMade:
    """One table of the content, as it was published and as it came out again."""

    table: str
    same: bool
    only_published: int = 0  # rows
    only_made_again: int = 0


@dataclass(frozen=True)
class Reproduced:
    """How a release compares with what its deliveries give today."""

    city: str
    version: str
    same: bool
    tables: tuple[TableMade, ...]
    made_otherwise: tuple[str, ...]  # what of code and libraries is not as it was


@dataclass(frozen=True)
class _Made:
    """What a release was made with beside its deliveries: the bound, and the releases that were out."""

    until: str | None
    before: list[Release]
    judge: Judge | None = None


def reproduce(
    home: Home, city: str, version: str, *, anyway: bool = False, say: Say = lambda _: None, judge: Judge | None = None
) -> Reproduced:  # fmt: skip
    """Make the release `version` of `city` again, have it looked at by `judge`, and compare it with the published one.

    Raises:
        ConfigError: when the release is not there, or code or libraries differ from those then and not `anyway`.
        SourceUnavailable: when the landing zone no longer holds what it was made from.
    """
    release = release_to_read(home, city, version)
    manifest, profile = manifest_of(release.path), load_profile(city)
    before, gone = published_before(home, city, version)
    otherwise = _made_otherwise(manifest, profile, home.landing)
    otherwise += [f"release {each}: known when figures were suppressed then, gone now" for each in gone]
    if otherwise and not anyway:
        raise ConfigError(
            f"{city} {version} was made with other code or libraries than are here, so a difference would not be the "
            "release's:\n" + "\n".join(f"  {each}" for each in otherwise) + "\n"
            "Set up that state (git checkout, make setup) and ask again, or compare nevertheless with --anyway.",
            code="FS-USE-11",
        )
    lieferungen = delivered_for(manifest, home.landing)
    with _own_folder(home) as folder:
        _make(profile, lieferungen, home.landing, folder, _Made(manifest.until, before, judge), say)
        say(text("compare"))
        made = _compared(profile, folder, manifest, release.database)
    return Reproduced(city, version, all(each.same for each in made), made, tuple(otherwise))


def _made_otherwise(manifest: Manifest, profile: Profile, landing: Path) -> list[str]:
    """Return what of code, profile and libraries differs from what the manifest says, one line each."""
    recorded = {f"library {name}": version for name, version in manifest.libraries.items()}
    present = {f"library {name}": version for name, version in library_versions().items()}
    recorded |= {"code version": manifest.code["version"], "SQL (sha256)": manifest.code["sql_sha256"]}
    present |= {"code version": __version__, "SQL (sha256)": sql_fingerprint()}
    if known := manifest.code.get("profile_checksum"):
        recorded["profile"], present["profile"] = known, public_checksum(landing, folder_fingerprint(profile.folder))
    recorded["code commit"], present["code commit"] = manifest.code["commit"] or "not known", commit() or "not known"
    lines = [
        f"{name}: {recorded.get(name, 'none')} then, {present.get(name, 'none')} now"
        for name in sorted({**recorded, **present})
        if recorded.get(name) != present.get(name)
    ]
    if recorded["code commit"].endswith("-dirty"):
        lines.append("code: the checkout had changes then that no commit holds")
    return lines


def _make(profile: Profile, lieferungen: list[Lieferung], landing: Path, folder: Path, made: _Made, say: Say) -> None:
    until = dt.date.fromisoformat(made.until) if made.until else None
    with open_work(folder / "work.duckdb") as con:
        say(text("stage"))
        stage(con, profile, lieferungen, landing, folder, until=until)
        say(text("transform"))
        use_spatial(con)
        transform(con)
    if made.judge:
        say(text("check"))
        made.judge(folder / "work.duckdb", made.before[-1].database if made.before else None, until)
    with open_work(folder / "work.duckdb") as con:
        say(text("protect"))
        earlier = [(each.version, each.database) for each in made.before]
        protect(con, profile, folder / "publish", earlier, review=yearly_review(con, profile, say))


def _compared(profile: Profile, folder: Path, manifest: Manifest, published: Path) -> tuple[TableMade, ...]:
    city = profile.city
    job = ReleaseJob(
        city_id=city.id, city_name=city.name, synthetic=city.synthetic, coordinate_system=city.crs,
        stichtag_max=dt.date.fromisoformat(manifest.stichtag_max), zuschnitt=manifest.zuschnitt, licence=city.licence,
        attribution=city.attribution, publisher=city.publisher, contact=city.contact, code_version=__version__,
        input_fingerprint=manifest.input_fingerprint, run_id=folder.name, sources=[],
        raumebenen=[JobLevel(id=each.id, label_de=each.label_de, label_en=each.label_en) for each in city.raumebene],
    )  # fmt: skip
    with new_database(folder / "again.duckdb") as con:
        wanted, _ = wanted_tables(con, job, folder / "publish")
        content = [table for table in wanted if table.content]
        for table in content:
            release_tables.create(con, table)
        release_tables.load(con, content, folder / "publish")
        keys = {table.name: table.key for table in content}
        hashes = digests(table_hashes(con, keys, form=manifest.content_format))
        con.execute(f"ATTACH {literal(str(published))} AS published (READ_ONLY)")
        recorded = manifest.content_tables
        return tuple(
            TableMade(name, same=True)
            if hashes.get(name) == recorded.get(name)
            else TableMade(name, False, *_rows_apart(con, name, name in recorded, name in hashes))
            for name in sorted({**hashes, **recorded})
        )


def _rows_apart(con: duckdb.DuckDBPyConnection, table: str, published: bool, again: bool) -> tuple[int, int]:
    """Return how many rows only the published table has, and how many only the one made again."""
    there, here = f"published.{quoted(table)}", quoted(table)
    if not (published and again):
        return (_count(con, f"FROM {there}") if published else 0), (_count(con, f"FROM {here}") if again else 0)
    try:
        return (
            _count(con, f"FROM {there} EXCEPT ALL FROM {here}"),
            _count(con, f"FROM {here} EXCEPT ALL FROM {there}"),
        )
    except duckdb.BinderException:  # other columns: every row is another
        return _count(con, f"FROM {there}"), _count(con, f"FROM {here}")


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(f"SELECT count(*) FROM ({query})").fetchone()  # noqa: S608 -- contract names
    return int(row[0]) if row else 0


@contextlib.contextmanager
def _own_folder(home: Home) -> Iterator[Path]:
    """Give a private folder that is gone afterwards; what a killed process left of its own goes first."""
    for left in home.runs.glob(f"{_FOLDER}*"):
        with _locked(left) as free:
            if free:
                shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_FOLDER, dir=home.runs))
    with _locked(folder):
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Lock `folder` while the body lasts; gives False when another process has it locked."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield try_lock(handle)
    finally:
        os.close(handle)


def summary_lines(outcome: Reproduced) -> list[str]:
    """Return the outcome in a few lines: which tables differ, and what was otherwise when they were made."""
    lines = [tr("made with other code or libraries: {what}", what=each) for each in outcome.made_otherwise]
    lines += [
        tr(
            "{table}: differs; {published:,} rows only in the release, {again:,} only in what was made again",
            table=each.table, published=each.only_published, again=each.only_made_again,
        )
        for each in outcome.tables
        if not each.same
    ]  # fmt: skip
    same = sum(each.same for each in outcome.tables)
    found = {"city": outcome.city, "version": outcome.version, "same": same, "tables": len(outcome.tables)}
    said = (
        tr("{city} {version} is reproduced: {same} of {tables} tables are the same.", **found)
        if outcome.same
        else tr("{city} {version} is NOT reproduced: {same} of {tables} tables are the same.", **found)
    )
    return [*lines, said]
