"""Builds one release in a fresh process that has never seen a confidential row.

    python -m flows.publish.build JOB.json TARGET_DIR VERSION

reads the protected Parquet files beside JOB.json and writes the whole release into TARGET_DIR, the manifest
last. A .duckdb file can hold memory that its process left lying about; this process has none to leave.
The last line on stdout is one JSON object, for `flows.publish.promote`, which starts this process.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from flows.base.db import connect, literal, never_try_fsst, one_transaction
from flows.base.errors import FortschreibungError, VerificationFailed
from flows.base.home import limits
from flows.check.models import REPORT_FOLDER
from flows.compare import diff
from flows.compare.diff_model import Diff, ReleaseNamed
from flows.export import geo
from flows.pages.about import About
from flows.pages.checks_page import Checked
from flows.publish.own_tables import fill_own_tables, release_row
from flows.publish.release_files import Building, first_day, write_checks, write_dcat, write_files
from flows.release import release_tables
from flows.release.catalog import DATABASE
from flows.release.content_hash import FORMAT as CONTENT_FORMAT
from flows.release.content_hash import TableHash, digests, table_hashes, whole_hash
from flows.release.job import Previous, ReleaseJob, Setting, Standing, job_from, sql_fingerprint
from flows.release.manifest import FORMAT, Manifest, files_in, manifest_of
from flows.release.table_contract import (
    IndikatorColumn,
    Level,
    Table,
    contract,
    indikator_columns,
    level_with_parents,
    tables_of_city,
)


@dataclass(frozen=True)
class Built:
    """The outcome: the content's hash, and the standing version that has the same content, if one has."""

    content_hash: str
    same_as: str | None = None


def build(job_path: Path, target: Path, setting: Setting) -> Built:
    """Write the release `setting.version` into `target`, or stop early where a standing one has its content.

    Raises:
        FortschreibungError: when the protected tables are not what the contract wants.
    """
    job, folder = job_from(job_path), job_path.parent
    geo.still_clock(job.stichtag_max)
    target.mkdir(parents=True, exist_ok=True)
    with new_database(target / DATABASE) as con:
        wanted, indikatoren = wanted_tables(con, job, folder)
        with one_transaction(con):
            for table in wanted:
                release_tables.create(con, table)
            release_tables.create_views(con, wanted)
            release_tables.load(con, wanted, folder)
        content = table_hashes(con, {table.name: table.key for table in wanted if table.content})
        identity = whole_hash(digests(content))
        same = _with_the_same_content(con, wanted, identity, setting.standing)
        if same is not None:
            return Built(same.content_hash, same.version)
        compared = _compared(con, job, setting, digests(content))
        fill_own_tables(con, wanted, release_row(job, setting, identity), job, compared)
        hashes = content | table_hashes(con, {table.name: table.key for table in wanted if not table.content})
        _stop_at(release_tables.faults(con, wanted, hashes))
        files = write_files(Building(con, job, setting, wanted, indikatoren, target), compared)
        described, first = _described(hashes, content), first_day(con, job)
        con.execute("USE memory; DETACH fortschreibung")
    write_dcat(job, setting, first, [target / DATABASE, *files], target)
    checked = Checked(About(job.city_name, job.synthetic), setting.made_at.date(), setting.version)
    write_checks(folder.parent / REPORT_FOLDER, target / REPORT_FOLDER, checked)
    _manifest(job, setting, identity, described, target).write(target)
    return Built(identity)


