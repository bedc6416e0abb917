"""How German readers see what `--help` shows: headings, usage, marks and the text of each argument and option.

cyclopts makes its help of English words and of the docstrings. This takes its panels as they are about to be printed
and puts the German text in the place of each English one, so that the docstrings stay the one source.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cyclopts.help import DefaultFormatter, HelpEntry, HelpPanel, InlineText
from cyclopts.help.specs import get_default_parameter_columns
from rich.text import Text

from flows.app.help_texts import in_one_line
from flows.base.texts import tr, translated

if TYPE_CHECKING:
    from cyclopts.help.specs import ColumnSpec
    from rich.console import Console, ConsoleOptions, RenderableType

_WORD = re.compile(r"(?<![a-z-])[A-Z][A-Z-]+")
"""COMMAND, [OPTIONS] or CITY in a usage."""


class GermanHelp(DefaultFormatter):
    """Prints the help of a command in German."""

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        """Print a panel: the commands of a group, or the arguments and options of a command."""
        columns = _columns if panel.format == "parameter" else None
        german = panel.copy(title=translated(str(panel.title)), entries=[*map(_german, panel.entries)])
        DefaultFormatter(column_specs=columns)(console, options, german)

    def render_usage(self, console: Console, _options: ConsoleOptions, usage: Any) -> None:
        """Print how the command is written."""
        if usage:
            words = _WORD.sub(lambda word: translated(word[0]), str(usage))
            console.print(Text(tr("Usage: ") + words, style="bold"))


def _german(entry: HelpEntry) -> HelpEntry:
    return entry.copy(
        description=_described(entry),
        metavar=entry.metavar and _WORD.sub(lambda word: translated(word[0]), entry.metavar),
        positional_label=entry.positional_label and translated(entry.positional_label),
    )


def _described(entry: HelpEntry) -> Any:
    """Return the German text of an entry; that of a command is German already, and one without any has none."""
    written = getattr(getattr(entry.description, "primary_renderable", None), "markup", None)
    if written is None:
        return entry.description
    return InlineText.from_format(translated(in_one_line(written)), format="markdown")


def _columns(console: Console, options: ConsoleOptions, entries: list[HelpEntry]) -> tuple[ColumnSpec, ...]:
    *others, description = get_default_parameter_columns(console, options, entries)
    return (*others, description.copy(renderer=_with_marks))


def _with_marks(entry: HelpEntry) -> RenderableType:
    """Return the text of an option and what follows: its choices, its default; of a switch, that is off, none."""
    marks = []
    if entry.choices:
        marks.append((tr("[choices: {values}]", values=", ".join(entry.choices)), "cyclopts.choices"))
    if entry.env_var:
        marks.append((tr("[variable: {names}]", names=", ".join(entry.env_var)), "cyclopts.env_var"))
    if entry.default not in (None, "False"):
        marks.append((tr("[default: {value}]", value=entry.default), "cyclopts.default"))
    if entry.required:
        marks.append((tr("[required]"), "cyclopts.required"))
    described: InlineText = entry.description
    for words, style in marks:
        described.append(Text(words, style))
    return described
