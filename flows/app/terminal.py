"""What the commands share: some arguments and options, where they may write, and how they speak."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from flows.base.errors import ConfigError
from flows.base.texts import shown

CityArgument = Annotated[str, Parameter(help="The city (the name of its profile).")]
VersionArgument = Annotated[str, Parameter(help="The release, such as 2024.1.")]
LatestOrVersion = Annotated[str | None, Parameter(help="The release (default: the latest).")]
AllOrVersion = Annotated[str | None, Parameter(help="One release alone (default: all).")]
HashArgument = Annotated[str, Parameter(help="That of the candidate, or at least its first 8 characters.")]
WhyOption = Annotated[str, Parameter(help="For what reason.")]
HomeOption = Annotated[Path | None, Parameter(name="--home", help="Data folder (default ./data).")]
JsonOption = Annotated[bool, Parameter(name="--json", negative="", help="Last line: one JSON object.")]

LAST_PORT = 65535


def must_be_in_a_folder(option: str, file: Path | None) -> None:
    """Stop before any work where the file that an option names could not be written.

    Raises:
        ConfigError: its folder is not there or must not be written to, or it is a folder itself.
    """
    if file is None:
        return
    if not file.parent.is_dir() or file.is_dir():
        raise ConfigError(f"{option}: expected a file in a folder that is there, found {file}.", code="FS-USE-03")
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise ConfigError(
            f"{option} {file}: expected a place that this user may write to, found none. Name another place.",
            code="FS-USE-03",
        )


@contextmanager
def writing(option: str, place: Path) -> Iterator[None]:
    """Say what is wrong with a file or folder that an option names while something is written there.

    Raises:
        ConfigError: it cannot be written; with the system's reason.
    """
    try:
        yield
    except OSError as problem:
        raise ConfigError(
            f"{option} {place}: nothing can be written there: {problem.strerror}. Name another place.", code="FS-USE-03"
        ) from problem


def must_be_a_port(port: int) -> None:
    """Stop before anything is started where --port names none; 0 lets the system choose.

    Raises:
        ConfigError: no port has that number.
    """
    if not 0 <= port <= LAST_PORT:
        raise ConfigError(f"--port: expected 0 to {LAST_PORT}, found {port}.", code="FS-USE-01")


def say(words: str) -> None:
    """Tell the person at the terminal on stderr, which leaves stdout to the answer."""
    print(shown(words), file=sys.stderr, flush=True)


_answers: list[bool] = []


def print_json(content: Any) -> None:
    """Print the answer as one line of JSON."""
    print(json.dumps(content, ensure_ascii=False), flush=True)
    _answers.append(True)


def begin() -> None:
    """Begin a command: nothing is answered yet."""
    _answers.clear()


def has_answered() -> bool:
    """Return whether the command has printed its answer as JSON, as some do that fail."""
    return bool(_answers)
