"""The command line `fortschreibung`: the table of its commands, and how it ends.

Commands that only read releases import neither Prefect nor Great Expectations nor DuckDB. Errors are told
in their own words on stderr; the exit code says which kind it was (flows/errors.py).
"""

from __future__ import annotations

import sys

from cyclopts import App
from cyclopts.exceptions import CycloptsError

from flows import __version__
from flows.commands import keeping, preparing, reading, refreshing
from flows.commands.terminal import say
from flows.errors import ConfigError, FortschreibungError

app = App(
    name="fortschreibung",
    version=__version__,
    help="From a statistics office's extracts to published Sozialraum tables.",
    help_format="markdown",
)
app.command(refreshing.refresh)
app.command(refreshing.recut)
app.command(reading.releases)
app.command(reading.open_, name="open")
app.command(reading.query)
app.command(reading.diff)
app.command(reading.map_, name="map")
app.command(keeping.verify)
app.command(keeping.rollback)
app.command(keeping.tag)
app.command(keeping.retention)
app.command(keeping.reproduce)
app.command(preparing.sources)
app.command(preparing.doctor)
app.command(preparing.demo)
app.command(preparing.example)


def main() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        code = app(exit_on_error=False, result_action="return_value")
    except CycloptsError:
        code = ConfigError.exit_code  # cyclopts has told what was wrong
    except FortschreibungError as problem:
        say(f"{problem}")
        code = problem.exit_code
    except KeyboardInterrupt:
        say("Stopped by hand; the last release stands as it was.")
        code = 130
    except Exception as defect:  # noqa: BLE001 -- the last net: nobody should have to read a traceback
        say(_defect_told(defect))
        code = FortschreibungError.exit_code
    sys.stdout.flush()
    sys.exit(code)


def _defect_told(defect: Exception) -> str:
    """Write the traceback where a developer finds it and return what to tell the user."""
    import tempfile  # noqa: PLC0415 -- only in this case
    import traceback  # noqa: PLC0415

    with tempfile.NamedTemporaryFile("w", prefix="fortschreibung-", suffix=".txt", delete=False) as file:
        file.write("".join(traceback.format_exception(defect)))
    return (
        f"This is a defect of the program, not of your data ({type(defect).__name__}). Nothing was published and the "
        f"last release stands. Please send {file.name} to its developers; it may quote delivered values, so look first."
    )
