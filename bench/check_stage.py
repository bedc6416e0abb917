"""The check stage as the refresh's worker runs it, but from a cold start: import Great Expectations, judge, report.

`python -m bench.check_stage prepare RUN LANDING` stages and transforms the default city's extracts, served at its
address, into the folder RUN; `python -m bench.check_stage RUN` checks what lies there.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flows.check.models import CheckJob
from flows.check.run_checks import CheckWorker, raise_for_blockers
from flows.profile.load import load_profile
from flows.pull.landing.store import Landing
from flows.pull.pull_sources import pull

CITY = "musterstadt"


def prepare(run: Path, landing: Path) -> None:
    """Make RUN/work.duckdb."""
    from bench.stage_and_transform import stage_and_transform  # noqa: PLC0415 -- DuckDB, which checking need not import

    profile = load_profile(CITY)
    run.mkdir(parents=True, exist_ok=True)
    (run / "work.duckdb").unlink(missing_ok=True)
    stage_and_transform(profile, pull(profile, Landing(landing)), landing, run)


def check(run: Path) -> None:
    """Check RUN/work.duckdb with a new worker."""
    with CheckWorker.start() as worker:
        report = worker.run(CheckJob(work_db=run / "work.duckdb", run_folder=run, city_id=CITY))
    raise_for_blockers(report)


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        check(Path(sys.argv[1]))
