"""Large kept files of counts stay in their files: the working database shows their rows instead of copying them.

To load the rows of a large city's other years costs more than to compute its new one. So of a file with many rows,
stage.zaehlung_reihe shows the kept Parquet file (flows.stage.kept_results), and what a query does not ask for is not
read. Small files are loaded: to open many of them for each query takes longer than to load them once.

What a file says of a Stichtag is noted with it as a digest. So a part of the figures that follows from it is found
again without reading it (flows.transform.part_inputs).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from flows.base.db import insert, literal, one_file

MANY = 1_000
"""So many rows of a file, and it is shown. To load 40 files of 2,500 rows with 14 counts took 0.64 s of CPU and to read
all counts from them 0.05 s; with 500 rows it was 0.17 and 0.03 s, and a refresh reads several times."""
SHOWN, LOADED = "stage.zaehlung_reihe", "stage.zaehlung_geladen"
"""The staged table, a view where files are shown; and the rows that it has besides theirs."""


@dataclass(frozen=True)
class ShownFile:
    """A kept file of rows of stage.zaehlung_reihe, and the digest of those of each Stichtag."""

    path: Path
    contents: Mapping[str, str]


def digest(columns: Iterable[str]) -> str:
    """Return SQL for a digest of rows in any order: how many there are, and two sums of their hashes."""
    listed = ", ".join(columns)
    return f"concat_ws(' ', count(*), bit_xor(hash({listed})), sum(hash({listed})))"


def rows_of(files: Iterable[Path]) -> str:
    """Return SQL for the rows of kept files, with the name of the delivered file (`datei`)."""
    return f"FROM read_parquet({literal([one_file(path) for path in files])}, hive_partitioning = FALSE)"


def note_shown(con: duckdb.DuckDBPyConnection, files: Iterable[ShownFile]) -> None:
    """Write down that these files are to be shown (stage.reihe_datei)."""
    insert(
        con, "stage.reihe_datei",
        [{"pfad": str(file.path), "stichtag": day, "inhalt": content}
         for file in files for day, content in file.contents.items()],
    )  # fmt: skip


def show(con: duckdb.DuckDBPyConnection, until: dt.date | None = None) -> None:
    """Let stage.zaehlung_reihe have the rows of all shown files too, up to the Stichtag `until`."""
    files = [Path(path) for (path,) in con.execute("SELECT DISTINCT pfad FROM stage.reihe_datei ORDER BY 1").fetchall()]
    if not files:
        return
    con.execute(f"ALTER TABLE {SHOWN} RENAME TO {LOADED.partition('.')[2]}")
    bound = f" WHERE stichtag <= DATE '{until}'" if until else ""
    con.execute(
        f"CREATE VIEW {SHOWN} AS FROM {LOADED} UNION ALL BY NAME SELECT * EXCLUDE (datei) {rows_of(files)}{bound}"
    )


def shown_contents(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return for each Stichtag what the shown files say of it; nothing where none is shown."""
    return dict(
        con.execute(
            "SELECT stichtag::VARCHAR, string_agg(inhalt, ', ' ORDER BY inhalt) FROM stage.reihe_datei GROUP BY 1"
        ).fetchall()
    )
