"""One city through all stations without Prefect, in a process of its own: what each task of refresh_all starts.

    python -m flows.refresh_city CITY HOME [--from DIR]

A process for each city, since a run redirects temporary files and memory of the whole process. It ends with whoever
started it, so that a lost machine of a cluster leaves no second refresh behind. The last line on stdout is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from flows import stations
from flows.base.errors import FortschreibungError
from flows.base.home import home_at
from flows.base.texts import german_of
from flows.failure import fit_for_anybody
from flows.nothing_to_do import without_working
from flows.run import Outcome, Run, new_run, working_folder
from flows.station_order import Stations, published_from


@fit_for_anybody
def refreshed(run: Run) -> Outcome:
    """Take the city's files through all stations, as flows/refresh.py does."""
    with working_folder(run):
        run.note("pull", "started")
        pulled = stations.pull_into(run)
        fingerprint = stations.input_fingerprint(run, pulled.lieferungen)
        outcome = without_working(run, pulled, fingerprint) or published_from(run, pulled, fingerprint, Stations())
        return stations.done(run, pulled, outcome)


def _end_with_parent() -> None:
    """End this process and what it has started as soon as the one that started it is gone."""

    def wait() -> None:
        while os.read(0, 1):
            continue
        with suppress(ProcessLookupError):
            os.killpg(os.getpgrp(), 9)

    threading.Thread(target=wait, daemon=True).start()


def main(arguments: Sequence[str] | None = None) -> int:
    """Refresh as the command line says; the last line on stdout says how it ended."""
    parser = argparse.ArgumentParser(prog="python -m flows.refresh_city", description=__doc__)
    parser.add_argument("city")
    parser.add_argument("home", type=Path)
    parser.add_argument("--from", dest="from_dir", type=Path)
    given = parser.parse_args(arguments)
    _end_with_parent()
    try:
        outcome = refreshed(new_run(given.city, home_at(given.home), from_dir=given.from_dir))
    except FortschreibungError as problem:
        failed = {"error": str(problem), "code": problem.code, "exit_code": problem.exit_code}
        print(json.dumps(failed), flush=True)  # noqa: T201 -- to the process that started this
        return problem.exit_code
    ended = {**outcome.model_dump(mode="json"), "reason_de": german_of(outcome.reason)}
    print(json.dumps(ended, ensure_ascii=False), flush=True)  # noqa: T201 -- to the process that started this
    return 0


if __name__ == "__main__":
    sys.exit(main())
