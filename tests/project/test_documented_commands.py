"""Each command that a page names is one that the command line understands, with the options the page gives it."""

from __future__ import annotations

import re
import shlex

import pytest

from flows.app.cli import app
from tests.project.test_rules import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md"), *ROOT.glob("examples/**/*.md")]
BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINE = re.compile(r"^(?:\.venv/bin/)?(fortschreibung .+)$", re.MULTILINE)
IN_TEXT = re.compile(r"`(?:\.venv/bin/)?(fortschreibung [^`]+)`")
PLACEHOLDERS = {"COMMAND": "releases", "BEFEHL": "releases", "ZUSCHNITT": "2024-01-01", "DATE": "2024-01-01", "N": "3"}
OPTIONAL = re.compile(r"\[([^\]]+)\]")


def commands_of(text: str) -> list[str]:
    return [line for block in BLOCK.findall(text) for line in LINE.findall(block)] + IN_TEXT.findall(text)


def as_given(command: str) -> list[list[str]]:
    """Return the arguments of a command: without what is optional, and with each alternative of it."""
    optional = [each.strip() for choices in OPTIONAL.findall(command) for each in choices.split("|")]
    needed = re.split(r" > | \| ", OPTIONAL.sub("", command))[0]
    lines = [needed, *(f"{needed} {each}" for each in optional)]
    return [[PLACEHOLDERS.get(word, word) for word in shlex.split(line, comments=True)[1:]] for line in lines]


@pytest.mark.parametrize("command", sorted({each for page in PAGES for each in commands_of(page.read_text("utf-8"))}))
def test_a_documented_command_is_understood(command: str) -> None:
    for arguments in as_given(command):
        if arguments[0] == "--cities":
            del arguments[:2]
        if len(arguments) == 1:  # a command that a sentence names
            assert arguments[0] in app or arguments[0].startswith("--")
        else:
            app.parse_args(arguments, exit_on_error=False)
