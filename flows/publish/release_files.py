"""The files of a release beside its database: tables in open formats, maps, pages and what describes them."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import duckdb

from flows.atlas.write import write_atlas
from flows.base.errors import FortschreibungError
from flows.base.home import limits
from flows.compare.diff_model import Diff
from flows.compare.impact import impact_of
from flows.export import geo, metadata, open_formats, workbook
from flows.export.dcat import dcat
from flows.export.turtle import turtle
from flows.export.wide_figures import pivot_figures
from flows.pages.about import About
from flows.pages.checks_page import Checked, write_checks_page
from flows.pages.codebook_model import codebook_page_from
from flows.pages.codebook_page import codebook_html
from flows.pages.diff_page import diff_html
from flows.pages.disclosure_page import disclosure_html
from flows.pages.disclosure_report import disclosure_report
from flows.pages.first_page import NAME, first_page
from flows.pages.impact_page import impact_html
from flows.pages.lineage_picture import lineage_svg
from flows.release.catalog import DATABASE
from flows.release.job import ReleaseJob, Setting
from flows.release.table_contract import IndikatorColumn, Table


@dataclass(frozen=True)
class Building:
    """What every step of a build works on."""

    con: duckdb.DuckDBPyConnection
    job: ReleaseJob
    setting: Setting
    tables: Sequence[Table]
    indikatoren: Sequence[IndikatorColumn]
    target: Path


def write_files(build: Building, compared: Diff) -> list[Path]:
    """Write what comes from the open database; return the files that hold data."""
    con, job, version, target = build.con, build.job, build.setting.version, build.target
    exported = [table for table in build.tables if table.export]
    levels = {level.id for level in job.raumebenen}
    units = [table for table in build.tables if table.name in levels]
    layers = geo.Layers(job, version, units)
    pivot_figures(con, units)

    ways: list[Callable[[duckdb.DuckDBPyConnection], list[Path]]] = [
        lambda cursor: open_formats.write_csv(cursor, exported, target / "csv"),
        lambda cursor: open_formats.write_csv_excel(cursor, exported, target / "csv_excel"),
        lambda cursor: open_formats.write_parquet(cursor, exported, target / "parquet"),
        lambda cursor: [open_formats.write_codebook_csv(cursor, target / "codebook.csv")],
        lambda cursor: geo.write_geo(cursor, layers, target / "geo"),
    ]
    with ThreadPoolExecutor(max(1, limits().threads - 1)) as beside:
        written = [beside.submit(_with_cursor, con, way) for way in ways]
        book = workbook.write_workbook(con, job, version, units, target / workbook.NAME)  # keeps Python busy meanwhile
        *tables, maps = (each.result() for each in written)
    files = [*chain.from_iterable(tables), book, *maps]
    (target / "codebook.html").write_text(_codebook(build, [target / DATABASE, *files]), encoding="utf-8")
    (target / "changes.json").write_text(compared.model_dump_json(indent=2) + "\n", encoding="utf-8")
    about = About(job.city_name, job.synthetic)
    (target / "changes.html").write_text(diff_html(compared, about, first_page=NAME), encoding="utf-8")
    redrawn = _write_redraw(build)
    withheld = disclosure_report(con, job.city_name, version)
    (target / "disclosure.json").write_text(withheld.model_dump_json(indent=2) + "\n", encoding="utf-8")
    (target / "disclosure.html").write_text(disclosure_html(withheld, about, NAME), encoding="utf-8")
    write_atlas(con, target)
    (target / NAME).write_text(first_page(con, redrawn=redrawn), encoding="utf-8")
    metadata.write_json(target / "datapackage.json", metadata.data_package(job, version, exported, target))
    return files


def _with_cursor(
    con: duckdb.DuckDBPyConnection, way: Callable[[duckdb.DuckDBPyConnection], list[Path]]
) -> list[Path]:  # fmt: skip
    """Return what a way of writing makes with a cursor of its own, so that others can go on meanwhile."""
    with con.cursor() as cursor:
        cursor.execute("USE fortschreibung")
        return way(cursor)


def _write_redraw(build: Building) -> bool:
    """Write what the redraw to the newest Zuschnitt did, from the files just written; say whether there was one."""
    zuschnitte = build.con.execute("SELECT zuschnitt FROM zuschnitt ORDER BY zuschnitt").fetchall()
    if len(zuschnitte) < 2:
        return False
    ((newest,), city) = zuschnitte[-1], build.job.city_id
    redraw, outlines = impact_of(build.target / "parquet", city, newest, release=build.setting.version, dry_run=False)
    about = About(build.job.city_name, build.job.synthetic)
    (build.target / "umbau.html").write_text(impact_html(redraw, outlines, about, first_page=NAME), encoding="utf-8")
    (build.target / "umbau.json").write_text(redraw.model_dump_json() + "\n", encoding="utf-8")
    return True


def first_day(con: duckdb.DuckDBPyConnection, job: ReleaseJob) -> dt.date:
    """Return the earliest Stichtag of the open release; where it has none, the one that names it."""
    found = con.execute("SELECT min(stichtag) FROM wert").fetchone()
    return found[0] if found and found[0] else job.stichtag_max


def write_dcat(job: ReleaseJob, setting: Setting, first: dt.date, files: Sequence[Path], target: Path) -> None:
    """Describe the files, the database among them: only now, when it is closed and its bytes are final."""
    named = {path.relative_to(target).as_posix(): path for path in files}
    described = dcat(job, setting.version, setting.made_at.isoformat(), first, named)
    metadata.write_json(target / "dcat.jsonld", described)
    (target / "dcat.ttl").write_text(turtle(described), encoding="utf-8")


def _codebook(build: Building, files: Sequence[Path]) -> str:
    """Return the codebook's page, which reads a schema `katalog`: here views on the release's own tables."""
    con, version = build.con, build.setting.version
    described = metadata.schema_org(
        build.job,
        version,
        first_day(con, build.job),
        build.indikatoren,
        [path.relative_to(build.target).as_posix() for path in files],
    )
    con.execute("CREATE SCHEMA memory.katalog")
    for name in (
        "raumebene", "merkmal", "indikator", "indikator_teil", "schutzklasse", "raum_gesperrt", "hinweis", "ausstehend",
        "index_definition", "index_komponente", "index_klasse", "typologie", "typologie_merkmal", "typologie_typ",
        "typologie_zentrum",
    ):  # fmt: skip
        con.execute(f"CREATE VIEW memory.katalog.{name} AS SELECT * FROM fortschreibung.{name}")  # noqa: S608
    con.execute("CREATE VIEW memory.katalog.herkunft AS FROM fortschreibung._origins")
    con.execute("CREATE VIEW memory.katalog.stadt AS SELECT stadt AS name, synthetisch FROM fortschreibung._release")
    way = lineage_svg(con)
    con.execute("USE memory")
    try:
        return codebook_html(codebook_page_from(con, version), described, way)
    finally:
        con.execute("USE fortschreibung")


def write_checks(report: Path, target: Path, checked: Checked) -> None:
    """Let the release have the report of the checks: the results of the run in the folder `report`, with their page.

    Raises:
        FortschreibungError: when the station check left none.
    """
    if not report.is_dir():
        raise FortschreibungError(
            f"Expected the report of the checks in {report}, found no folder; nothing was published. "
            "The station check writes it.",
            code="FS-RELEASE-04",
        )
    shutil.copytree(report, target, copy_function=shutil.copyfile)
    write_checks_page(target, checked)
