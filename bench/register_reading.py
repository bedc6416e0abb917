"""Reading a register with its full contract, beside what reading its bytes alone costs: their sha256.

`python -m bench.register_reading sha256|ours EXTRACTS`. Both read the same files on one thread.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import duckdb

from bench.figures import person_files
from bench.stage_and_transform import bench_profile
from bench.worker import timed
from flows.base.db import create_stage
from flows.stage.catalogue import write_catalogue
from flows.stage.register import count_register
from flows.stage.register_contract import register_contract


def hashed(extracts: Path) -> None:
    """Time the sha256 of the register files."""

    def work() -> int:
        files = person_files(extracts)
        for path in files:
            with path.open("rb") as file:
                hashlib.file_digest(file, "sha256")
        return len(files)

    timed(work, lambda _: None)


def read(extracts: Path) -> None:
    """Time the counting of the register files by base unit, every field checked by its contract."""
    profile = bench_profile()
    source = next(source for source in profile.sources if source.kind == "register")
    with duckdb.connect() as con:
        write_catalogue(con, profile)
        create_stage(con)
        contract = register_contract(con, source)
        timed(
            lambda: [count_register(path, path.name, contract) for path in person_files(extracts)],
            lambda counts: print(f"{len(counts)} files", file=sys.stderr),
        )


if __name__ == "__main__":
    {"sha256": hashed, "ours": read}[sys.argv[1]](Path(sys.argv[2]))
