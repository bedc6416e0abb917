"""From CSV to typed tables: DuckDB's bare `read_csv` into a table with the same columns, or this project's stage.

`python -m bench.csv_to_tables bare|ours EXTRACTS`, where EXTRACTS is a folder of Musterstadt's files. Both read every
table of counts that comes as CSV, and both end in tables of typed columns; ours has then checked every cell, knows the
line of each, and has added the columns up into Merkmale. Bare DuckDB does not read cp1252, preambles and footers, so it
gets copies in UTF-8 without them, made before the clock starts.
"""

from __future__ import annotations

import csv
import dataclasses
import re
import sys
import tempfile
from pathlib import Path

import duckdb

from bench.worker import timed
from flows.base.db import literal, open_work
from flows.base.home import limits
from flows.profile.load import load_profile
from flows.profile.source import Source
from flows.pull.landing.store import Landing
from flows.pull.pull_sources import pull
from flows.stage.stage_files import stage

SOURCES = ("einwohner_bbs", "sgb2", "mindestsicherung", "wohnungen", "bewegungen")
"""Every table of counts that comes as CSV: two as UTF-8, two as cp1252, one as UTF-16."""


def plain_copies(source: Source, folder: Path, target: Path) -> list[Path]:
    """Write the source's files as DuckDB can read them: UTF-8, without preamble and footer; return the copies."""
    copies = []
    for path in sorted(each for each in folder.rglob("*") if re.fullmatch(source.file, each.name)):
        lines = path.read_text(encoding=source.dialect.encoding).splitlines()[source.dialect.preamble :]
        foot = source.dialect.footer
        end = next((at for at, line in enumerate(lines) if foot and line.startswith(foot)), len(lines))
        copies.append(target / path.name)
        copies[-1].write_text("\n".join(lines[:end]) + "\n", encoding="utf-8")
    return copies


def bare(folder: Path) -> None:
    """Time one `read_csv` a source: ids and dates as text, everything else as a number."""
    bounds, target = limits(), Path(tempfile.mkdtemp(prefix="bare-"))
    con = duckdb.connect(str(target / "bare.duckdb"), config={"threads": bounds.threads, "memory_limit": bounds.memory})
    statements = []
    for source in (each for each in load_profile("musterstadt").sources if each.id in SOURCES):
        assert source.matrix is not None
        copies, dialect = plain_copies(source, folder, target), source.dialect
        with copies[0].open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file, delimiter=dialect.delimiter))
        text = (source.matrix.unit, source.stichtag.column if source.stichtag else None)
        columns = {column: "VARCHAR" if column in text else "DOUBLE" for column in header}
        statements.append(
            f"CREATE TABLE {source.id} AS FROM read_csv([{', '.join(literal(str(each)) for each in copies)}], "
            f"header = TRUE, delim = {literal(dialect.delimiter)}, decimal_separator = ',', "
            f"thousands = {literal(dialect.thousands or '.')}, "
            f"nullstr = [{', '.join(map(literal, ['', *dialect.missing]))}], columns = {literal(columns)})"
        )

    def work() -> None:
        for statement in statements:
            con.execute(statement)
        con.close()  # then the tables are on disk, as ours are

    timed(work, lambda _: None)


def ours(folder: Path) -> None:
    """Time the station stage on the same files."""
    profile = load_profile("musterstadt")
    profile = dataclasses.replace(profile, sources=tuple(each for each in profile.sources if each.id in SOURCES))
    run = Path(tempfile.mkdtemp(prefix="ours-"))
    landing = Landing(run / "landing")
    pulled = pull(profile, landing, folder=folder)

    def work() -> None:
        with open_work(run / "work.duckdb") as con:
            stage(con, profile, pulled.lieferungen, landing.folder, run)

    timed(work, lambda _: None)


if __name__ == "__main__":
    {"bare": bare, "ours": ours}[sys.argv[1]](Path(sys.argv[2]))
