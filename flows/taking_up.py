"""A refresh goes on after the last finished station of one that was cut off, if all that it follows from is the same.

The working database moves from the old run's folder into the new one's, and is brought back to where the last mark was
written: what the cut-off station left in it is dropped. Whatever is not as its mark says is not taken up; the run then
begins with stage, and its release is the same.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from flows import station_marks as marks
from flows.base.errors import ConfigError
from flows.base.texts import Text, text
from flows.check.models import REPORT_FOLDER, CheckReport
from flows.mark_files import was_stopped
from flows.pull.models import Lieferung
from flows.run import Run
from flows.run_folders import forget, last_to_take_up, unless_running
from flows.station_marks import Inputs, Mark
from flows.stations import inputs_of

_SHOWN = 5  # of what has changed
_CHANGED = "main.merkmal_veraendert"
"""Where there are rows in it, the station protect has changed what earlier ones counted, row by row."""


class _CannotBeTakenUp(Exception):  # noqa: N818 -- said to the user in two ways, below
    """Why the last run is not gone on with."""

    def __init__(self, why: Text) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class TakenUp:
    """What a run need not do, since an earlier one has done it; by default all is to be done."""

    finished: dict[str, Mark] = field(default_factory=dict)

    def __contains__(self, station: str) -> bool:
        return station in self.finished

    def counted(self) -> dict[str, int]:
        """Return what the finished station protect counted."""
        return self.finished["protect"].result

    def report(self, run: Run) -> CheckReport:
        """Return the report of the finished checks, which lies in the folder of `run` by now."""
        report = CheckReport.model_validate(self.finished["check"].result)
        return report.model_copy(update={"path": run.folder / REPORT_FOLDER})


def taken_up(run: Run, lieferungen: list[Lieferung]) -> TakenUp:
    """Take up the last run of the city as far as it may be, and let this one have marks of its own.

    Raises:
        ConfigError: a person asked for a station, and the last run cannot be gone on with from there.
    """
    if run.dry_run:
        return TakenUp()
    inputs = inputs_of(run, lieferungen)
    marks.begin(run.folder, inputs)
    last = last_to_take_up(run.home, run.city) if run.may_take_up else None
    if last is None:
        if run.from_station:
            raise ConfigError(marks.nothing_to_take_up(run.city, run.from_station), code="FS-USE-07")
        return TakenUp()
    with unless_running(last) as ended:
        try:
            found = _finished_for(run, inputs, last) if ended else []
            _move(run, last, found)
        except _CannotBeTakenUp as why_not:
            if run.from_station:
                raise ConfigError(
                    f"--from-station {run.from_station}: expected that {last.name} can be taken up there, found that "
                    f"{why_not.why}. Without --from-station the refresh begins anew.",
                    code="FS-USE-07",
                ) from None
            run.note("resume", text("{run} is not taken up: {why}", run=last.name, why=why_not.why))
            found = []
        if ended:
            forget(last)
    if found:
        after = found[-1].station
        run.note("resume", text("Taken up after station {station} of {run}", station=after, run=last.name))
    return TakenUp({mark.station: mark for mark in found})


def _finished_for(run: Run, inputs: Inputs, last: Path) -> list[Mark]:
    """Return the finished stations of the run in `last` that `run` may go on from."""
    before, found = marks.inputs_of(last), marks.finished_in(last)
    if before is None:
        raise _CannotBeTakenUp(text("what it noted cannot be read"))
    if changed := marks.differences(before.made_of, inputs.made_of):
        more = [f"... ({len(changed)})"] if len(changed) > _SHOWN else []
        named = ", ".join(changed[:_SHOWN] + more)
        raise _CannotBeTakenUp(text("this changed: {named}", named=named))
    if was_stopped(last) and not run.from_station:
        raise _CannotBeTakenUp(text("it was stopped, not cut off"))
    if marks.differences(before.judged_by, inputs.judged_by):  # checks and protection are to be done again
        found = [mark for mark in found if mark.station in ("stage", "transform")]
    if run.from_station:
        before_it = marks.STATIONS[: marks.STATIONS.index(run.from_station)]
        done = {mark.station for mark in found}
        if lacking := [station for station in before_it if station not in done]:
            raise _CannotBeTakenUp(text("station {station} is not finished there", station=lacking[0]))
        found = [mark for mark in found if mark.station in before_it]
    return found


def _move(run: Run, last: Path, found: list[Mark]) -> None:
    """Move what the finished stations left from the folder `last` to that of `run`, and their marks with it."""
    if not found:
        return
    _replace(last, run.folder, [name for mark in found for name in marks.LEFT_BY.get(mark.station, ())])
    try:
        _bring_back(run.work, found[-1])
    except _CannotBeTakenUp:
        for name in (name for names in marks.LEFT_BY.values() for name in names):
            path = run.folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        raise
    for mark in found:
        marks.put(run.folder, mark)


def _replace(last: Path, folder: Path, names: Iterable[str]) -> None:
    for name in names:
        with suppress(FileNotFoundError):
            (last / name).replace(folder / name)


def _bring_back(work: Path, mark: Mark) -> None:
    """Drop from the working database what came after the mark; it must then hold what it held when it was written."""
    import duckdb  # noqa: PLC0415 -- only where there is something to take up

    from flows.base.db import open_work, quoted  # noqa: PLC0415

    try:
        with open_work(work) as con:
            changed = _CHANGED not in mark.rows and marks.rows_in(con).get(_CHANGED, 0) > 0
            for name, (kind, written) in marks.things_in(con).items():
                if name not in mark.rows:
                    con.execute(f"DROP {kind} IF EXISTS {'.'.join(map(quoted, written))} CASCADE")
            con.execute("CHECKPOINT")
            unlike = marks.differences(marks.rows_in(con), mark.rows)
    except duckdb.Error as problem:
        name = type(problem).__name__
        raise _CannotBeTakenUp(text("its working database cannot be read ({problem})", problem=name)) from None
    if changed:
        raise _CannotBeTakenUp(text("it had begun to round its counts, or to overlay them"))
    if unlike:
        named = ", ".join(unlike[:_SHOWN])
        raise _CannotBeTakenUp(text("{named} is not as the run left it", named=named))
