"""Keeps parts of the large tables of figures, so that a run computes only the Stichtage and Zuschnitte that changed.

A file of sql/transform with a line ``-- Kept by stichtag, zuschnitt`` makes its table part by part, and one with
``-- Kept as a whole`` in one part. The rows of a part lie in
``landing/staged/transform/<city>/<key>.<sha256>.parquet``, and the table of the working database is a view of these
files: nothing is written twice, and what is kept need not be loaded, which would cost as much as to compute it.
The key stands for all that the rows follow from (flows.transform.part_inputs), the sha256 for the bytes: a file that is
damaged is computed again.

Parts are as confidential as the Lieferungen: folders are 0700, files 0600. They are deleted once RUNS runs had no use
for them, or a Lieferung is gone of every run that had.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import duckdb

from flows.base.db import literal, one_file, replace
from flows.base.errors import ProgramDefect
from flows.base.files import UNFINISHED, remove, sha256_of, unfinished_name, write_whole
from flows.base.sql_order import SqlTable
from flows.stage.kept_results import FOLDER, RUNS
from flows.transform.part_inputs import LookedAt, Part, PartInputs

_RECORD = "runs.json"
_AT_ONCE = 10  # Stichtage: with more it is memory that grows, with fewer time
_ONE_FILE_EACH = {"preserve_insertion_order": "false", "partitioned_write_max_open_files": "100000"}
"""Settings by which DuckDB writes all rows of a part into one file, on all threads."""
_IN_USE = 3600  # seconds in which another run may still read what it found or is writing


class KeptParts:
    """The kept parts of a city's tables, as one run uses them."""

    def __init__(self, landing: Path, city: str, lieferungen: Iterable[str]) -> None:
        """Look into the landing zone; `lieferungen` are the sha256 of the files that the run works with."""
        self._objects, self._lieferungen = landing / "objects", sorted(set(lieferungen))
        self._folder = landing.resolve() / FOLDER / "transform" / city
        self._files = {path.name.partition(".")[0]: path for path in self._folder.glob("*.parquet")}
        self._used: set[str] = set()
        self._looked_at = LookedAt()
        self.computed: dict[str, list[Part]] = {}
        """The parts of each table that had to be computed."""

    def make(self, con: duckdb.DuckDBPyConnection, maker: SqlTable) -> bool:
        """Let the working database show the table, each part of it kept or computed; return False where nothing can be.

        Raises:
            duckdb.Error: the query cannot be run.
        """
        inputs = PartInputs(con, maker, self.computed, self._looked_at, beside=self._folder.parents[1])
        keys = {part: inputs.key(part) for part in inputs.parts}
        kept = {part: path for part, key in keys.items() if (path := self._find(key))}
        lacking = [part for part in keys if part not in kept]
        try:
            for some in _rectangles(lacking):
                kept |= self._compute(con, maker, inputs, {part: keys[part] for part in some})
        except (OSError, duckdb.IOException):  # a full disk
            return False
        if not kept:
            return False
        self._used.update(keys.values())
        self.computed[maker.name] = lacking
        files = [one_file(path) for path in kept.values() if path.stat().st_size]
        if not files:  # no part has rows
            replace(con, "TABLE", maker.name, f"SELECT * FROM (\n{maker.query}\n) LIMIT 0")  # noqa: S608 -- our own SQL
            return True
        rows = f"SELECT * FROM read_parquet({literal(files)}, hive_partitioning = FALSE)"  # noqa: S608 -- our names
        replace(con, "VIEW", maker.name, rows)
        return True

    def sweep(self) -> None:
        """Delete what no recent run used, or only runs of which a Lieferung is gone, and what killed runs left."""
        if not self._folder.is_dir():
            return
        this = {"lieferungen": self._lieferungen, "keys": sorted(self._used)}
        runs = [run for run in [*_runs(self._folder / _RECORD), this][-RUNS:] if self._there(run["lieferungen"])]
        with suppress(OSError):
            write_whole(self._folder / _RECORD, json.dumps(runs).encode(), mode=0o600)
            used = {key for run in runs for key in run["keys"]}
            for path in self._folder.iterdir():
                of_no_use = path.name.startswith(UNFINISHED) or path.name.partition(".")[0] not in used
                if path.name != _RECORD and of_no_use and time.time() - path.stat().st_mtime > _IN_USE:
                    remove(path)

    def _there(self, lieferungen: Iterable[str]) -> bool:
        return all((self._objects / one[:2] / one).exists() for one in lieferungen)

    def _find(self, key: str) -> Path | None:
        """Return the file of a part, if its bytes are those that were written; for now, nobody deletes it."""
        path = self._files.get(key)
        with suppress(OSError):
            if path and sha256_of(path) == path.name.split(".")[1]:
                os.utime(path)
                return path
            if path:
                path.unlink()
        return None

    def _compute(
        self, con: duckdb.DuckDBPyConnection, maker: SqlTable, inputs: PartInputs, keys: Mapping[Part, str]
    ) -> dict[Part, Path]:
        """Compute these parts, which are every Stichtag on every Zuschnitt among them, and return the file of each."""
        aside = self._folder / unfinished_name()
        for folder in (self._folder.parents[1], self._folder.parent, self._folder, aside):
            folder.mkdir(mode=0o700, exist_ok=True)
        columns = maker.kept_by or ()
        wanted = " AND ".join([
            "TRUE",
            *(f"{column} IN ({', '.join(map(literal, sorted({part[place] for part in keys})))})"
              for place, column in enumerate(columns)),
        ])  # fmt: skip
        target, how = aside / "whole.parquet", ""
        if columns:
            target, how = aside, f", PARTITION_BY ({', '.join(columns)}), WRITE_PARTITION_COLUMNS, OVERWRITE_OR_IGNORE"
        try:
            for setting, value in _ONE_FILE_EACH.items():
                con.execute(f"SET {setting} = {value}")
            with inputs.only(keys):
                con.execute(
                    f"COPY (SELECT * FROM (\n{maker.query}\n) WHERE {wanted}) "  # noqa: S608 -- our own SQL
                    f"TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd{how})"
                )
            found = {part: self._put(_file_of(aside, maker, part), key) for part, key in keys.items()}
            if lost := sorted(aside.rglob("*.parquet")):
                raise ProgramDefect(f"{maker.name}: expected one file for each of {sorted(keys)}, found {lost} too.")
            return found
        finally:
            for setting in _ONE_FILE_EACH:
                con.execute(f"RESET {setting}")
            remove(aside)

    def _put(self, path: Path, key: str) -> Path:
        """Put the file of a new part where the next run finds it."""
        path.chmod(0o600)
        return path.replace(self._folder / f"{key}.{sha256_of(path)}.parquet")


