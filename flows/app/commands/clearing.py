"""The command that shows what runs have left behind, and clears it away."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from flows.app.terminal import HomeOption, JsonOption, print_json
from flows.base.home import Home, root_at

if TYPE_CHECKING:
    from flows.run_folders import RunFolder


def runs(
    city: str | None = None,
    *,
    clean: Annotated[bool, Parameter(negative="")] = False,
    older: str = "14d",
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Show what lies in runs/ (of one city, or of all); nothing is deleted without --clean.

    Parameters
    ----------
    clean
        Remove the folders of ended runs that are older than --older; never one that is running.
    older
        A number of days or hours, such as 14d or 12h.
    """
    from flows.run_folders import duration, remove_ended, run_folders  # noqa: PLC0415

    where, age = Home(root_at(home)), duration(older)
    removed = remove_ended(where, city, older=age) if clean else []
    left, now = run_folders(where, city), dt.datetime.now(dt.UTC)
    if as_json:
        print_json({"runs": [_as_json(run, now) for run in left], "removed": [run.name for run in removed]})
        return 0
    for run in removed:
        print(f"removed: {_line(run, now)}")
    for run in left:
        print(_line(run, now))
    if clean:
        print(f"{len(removed)} runs removed ({_megabytes(removed)}), {len(left)} stay ({_megabytes(left)}).")
    elif not left:
        print(f"No runs in {where.runs}.")
    else:
        print(
            f"{len(left)} runs ({_megabytes(left)}).", f"Nothing was deleted; --clean removes ended ones over {older}."
        )
    return 0


def _as_json(run: RunFolder, now: dt.datetime) -> dict[str, object]:
    return {
        "run": run.name, "city": run.city, "state": run.state, "began": run.began.isoformat(),
        "age_days": round(run.age(now) / dt.timedelta(days=1), 2), "bytes": run.bytes,
        "unprotected": run.unprotected, "finished": run.finished, "stopped": run.stopped, "path": str(run.path),
    }  # fmt: skip


def _line(run: RunFolder, now: dt.datetime) -> str:
    warning = "  unprotected counts (work.duckdb or the like)" if run.unprotected else ""
    return f"{run.name}  {run.state:8}  {_age(run.age(now)):>8}  {run.bytes / 1e6:9.1f} MB{warning}{_taken_up(run)}"


def _taken_up(run: RunFolder) -> str:
    """Return how the run can be taken up, if it can."""
    if run.finished is None:
        return ""
    if run.stopped:
        return f"  finished: {run.finished}; was stopped, --from-station goes on by hand"
    return f"  finished: {run.finished}; the next refresh goes on after it"


def _age(age: dt.timedelta) -> str:
    hours = age // dt.timedelta(hours=1)
    return f"{hours // 24} days" if hours >= 48 else f"{hours} hours"


def _megabytes(runs: list[RunFolder]) -> str:
    return f"{sum(run.bytes for run in runs) / 1e6:.1f} MB"
