"""What `--help` says of the program, of each command and of each option, in the language of the process.

The English texts are the docstrings of the commands and the names that cyclopts makes of their arguments. What German
readers are shown in their place stands in flows/base/de.po; flows/app/german_help.py puts it there.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc

from cyclopts import App
from cyclopts.argument import Argument

from flows.base.errors import EXIT_CODES
from flows.base.language import language
from flows.base.texts import Text, catalogue, tr, translated

HELP = frozenset({"--help", "-h"})
WORDS = (
    "Commands", "Arguments", "Parameters", "COMMAND", "OPTIONS", "ARGS",
    "STR", "DATE", "INT", "FLOAT", "PATH", "CHOICE",
)  # fmt: skip
"""What cyclopts writes of itself: headings, parts of the usage, kinds of values."""
_WRITTEN: dict[int, str] = {}
"""What each command says of itself in the code, by the identity of its App: below, German takes its place."""


def use_help_language(app: App) -> None:
    """Let the help of `app` and of its commands speak the language of this process."""
    app.help = app.meta.help = tr("From a statistics office's extracts to published Sozialraum tables.")
    codes = (f"* {code}: {translated(words)}" for code, words in EXIT_CODES.items())
    app.help_epilogue = app.meta.help_epilogue = f"{tr('Exit codes:')}\n\n" + "\n".join(codes)
    for command in commands_of(app):
        command.help = translated(description_of(command)) + _parameters_of(command)
    if language() == "de":
        from flows.app.german_help import GermanHelp  # noqa: PLC0415 -- only in this case

        app.help_formatter = app.meta.help_formatter = GermanHelp()
    else:
        app.help_formatter = app.meta.help_formatter = None


def help_messages(app: App) -> Iterator[str]:
    """Yield the English texts that are translated here."""
    yield from EXIT_CODES.values()
    yield from WORDS
    yield from map(description_of, commands_of(app))
    yield from (app[flag].help for flag in (*app.help_flags, *app.version_flags))
    for argument in arguments_of(app):
        if argument.index is not None:
            yield label_of(argument)
        if argument.parameter.help:
            yield in_one_line(argument.parameter.help)


def commands_of(app: App) -> Iterator[App]:
    """Yield the commands of `app`, and the commands of those."""
    for name in app:
        if not name.startswith("-"):
            yield app[name]
            yield from commands_of(app[name])


def arguments_of(app: App) -> Iterator[Argument]:
    """Yield each argument and option that the help of `app` or of one of its commands shows."""
    for command in (app.meta, *commands_of(app)):
        if command.default_command is not None:
            yield from command.assemble_argument_collection(parse_docstring=True).filter_by(show=True)


def label_of(argument: Argument) -> Text:
    """Return what stands in the usage for an argument that is given without its name: CITY, in German STADT."""
    label = argument.name.lstrip("-").upper()
    return Text(label, catalogue().gettext(label))


def description_of(command: App) -> str:
    """Return what a command says of itself, in English, each paragraph in one line."""
    paragraphs = cleandoc(_written(command)).partition("\n\nParameters\n")[0].split("\n\n")
    return "\n\n".join(map(in_one_line, paragraphs))


def in_one_line(words: str) -> str:
    """Return a text of a docstring as the catalogue has it."""
    return " ".join(words.split())


def _parameters_of(command: App) -> str:
    _, found, rest = cleandoc(_written(command)).partition("\n\nParameters\n")
    return found + rest


def _written(command: App) -> str:
    return _WRITTEN.setdefault(id(command), command.help)