def new_database(path: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection that uses a new release file at `path`, within the memory of flows.base.home.

    It has one DuckDB thread: thousands of small statements cost more processor time on several. What can be done at
    the same time is done by threads of Python, each with a cursor (`flows.publish.release_files.write_files`).
    """
    con = connect(
        config={
            "threads": 1,
            "memory_limit": limits().memory,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "temp_directory": f"{path.parent}.spill",
        }
    )
    never_try_fsst(con)
    con.execute(f"ATTACH {literal(str(path))} AS fortschreibung (STORAGE_VERSION 'v1.0.0')")
    con.execute("USE fortschreibung")
    return con


def wanted_tables(
    con: duckdb.DuckDBPyConnection, job: ReleaseJob, folder: Path
) -> tuple[Sequence[Table], Sequence[IndikatorColumn]]:
    """Return the tables that a release of the protected tables in `folder` has, and the Indikatoren of its codebook."""
    codebook = folder / "indikator.parquet"
    release_tables.parquet_columns(con, codebook)
    indikatoren = indikator_columns(con, release_tables.parquet(codebook))
    names = [level.id for level in job.raumebenen]
    levels = [
        level_with_parents(
            Level(level.id, level.label_de, level.label_en),
            names,
            list(release_tables.parquet_columns(con, folder / f"{level.id}.parquet")),
        )
        for level in job.raumebenen
    ]
    return tables_of_city(levels, indikatoren), indikatoren


def _with_the_same_content(
    con: duckdb.DuckDBPyConnection, wanted: Sequence[Table], identity: str, standing: Sequence[Standing]
) -> Standing | None:
    """Return the standing release that has the content of the open tables, whose hash is `identity`."""
    found = {CONTENT_FORMAT: identity}
    for each in standing:
        if each.content_format not in found:
            keys = {table.name: table.key for table in wanted if table.content}
            found[each.content_format] = whole_hash(digests(table_hashes(con, keys, form=each.content_format)))
        if found[each.content_format] == each.content_hash:
            return each
    return None


def _described(hashes: Mapping[str, TableHash], content: Collection[str]) -> dict[str, dict[str, object]]:
    """Return what the manifest says of each table."""
    return {
        name: {"rows": each.rows, "content": name in content, "hash": each.digest, "blocks": each.blocks}
        for name, each in sorted(hashes.items())
    }


def _compared(con: duckdb.DuckDBPyConnection, job: ReleaseJob, setting: Setting, content: dict[str, str]) -> Diff:
    """Return how the open tables differ from the previous release; what cannot be compared counts as different."""
    named = ReleaseNamed(
        version=setting.version,
        content_hash=whole_hash(content),
        stichtag_max=job.stichtag_max,
        zuschnitt=job.zuschnitt,
    )
    deliveries = frozenset((each.quelle, each.datei, each.sha256) for each in job.sources)
    after = diff.Side(named, content, deliveries, CONTENT_FORMAT)
    if setting.previous is None:
        return diff.diff_of(con, job.city_id, None, after)
    before = diff.side_of(manifest_of(setting.previous.database.parent))
    try:
        diff.attach(con, setting.previous.database, "vorher")
    except duckdb.Error:
        return diff.diff_of(None, job.city_id, before, after)
    try:
        return diff.diff_of(con, job.city_id, before, after)
    finally:
        con.execute("DETACH vorher")


def _stop_at(faults: Sequence[str]) -> None:
    if faults:
        raise VerificationFailed(
            "The protected tables break the contract in sql/release.toml; nothing was published and the last "
            "release stands:\n" + "\n".join(f"  {fault}" for fault in faults),
            code="FS-RELEASE-04",
        )


def _manifest(
    job: ReleaseJob, setting: Setting, identity: str, described: dict[str, dict[str, object]], target: Path
) -> Manifest:
    return Manifest(
        format=FORMAT,
        city=job.city_id,
        version=setting.version,
        schema_version=contract().schema_version,
        made_at=setting.made_at.isoformat(),
        stichtag_max=job.stichtag_max.isoformat(),
        zuschnitt=job.zuschnitt,
        previous=setting.previous.version if setting.previous else None,
        content_hash=identity,
        content_format=CONTENT_FORMAT,
        tables=described,
        input_fingerprint=job.input_fingerprint,
        run_id=job.run_id,
        code={
            "version": job.code_version,
            "commit": job.code_commit,
            "sql_sha256": sql_fingerprint(),
            "profile_checksum": job.profile_checksum,
        },
        libraries=job.libraries,
        sources=[source.model_dump(mode="json") for source in job.sources],
        catalog_head=setting.catalog_head,
        files=files_in(target),
        city_name=job.city_name,
        synthetic=job.synthetic,
        until=job.until.isoformat() if job.until else None,
        signed_by=setting.signed_by,
    )


def _end_with_parent() -> None:
    """End this process as soon as the one that started it is gone, so that nothing is built for nobody."""

    def wait() -> None:
        while os.read(0, 1):
            continue
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def main(arguments: Sequence[str] | None = None) -> int:
    """Build as the command line says; the last line on stdout says how it ended."""
    parser = argparse.ArgumentParser(prog="python -m flows.publish.build", description=__doc__)
    parser.add_argument("job", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("version")
    parser.add_argument("--made-at", type=dt.datetime.fromisoformat, default=dt.datetime.now(dt.UTC))
    parser.add_argument("--previous", nargs=2, metavar=("VERSION", "DIR"))
    parser.add_argument("--catalog-head", default="")
    parser.add_argument("--standing", action="append", default=[], metavar="VERSION:FORMAT:HASH")
    parser.add_argument("--signed-by")
    parser.add_argument("--end-with-parent", action="store_true")
    given = parser.parse_args(arguments)
    sys.modules["pandas"] = None  # type: ignore[assignment] # else DuckDB imports it with the first parameter
    if given.end_with_parent:
        _end_with_parent()
    setting = Setting(
        version=given.version,
        made_at=given.made_at.astimezone(dt.UTC).replace(microsecond=0),
        previous=Previous(given.previous[0], Path(given.previous[1]) / DATABASE) if given.previous else None,
        catalog_head=given.catalog_head,
        standing=tuple(
            Standing(version, content_hash, int(form))
            for version, form, content_hash in (each.split(":") for each in given.standing)
        ),
        signed_by=given.signed_by,
    )
    try:
        built = build(given.job, given.target, setting)
    except (FortschreibungError, OSError, duckdb.Error) as problem:
        kind = type(problem).__name__
        words = str(problem) if isinstance(problem, FortschreibungError) else f"{kind}: {problem}"
        code = problem.code if isinstance(problem, FortschreibungError) else None
        print(json.dumps({"error": words, "kind": kind, "code": code}), flush=True)  # noqa: T201 -- to the process that started this
        return problem.exit_code if isinstance(problem, FortschreibungError) else 1
    print(json.dumps({"content_hash": built.content_hash, "same_as": built.same_as}), flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
