"""The command line `fortschreibung`: the table of its commands, and how it ends.

Commands that only read releases import neither Prefect nor Great Expectations nor DuckDB. Errors are printed
in their own words on stderr; the exit code says which kind it was (flows/base/errors.py).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
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
from flows.app.failed import failed
from flows.app.help_texts import HELP, use_help_language
from flows.app.output import use_output
from flows.app.terminal import begin, has_answered, print_json, say
from flows.base.errors import ConfigError, FortschreibungError
from flows.base.language import use_language
from flows.profile.places import use_folder

JSON = frozenset({"--json", "--json=true", "--json=t", "--json=yes", "--json=y", "--json=1"})
"""What asks for the answer as JSON, where the arguments have not been read."""

app = App(
    name="fortschreibung",
    version=__version__,
    help_format="markdown",
    print_error=False,  # flows/app/argument_errors.py says what is wrong
    suppress_keyboard_interrupt=False,  # else nothing is said of a command that was stopped by hand
)
app.meta.suppress_keyboard_interrupt = False
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
    lang: Annotated[
        str | None,
        Parameter(name="--lang", help="de or en (default: FORTSCHREIBUNG_LANG, else the locale)."),
    ] = None,
) -> int:
    """Run one command of the table above with what holds for all of them."""
    use_language(lang)
    use_folder(cities)
    code: int = app(tokens, exit_on_error=False, result_action="return_value")
    return code


def main() -> None:
    """Run the command line and end the process with its exit code."""
    begin()
    use_output()
    try:
        if HELP & set(sys.argv) or not _names_a_command(app, set(sys.argv)):
            use_language(_language_asked_for(sys.argv))
            use_help_language(app)
        code = app.meta(_without_help_of_no_command(sys.argv[1:]), exit_on_error=False, result_action="return_value")
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as problem:  # noqa: BLE001 -- the last resort: a user never sees a traceback
        ended = failed(_in_own_words(problem))
        code = ended.exit_code
        with suppress(FortschreibungError):  # where it cannot be written, which changes no exit code
            say(ended.shown)
        if JSON & {each.lower() for each in sys.argv} and not has_answered():
            with suppress(FortschreibungError):
                print_json(ended.as_json())
    sys.exit(code)


def _in_own_words(problem: BaseException) -> BaseException:
    """Return what a command ended with; a mistake in its arguments as a failure of this project."""
    if not isinstance(problem, CycloptsError):
        return problem
    from flows.app.argument_errors import argument_error  # noqa: PLC0415 -- only in this case

    with suppress(ConfigError):  # another language is refused where the arguments are right
        use_language(_language_asked_for(sys.argv))
    return argument_error(problem, app)


def _names_a_command(group: App, arguments: set[str]) -> bool:
    """Return whether one of the arguments is a command of the group; else its help is shown."""
    named = [group[name] for name in {*group} & arguments]
    return any(each.default_command is not None or _names_a_command(each, arguments) for each in named)


def _without_help_of_no_command(arguments: Sequence[str]) -> list[str]:
    """Return the arguments without --help where they name a command that is not there, which is then said instead."""
    others = [each for each in arguments if each not in HELP]
    if len(others) == len(arguments):
        return others
    _, groups, left = app.parse_commands(others)
    misspelt = groups[-1].default_command is None and left and not left[0].startswith("-")
    return others if misspelt else [*arguments]


def _language_asked_for(arguments: Sequence[str]) -> str | None:
    """Return what the arguments say of the language, before anything was made of them."""
    for place, each in enumerate(arguments):
        if each == "--lang":
            return next(iter(arguments[place + 1 :]), None)
        if each.startswith("--lang="):
            return each.removeprefix("--lang=")
    return None
