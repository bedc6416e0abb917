"""The command line `fortschreibung`: the table of its commands, and how it ends.

Commands that only read releases import neither Prefect nor Great Expectations nor DuckDB. Errors are printed
in their own words on stderr; the exit code says which kind it was (flows/base/errors.py).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.exceptions import CycloptsError

from flows import __version__
from flows.app.commands import (
    approving,
    beginning,
    clearing,
    copying,
    disclosure,
    keeping,
    needs,
    preparing,
    proposing,
    reading,
    refreshing,
    reviewing,
    serving,
    typology,
)
from flows.app.terminal import say
from flows.base.errors import EXIT_CODES, ConfigError, EndedAfterPublication, FortschreibungError, ProgramDefect
from flows.base.extras import LIBRARIES, missing
from flows.profile.places import use_folder

_STOPPED = 130
"""The exit code of a command that was stopped: by hand, or since nobody reads its output any more."""
app = App(
    name="fortschreibung",
    version=__version__,
    help="From a statistics office's extracts to published Sozialraum tables.",
    help_epilogue="Exit codes:\n\n" + "\n".join(f"* {code}: {words}" for code, words in EXIT_CODES.items()),
    help_format="markdown",
)
app.command(beginning.new_city, name="new-city")
app.command(refreshing.refresh)
app.command(refreshing.refresh_all, name="refresh-all")
app.command(refreshing.recut)
app.command(reading.releases)
app.command(reading.open_, name="open")
app.command(reading.query)
app.command(reading.diff)
app.command(reading.map_, name="map")
app.command(reading.report)
app.command(reading.serve)
app.command(reviewing.review)
app.command(needs.index)
app.command(needs.budget)
app.command(typology.types)
app.command(proposing.propose)
app.command(proposing.decide)
app.command(disclosure.audit)
app.command(approving.candidates)
app.command(approving.approve)
app.command(approving.reject)
app.command(keeping.verify)
app.command(keeping.rollback)
app.command(keeping.withdraw)
app.command(keeping.tag)
app.command(keeping.retention)
app.command(keeping.reproduce)
app.command(clearing.runs)
app.command(copying.push)
app.command(copying.backup)
app.command(copying.restore)
app.command(preparing.sources)
app.command(preparing.doctor)
app.command(preparing.schema)
app.command(preparing.demo)
app.command(preparing.example)
app.command(serving.prefect)


@app.meta.default
def command(
    *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    cities: Annotated[
        Path | None, Parameter(name="--cities", help="Folder of your own with one profile per city; docs/profile.md.")
    ] = None,
) -> int:
    """Run one command of the table above with what holds for all of them."""
    use_folder(cities)
    code: int = app(tokens, exit_on_error=False, result_action="return_value")
    return code


def main() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        code = app.meta(exit_on_error=False, result_action="return_value")
    except CycloptsError:
        code = ConfigError.exit_code  # cyclopts has printed what was wrong
    except (Exception, KeyboardInterrupt) as problem:  # noqa: BLE001 -- the last resort: a user never sees a traceback
        if _nobody_reads():
            code = _STOPPED
        else:
            words, code = _message(problem)
            say(words)
    _nobody_reads()
    sys.exit(code)


def _nobody_reads() -> bool:
    """Return whether what read the output of this command has ended, as `head` does; nothing more is written then."""
    import select  # noqa: PLC0415 -- a command that only reads starts fast

    try:
        sys.stdout.flush()
        watched = select.poll()
        watched.register(sys.stdout.fileno(), 0)  # of a pipe without a reader an error is reported, unasked
        gone = any(event & select.POLLERR for _, event in watched.poll(0))
    except BrokenPipeError:
        gone = True
    except OSError:  # no file, such as the output that a test takes
        return False
    if gone:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains at its end
    return gone


def _message(
    problem: BaseException, stands: str = "Nothing was published and the last release stands."
) -> tuple[str, int]:
    """Return what to tell the user of a failure, and the exit code; `stands` is what became of the releases."""
    if isinstance(problem, EndedAfterPublication) and problem.__cause__ is not None:
        words, code = _message(problem.__cause__, str(problem))
        return (f"{words}\n{problem}" if isinstance(problem.__cause__, FortschreibungError) else words), code
    if isinstance(problem, FortschreibungError):
        return str(problem), problem.exit_code
    if isinstance(problem, ModuleNotFoundError) and (library := (problem.name or "").partition(".")[0]) in LIBRARIES:
        return str(missing(library)), ConfigError.exit_code
    if isinstance(problem, KeyboardInterrupt):
        return f"Stopped by hand. {stands}", _STOPPED
    return (
        f"This is a defect of the program, not of your data ({type(problem).__name__}). {stands} "
        f"Please send {_written(problem)} to its developers; it may quote delivered values, so look first."
    ), ProgramDefect.exit_code


def _written(defect: BaseException) -> str:
    """Write the traceback where a developer finds it and return the file's name."""
    import tempfile  # noqa: PLC0415 -- only in this case
    import traceback  # noqa: PLC0415

    with tempfile.NamedTemporaryFile("w", prefix="fortschreibung-", suffix=".txt", delete=False) as file:
        file.write("".join(traceback.format_exception(defect)))
    return file.name
