"""What `--help` says of the program and of each command, in the language of the process.

The English texts are the docstrings of the commands. What it says of each option stays English.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc

from cyclopts import App

from flows.base.errors import EXIT_CODES
from flows.base.texts import tr, translated

HELP = frozenset({"--help", "-h"})
_WRITTEN: dict[int, str] = {}
"""What each command says of itself in the code, by the identity of its App: below, German takes its place."""


def use_help_language(app: App) -> None:
    """Let the help of `app` and of its commands speak the language of this process."""
    app.help = app.meta.help = tr("From a statistics office's extracts to published Sozialraum tables.")
    codes = (f"* {code}: {translated(words)}" for code, words in EXIT_CODES.items())
    app.help_epilogue = app.meta.help_epilogue = f"{tr('Exit codes:')}\n\n" + "\n".join(codes)
    for command in commands_of(app):
        command.help = translated(description_of(command)) + _parameters_of(command)


def help_messages(app: App) -> Iterator[str]:
    """Yield the English texts that are translated here."""
    yield from EXIT_CODES.values()
    yield from map(description_of, commands_of(app))


def commands_of(app: App) -> Iterator[App]:
    """Yield the commands of `app`, and the commands of those."""
    for name in app:
        if not name.startswith("-"):
            yield app[name]
            yield from commands_of(app[name])


def description_of(command: App) -> str:
    """Return what a command says of itself, in English, each paragraph in one line."""
    paragraphs = cleandoc(_written(command)).partition("\n\nParameters\n")[0].split("\n\n")
    return "\n\n".join(" ".join(each.split()) for each in paragraphs)


def _parameters_of(command: App) -> str:
    _, found, rest = cleandoc(_written(command)).partition("\n\nParameters\n")
    return found + rest


def _written(command: App) -> str:
    return _WRITTEN.setdefault(id(command), command.help)
