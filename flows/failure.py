"""The two texts of a failure. Prefect gets the one that anybody may read; the whole stays in the run's folder.

What a station raises may quote what was delivered. Prefect writes it into states, logs, results and mails, which people
read who may not see a single row. So a station hands Prefect another failure of the same class, with the kind, the
place and where the whole text lies; the command line, in the same process, gets the first one back.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from flows.base.errors import FortschreibungError, ProgramDefect, SourceProblem
from flows.run import Run

WHOLE_TEXT = "failure.txt"
"""In the run's folder; confidential, and deleted when the next run of the city starts."""

_ORCHESTRATION = ("prefect", "httpx", "httpcore", "anyio")
"""Who raises what has nothing of the data in it: lost servers, cancelled runs."""

_wholes: dict[str, Exception] = {}
"""What was said -> what it stands for, in this process. The path in what is said makes it unlike any other."""

P = ParamSpec("P")
T = TypeVar("T")


def fit_for_anybody(station: Callable[Concatenate[Run, P], T]) -> Callable[Concatenate[Run, P], T]:
    """Let what `station` raises say nothing that is confidential; the whole text goes into the run's folder.

    The public failure is raised where the first is no longer being handled, so that it does not lead back to it.
    """

    @wraps(station)
    def guarded(run: Run, *given: P.args, **named: P.kwargs) -> T:
        try:
            return station(run, *given, **named)
        except Exception as problem:  # noqa: BLE001 -- raised again below, in other words
            said = _public(problem, run.folder)
        raise said

    return guarded  # type: ignore[return-value] # wraps() gives the first parameter the name `run`


def whole_of(problem: BaseException) -> BaseException:
    """Return the failure that `problem` stands for in public, as it was raised in this process; else `problem`."""
    return _wholes.get(str(problem), problem)  # by its words: Prefect may hand back a copy


def _public(problem: Exception, folder: Path) -> Exception:
    """Return what may be said of `problem`, and keep the whole of it in `folder`."""
    if str(problem) in _wholes or type(problem).__module__.partition(".")[0] in _ORCHESTRATION:
        return problem
    known = problem if isinstance(problem, FortschreibungError) else _defect(problem)
    path = _kept(problem, folder)
    said = type(known)(f"[{known.code}] {known.for_anybody} The whole message: {path}", code=known.code)
    if isinstance(said, SourceProblem) and isinstance(known, SourceProblem):
        said.retryable = known.retryable
    _wholes[str(said)] = problem
    return said


def _defect(problem: Exception) -> ProgramDefect:
    at = traceback.extract_tb(problem.__traceback__)[-1]
    return ProgramDefect("").at(f"{type(problem).__name__} in {Path(at.filename).name}, line {at.lineno}")


def _kept(problem: Exception, folder: Path) -> Path:
    """Write the whole text of a failure, for its owner alone, and return where."""
    known = isinstance(problem, FortschreibungError)
    text = f"{problem}\n" if known else "".join(traceback.format_exception(problem))
    path = folder / WHOLE_TEXT
    with suppress(OSError):  # a full disk, which `problem` is about
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    return path
