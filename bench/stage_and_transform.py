"""This project's stations stage and transform, from landed files to every figure of every unit.

`python -m bench.stage_and_transform LANDED [RESULT.parquet]`, where LANDED was prepared by `python -m
bench.extracts`: the landing zone is filled before, so that pulling is not part of the measurement. What it keeps for
the next run lies in LANDED too. Without RESULT, the process does nothing but the two stations. The options make the
run before: one to which the newest files had not come yet, or which did not know the newest Zuschnitt, or how an
Indikator is computed today.
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

from bench.figures import COLUMNS, indikatoren
from bench.worker import timed
from flows.base.db import literal, open_work, set_variables
from flows.profile.load import Profile, load_profile
from flows.pull.models import Pulled
from flows.stage.kept_results import KeptResults
from flows.stage.stage_files import stage
from flows.transform.kept_parts import KeptParts
from flows.transform.transform_counts import transform

FIGURES = f"""
    SELECT {", ".join(COLUMNS)}
    FROM indikator_wert
    SEMI JOIN stichtag USING (stichtag, zuschnitt) -- the others compute a Stichtag on its own Zuschnitt only
    WHERE list_contains(getvariable('wanted'), indikator_id)
"""


def bench_profile(folder: Path | None = None) -> Profile:
    """Return the profile of the large city: the register and what describes space."""
    return load_profile("bench", folder or Path(__file__).parent / "profile")


def stage_and_transform(profile: Profile, pulled: Pulled, landing: Path, run: Path, last: int | None = None) -> Path:
    """Return the working database with the tables of all units, made in the empty folder `run`.

    Files of a year after `last` have not come yet.
    """
    work, started = run / "work.duckdb", time.perf_counter()

    def tell(event: str) -> None:
        print(f"{time.perf_counter() - started:8.3f} {event}", file=sys.stderr)

    sources = {source.id: source for source in profile.sources}
    own = [
        one
        for one in pulled.lieferungen
        if one.source in sources and (last is None or (sources[one.source].year_in(one.name) or last) <= last)
    ]
    with open_work(work) as con:
        kept = KeptResults(landing, profile)
        stage(con, profile, own, landing, run, kept=kept, progress=tell)
        transform(con, kept=KeptParts(landing, profile.city.id, (one.sha256 for one in own)), progress=tell)
    tell("closed")
    return work


def _before_redraw(profile: Profile) -> Profile:
    """Return the profile without its newest Zuschnitt."""
    newest = profile.city.zuschnitt[-1]
    city = profile.city.model_copy(update={"zuschnitt": profile.city.zuschnitt[:-1]})
    sources = tuple(source for source in profile.sources if source.zuschnitt != newest.valid_from)
    return dataclasses.replace(profile, city=city, sources=sources)


def _with_other_indikator(profile: Profile) -> Profile:
    """Return the profile with one share given per mille."""
    book = profile.codebook
    name = next(name for name, each in book.indikator.items() if each.type == "anteil")
    other = book.indikator[name].model_copy(update={"factor": 1000})
    return dataclasses.replace(profile, codebook=book.model_copy(update={"indikator": {**book.indikator, name: other}}))


def main() -> None:
    """Stage and transform the landed extracts; write the figures for the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("landed", type=Path)
    parser.add_argument("result", type=Path, nargs="?")
    parser.add_argument("--with-geometry", action="store_true")
    parser.add_argument("--profile", type=Path)
    parser.add_argument("--last-year", type=int)
    parser.add_argument("--before-redraw", action="store_true")
    parser.add_argument("--other-indikator", action="store_true")
    given = parser.parse_args()
    profile = bench_profile(given.profile)
    if given.before_redraw:
        profile = _before_redraw(profile)
    if given.other_indikator:
        profile = _with_other_indikator(profile)
    if not given.with_geometry:
        profile = dataclasses.replace(profile, sources=tuple(s for s in profile.sources if s.kind != "geometry"))
    pulled = Pulled.model_validate(json.loads((given.landed / "pulled.json").read_text(encoding="utf-8")))
    run = Path(tempfile.mkdtemp(prefix="run-", dir=given.landed))

    def keep(work: Path) -> None:
        if given.result is None:
            return
        with open_work(work) as con:
            set_variables(con, wanted=[indikator.id for indikator in indikatoren()])
            con.execute(f"COPY ({FIGURES}) TO {literal(str(given.result))} (FORMAT parquet)")

    try:
        timed(lambda: stage_and_transform(profile, pulled, given.landed, run, given.last_year), keep)
    finally:
        shutil.rmtree(run)


if __name__ == "__main__":
    main()
