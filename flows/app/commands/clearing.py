"""The command that shows what runs have left behind, and clears it away."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from flows.app.terminal import HomeOption, JsonOption, print_json
from flows.base.home import Home, root_at
from flows.base.language import number_shown
from flows.base.texts import tr, tr_count

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
    city
        One city alone (default: all).
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
        print(tr("removed: {name}", name=_line(run, now)))
    for run in left:
        print(_line(run, now))
    if clean:
        print(tr_count(
            "Removed: 1 run ({size} MB). Left: {left} ({size_left} MB).",
            "Removed: {count} runs ({size} MB). Left: {left} ({size_left} MB).",
            len(removed), size=_megabytes(removed), left=len(left), size_left=_megabytes(left),
        ))  # fmt: skip
    elif not left:
        print(tr("No runs in {folder}.", folder=where.runs))
    else:
        print(tr_count(
            "1 run ({size} MB). Nothing was deleted; --clean removes ended ones over {older}.",
            "{count} runs ({size} MB). Nothing was deleted; --clean removes ended ones over {older}.",
            len(left), size=_megabytes(left), older=older,
        ))  # fmt: skip
    return 0


def _as_json(run: RunFolder, now: dt.datetime) -> dict[str, object]:
    return {
        "run": run.name, "city": run.city, "state": run.state, "began": run.began.isoformat(),
        "age_days": round(run.age(now) / dt.timedelta(days=1), 2), "bytes": run.bytes,
        "unprotected": run.unprotected, "finished": run.finished, "stopped": run.stopped, "path": str(run.path),
    }  # fmt: skip


def _line(run: RunFolder, now: dt.datetime) -> str:
    warning = f"  {tr('unprotected counts (work.duckdb or the like)')}" if run.unprotected else ""
    state = {"running": tr("running"), "finished": tr("finished"), "failed": tr("failed")}[run.state]
    size = number_shown(run.bytes / 1e6, 1)
    return f"{run.name}  {state:11}  {_age(run.age(now)):>8}  {size:>9} MB{warning}{_taken_up(run)}"


def _taken_up(run: RunFolder) -> str:
    """Return how the run can be taken up, if it can."""
    if run.finished is None:
        return ""
    station = run.finished
    said = (
        tr("finished: {station}; was stopped, --from-station goes on by hand", station=station)
        if run.stopped
        else tr("finished: {station}; the next refresh goes on after it", station=station)
    )
    return f"  {said}"


def _age(age: dt.timedelta) -> str:
    hours = age // dt.timedelta(hours=1)
    return tr("{count} days", count=hours // 24) if hours >= 48 else tr_count("1 hour", "{count} hours", hours)


def _megabytes(runs: list[RunFolder]) -> str:
    return number_shown(sum(run.bytes for run in runs) / 1e6, 1)
