"""This project's stations stage and transform, from landed files to every figure of every unit.

`python -m bench.stage_and_transform LANDED RESULT.parquet [--with-geometry]`, where LANDED was prepared by
`python -m bench.extracts`: the landing zone is filled before, so that pulling is not part of the measurement.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

from bench.extracts import bench_profile
from bench.figures import COLUMNS, indikatoren
from bench.worker import timed
from flows.base.db import literal, open_work, set_variables
from flows.profile.load import Profile
from flows.pull.models import Pulled
from flows.stage.stage_files import stage
from flows.transform.transform_counts import transform

FIGURES = f"""
    SELECT {", ".join(COLUMNS)}
    FROM indikator_wert
    SEMI JOIN stichtag USING (stichtag, zuschnitt) -- the others compute a Stichtag on its own Zuschnitt only
    WHERE list_contains(getvariable('wanted'), indikator_id)
"""


def stage_and_transform(profile: Profile, pulled: Pulled, landing: Path, run: Path) -> Path:
    """Return the working database with the tables of all units, made in the empty folder `run`."""
    work, started = run / "work.duckdb", time.perf_counter()

    def tell(event: str) -> None:
        print(f"{time.perf_counter() - started:8.3f} {event}", file=sys.stderr)

    known = {source.id for source in profile.sources}
    own = [one for one in pulled.lieferungen if one.source in known]
    with open_work(work) as con:
        stage(con, profile, own, landing, run, progress=tell)
        transform(con, progress=tell)
    tell("closed")
    return work


def main() -> None:
    """Stage and transform the landed extracts; write the figures for the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("landed", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--with-geometry", action="store_true")
    given = parser.parse_args()
    profile = bench_profile()
    if not given.with_geometry:
        profile = dataclasses.replace(profile, sources=tuple(s for s in profile.sources if s.kind != "geometry"))
    pulled = Pulled.model_validate(json.loads((given.landed / "pulled.json").read_text(encoding="utf-8")))
    run = Path(tempfile.mkdtemp(prefix="run-", dir=given.landed))

    def keep(work: Path) -> None:
        with open_work(work) as con:
            set_variables(con, wanted=[indikator.id for indikator in indikatoren()])
            con.execute(f"COPY ({FIGURES}) TO {literal(str(given.result))} (FORMAT parquet)")

    try:
        timed(lambda: stage_and_transform(profile, pulled, given.landed, run), keep)
    finally:
        shutil.rmtree(run)


if __name__ == "__main__":
    main()