def _rectangles(parts: Collection[Part]) -> Iterator[list[Part]]:
    """Divide parts so that those that are computed together are every Stichtag on every Zuschnitt among them."""
    tags: dict[Part, list[str]] = {}
    if () in parts:  # of a table that is kept as a whole
        yield [()]
        return
    for tag, *rest in parts:
        tags.setdefault(tuple(rest), []).append(tag)
    for same in {tuple(each) for each in tags.values()}:
        for first in range(0, len(same), _AT_ONCE):
            some = same[first : first + _AT_ONCE]
            yield [(tag, *rest) for rest, each in tags.items() if tuple(each) == same for tag in some]


def _file_of(folder: Path, maker: SqlTable, part: Part) -> Path:
    """Return the file of a part among those that were written into the folder; an empty one where it has no rows."""
    within = folder.joinpath(*(f"{column}={value}" for column, value in zip(maker.kept_by or (), part, strict=True)))
    for written in within.glob("*.parquet"):
        return written
    empty = folder / "empty"
    empty.touch()
    return empty


def _runs(record: Path) -> list[dict[str, list[str]]]:
    """Return which parts and Lieferungen the last runs used, oldest first; a damaged record says nothing."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        found = json.loads(record.read_bytes())
        return [{"lieferungen": list(run["lieferungen"]), "keys": list(run["keys"])} for run in found]
    return []
