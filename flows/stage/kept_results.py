"""Keeps what staging made of each delivered file, so that a refresh reads only what is new.

A kept result is a folder below ``landing/staged/<sha256 of the Lieferung>/`` named by its key
(flows.stage.result_key): one Parquet file per staged table that has rows of the file, and ``result.json``, which says
how many rows and which sha256 each has, and how the rows of the delivered file add up. It is as confidential as the
Lieferung: folders are 0700, files 0600, and it is deleted with the Lieferung or once RUNS runs had no use for it.

A result is written aside and renamed. What is damaged or half-written is found by its sha256 and staged again.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from flows.base.db import literal, one_file
from flows.base.files import UNFINISHED, remove, sha256_of, unfinished_name, write_whole
from flows.profile.load import Profile
from flows.profile.source import Source
from flows.pull.models import Lieferung
from flows.stage.result_key import Address, ResultKeys

FOLDER = "staged"
RUNS = 10
"""Runs of a city for which a result is kept that none of them used."""
_DESCRIPTION = "result.json"
_ABANDONED = 3600  # seconds after which an unfinished result is that of a killed run


@dataclass(frozen=True)
class Kept:
    """A kept result, its bytes checked: the Parquet file of each table, and what was noted with it."""

    tables: Mapping[str, Path]
    note: Mapping[str, Any]


class KeptResults:
    """The kept results in a landing zone, as one run of a city uses them."""

    def __init__(self, landing: Path, profile: Profile) -> None:
        self._landing, self._folder = landing, landing / FOLDER
        self._record = self._folder / f"{profile.city.id}.json"
        self.keys = ResultKeys(profile)

    def find(self, address: Address) -> Kept | None:
        """Return the result at the address; None where there is none, or it is not what was written."""
        folder = self._at(address)
        try:
            checksum, _, description = (folder / _DESCRIPTION).read_bytes().partition(b"\n")
            if hashlib.sha256(description).hexdigest().encode() != checksum:
                return None
            found = json.loads(description)
            tables = {name: folder / f"{name}.parquet" for name in found["tables"]}
            intact = all(sha256_of(path) == found["tables"][name] for name, path in tables.items())
        except (OSError, ValueError):
            return None
        return Kept(tables, found["note"]) if intact else None

    def keep(
        self, con: duckdb.DuckDBPyConnection, address: Address, queries: Mapping[str, str], note: Mapping[str, Any]
    ) -> Kept | None:
        """Write the rows of each query, by the name of its table, and the note; None where there is no room."""
        aside, target = self._folder / unfinished_name(), self._at(address)
        try:
            for folder in (self._folder, target.parent, aside):
                folder.mkdir(mode=0o700, exist_ok=True)
            written = {}
            for table, query in queries.items():
                path = aside / f"{table}.parquet"
                con.execute(f"COPY ({query}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)")
                path.chmod(0o600)
                written[table] = sha256_of(path)
            description = json.dumps({"tables": written, "note": note}, ensure_ascii=False).encode()
            path = aside / _DESCRIPTION
            path.touch(mode=0o600)
            path.write_bytes(hashlib.sha256(description).hexdigest().encode() + b"\n" + description)
            remove(target)
            aside.rename(target)
        except (OSError, duckdb.IOException):  # a full disk: the next run reads the file once more
            remove(aside)
            return None
        return Kept({table: target / f"{table}.parquet" for table in written}, note)

    def in_use(
        self, delivered: Iterable[tuple[Source, Sequence[Lieferung]]],
        space: Sequence[tuple[Source, Lieferung]] = (),
    ) -> None:  # fmt: skip
        """Write down which results a run may use, before it does, so that no other run deletes them.

        `space` are the files that describe space, which have one more result together.
        """
        used = {
            address.key for source, files in delivered if files
            for address in (*(self.keys.of(source, one) for one in files), self.keys.of_all(source, files))
        }  # fmt: skip
        keys = sorted(used | ({self.keys.of_space(space).key} if space else set()))
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            runs = [*_runs(self._record), keys][-RUNS:]
            write_whole(self._record, json.dumps(runs).encode())
            self._record.chmod(0o600)

    def sweep(self) -> int:
        """Delete the results whose Lieferung is gone or that no recent run used; return how many there were."""
        used = {key for record in self._folder.glob("*.json") for keys in _runs(record) for key in keys}
        gone = 0
        for path in self._folder.glob(f"{UNFINISHED}*"):
            _remove_abandoned(path)
        for folder in [path for path in self._folder.glob("[0-9a-f]*") if path.is_dir()]:
            here = (self._landing / "objects" / folder.name[:2] / folder.name).exists()
            for result in list(folder.glob("*")):
                if not here or result.name not in used:
                    remove(result)
                    gone += 1
            with suppress(OSError):  # results are left
                folder.rmdir()
        return gone

    def _at(self, address: Address) -> Path:
        return self._folder / address.lieferung / address.key


def load(con: duckdb.DuckDBPyConnection, table: str, paths: Sequence[Path]) -> None:
    """Append the kept rows of several files to the table."""
    if paths:
        files = literal([one_file(path) for path in paths])
        con.execute(
            f"INSERT INTO {table} BY NAME SELECT * FROM read_parquet({files}, hive_partitioning = FALSE)"  # noqa: S608
        )


def _runs(record: Path) -> list[list[str]]:
    """Return the keys that each of the last runs of a city used, oldest first; a damaged record says nothing."""
    with suppress(OSError, ValueError):
        found = json.loads(record.read_bytes())
        if isinstance(found, list):
            return found
    return []


def _remove_abandoned(path: Path) -> None:
    with suppress(OSError):
        if time.time() - path.stat().st_mtime > _ABANDONED:
            remove(path)
