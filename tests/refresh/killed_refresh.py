"""A refresh without Prefect and without Great Expectations: the stations alone, so that it takes a second or two.

    python -m tests.refresh.killed_refresh HOME FOLDER

says "refreshing" when everything is imported, and refreshes musterstadt in HOME from the files in FOLDER.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from flows import stations
from flows.base.home import Home, home_at
from flows.check.models import CheckReport
from flows.publish.promote import PublishOutcome
from flows.publish.publish_release import publish_run
from flows.run import new_run, working_folder
from flows.taking_up import taken_up

IMPORTED_LATE = ("flows.stage.stage_files", "flows.transform.transform_counts", "flows.protect.protect_figures")
"""Imported by the stations when they begin; imports are not what is to be killed."""


def refreshed(home: Home, folder: Path) -> PublishOutcome:
    """Take musterstadt through every station but the checks, of which there is an empty report."""
    run = new_run("musterstadt", home, from_dir=folder)
    with working_folder(run):
        pulled = stations.pull_into(run)
        fingerprint = stations.input_fingerprint(run, pulled.lieferungen)
        taken = taken_up(run, pulled.lieferungen)
        if "stage" not in taken:
            stations.stage_into(run, pulled)
        if "transform" not in taken:
            stations.transform_in(run)
        if "check" not in taken:
            (run.folder / "checks").mkdir()
            (run.folder / "checks" / "checks.json").write_text("[]", encoding="utf-8")
            stations.passed(run, CheckReport(ok=True, checks=0, blockers=0, warnings=0, path=run.folder / "checks"))
        if "protect" not in taken:
            stations.protect_in(run)
        said: list[str] = []
        return publish_run(run.profile, home, run.folder, pulled.lieferungen, [], fingerprint, say=said.append)


if __name__ == "__main__":
    for module in IMPORTED_LATE:
        import_module(module)
    print("refreshing", flush=True)
    refreshed(home_at(Path(sys.argv[1])), Path(sys.argv[2]))
