"""What is wrong with the arguments of a command, in the words of this project and in German too.

cyclopts finds the mistake and would print an English box of its own. Here it becomes a failure like any other: what was
expected, what was found, where, and what to do, with a code, and as JSON for a program that asked for that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from types import NoneType
from typing import Any, get_args

from cyclopts import App
from cyclopts.argument import Argument
from cyclopts.exceptions import (
    ArgumentOrderError,
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
)

from flows.app.help_texts import label_of
from flows.base.errors import ConfigError
from flows.base.texts import Text, joined, text

CODE = "FS-USE-12"
PROGRAM = "fortschreibung"


def argument_error(problem: CycloptsError, program: App) -> ConfigError:
    """Return the failure that a mistake in the arguments is; one that has no words here keeps those of cyclopts."""
    sentences = [*_sentences(problem, program)]
    return ConfigError(joined(" ", sentences) if sentences else str(problem), code=CODE)


def _sentences(problem: CycloptsError, program: App) -> Iterator[Text]:
    chain = problem.command_chain or ()
    whole = " ".join((PROGRAM, *chain))
    command = " ".join(chain) or PROGRAM
    match problem:
        case UnknownCommandError(unused_tokens=[found, *_]):
            yield from _unknown_command(whole, found, problem.app or program, program)
        case UnknownOptionError():
            found = problem.token.keyword or problem.token.value
            yield text("{command}: expected one of its options, found {found}.", command=command, found=found)
            yield from _meant(found, options_of(problem.app, program))
        case MissingArgumentError(argument=Argument() as argument):
            yield _missing(command, argument, problem)
        case CoercionError(argument=Argument() as argument) if problem.token is not None:
            yield text(
                "{command}, {name}: expected {kind}, found '{found}'.",
                command=command, name=problem.token.keyword or name_of(argument),
                kind=_kind(argument, problem.target_type), found=problem.token.value,
            )  # fmt: skip
            yield from _meant(problem.token.value, argument.get_choices() or ())
        case RepeatArgumentError():
            option = problem.token.keyword
            yield text("{command}: expected {option} once, found it several times.", command=command, option=option)
        case UnusedCliTokensError(unused_tokens=[found, *_]):
            yield from _too_many(command, found, problem.app)
        case ArgumentOrderError(argument=Argument() as argument):
            before = problem.prior_positional_or_keyword_supplied_as_keyword_arguments
            yield text(
                "{command}: expected {name} by its name too ({option} {found}), since {before} was given so; found "
                "'{found}' alone.",
                command=command, name=name_of(argument), option=argument.name, found=problem.token,
                before=", ".join(each.name for each in before),
            )  # fmt: skip
        case _:
            return
    yield text("`{command} --help` shows what is possible.", command=whole)


def options_of(command: App | None, program: App) -> Iterator[str]:
    """Yield the options that a command shows in its help, and those of every command."""
    for each in (command, program, program.meta):
        if each is not None:
            yield from (*each.help_flags, *each.version_flags)
            for argument in each.assemble_argument_collection() if each.default_command else ():
                if argument.show:
                    yield from (name for name in argument.names if name.startswith("-"))


def name_of(argument: Argument) -> Text:
    """Return the option, or what stands in the help for an argument that needs none."""
    return Text(argument.name) if argument.index is None else label_of(argument)


def _unknown_command(command: str, found: str, group: App, program: App) -> Iterator[Text]:
    if found.startswith("-"):
        yield text(
            "{command}: expected a command before its options, found {found} first.", command=command, found=found
        )
        yield from _meant(found, options_of(group, program))
        return
    yield text("{command}: expected a command, found '{found}'.", command=command, found=found)
    yield from _meant(found, (name for name in group if not name.startswith("-") and group[name].show))


def _missing(command: str, argument: Argument, problem: MissingArgumentError) -> Text:
    """Return that an argument is missing, or the value of an option."""
    kind = _kind(argument)
    given = problem.keyword or next((token.keyword for token in argument.tokens if token.keyword), None)
    if given is not None:
        return text("{command}: expected {kind} after {option}, found none.", command=command, kind=kind, option=given)
    misspelt = get_close_matches(argument.name, [each for each in problem.unused_tokens or () if each[:1] == "-"], n=1)
    if misspelt:
        return text(
            "{command}: expected {name}, found {found} instead.", command=command, name=argument.name, found=misspelt[0]
        )
    name = name_of(argument)
    if kind == text("a value"):
        return text("{command}: expected {name}, found nothing.", command=command, name=name)
    return text("{command}: expected {name}, {kind}; found nothing.", command=command, name=name, kind=kind)


def _too_many(command: str, found: str, app: App | None) -> Iterator[Text]:
    taken = app.assemble_argument_collection() if app is not None else ()
    names = [name_of(each) for each in taken if each.index is not None and each.show]
    if not names:
        yield text("{command}: expected options alone, found '{found}'.", command=command, found=found)
        return
    yield text(
        "{command}: expected {names} and no more, found '{found}' too.",
        command=command, names=joined(" ", names), found=found,
    )  # fmt: skip
    yield text("A value with blanks stands in quotation marks.")


def _kind(argument: Argument, wanted: Any = None) -> Text:
    """Return what a value of the argument must be."""
    if choices := argument.get_choices():
        return text("one of {choices}", choices=" | ".join(choices))
    kinds = {
        dt.date: text("a date such as 2024-12-31"),
        int: text("a whole number"),
        float: text("a number such as 0.5"),
        bool: text("true, false or no value"),
        Path: text("the path of a file or folder"),
    }
    return kinds.get(_innermost(argument.hint if wanted is None else wanted), text("a value"))


def _innermost(hint: Any) -> Any:
    """Return the type of one value: of `list[float] | None` it is float."""
    while inner := [each for each in get_args(hint) if each is not NoneType]:
        hint = inner[0]
    return hint


def _meant(found: str, known: Iterable[str]) -> Iterator[Text]:
    """Yield a question for the likeliest of the names; the hyphens of options say nothing of how near they are."""
    names = {name.lstrip("-"): name for name in known}
    for name in get_close_matches(found.lstrip("-"), names, n=1):
        yield text("Did you mean {name}?", name=names[name])
