"""Makes the profile of a new city: looks, asks, writes the folder at once, and sees that it can be read."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.app.new_city.city_guess import CityGuess, guessed
from flows.app.new_city.city_text import asked_about, city_text
from flows.app.new_city.look import looked_at
from flows.app.new_city.merkmale import Words
from flows.app.new_city.questions import Questions
from flows.app.new_city.sources_text import corrections_text, sources_text
from flows.app.new_city.toml_text import CONFIRM
from flows.base.errors import ConfigError, ProgramDefect
from flows.profile.load import load_profile, shared_codebook
from flows.profile.profile_files import PROFILE_FILES, schema_text

_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True)
class Written:
    """A new profile: its folder, what it was made from, and the lines that a person must confirm."""

    folder: Path
    guess: CityGuess
    to_confirm: list[str]


def write_profile(
    city: str, files: Path, into: Path, questions: Questions, *, stichtag: dt.date | None = None
) -> Written:
    """Write `into`/`city` from what lies in the folder `files`.

    Raises:
        ConfigError: the id cannot be one, there is a profile already, or no file has figures of units.
        ProgramDefect: what was written cannot be read; it stands beside the place with `.broken`.
    """
    folder = into / city
    if not _ID.fullmatch(city):
        raise ConfigError(
            f"Expected an id of at most 63 small letters, digits and _ that begins with a letter, found {city!r}.",
            code="FS-USE-01",
        )
    if not files.is_dir():
        raise ConfigError(
            f"--from {files}: expected a folder with the city's files, found none there.", code="FS-USE-03"
        )
    if folder.exists():
        raise ConfigError(
            f"Expected no profile at {folder}, found one. It is never written over: change it by hand, or move it "
            "away.",
            code="FS-USE-09",
        )
    looked = looked_at(files)
    guess = guessed(looked, Words(shared_codebook()), questions, stichtag)
    about = asked_about(city, questions)
    point = next((file.point for file in looked.outlines if file.in_degrees), None)
    texts = {"city.toml": city_text(guess, about, point), "sources.toml": sources_text(guess, about)}
    if corrections := corrections_text(guess):
        texts["corrections.toml"] = corrections
    _write(city, folder, texts)
    marked = [f"{name}:{each}" for name, text in texts.items() for each in _to_confirm(text)]
    return Written(folder, guess, marked)


def _to_confirm(text: str) -> Iterator[str]:
    """Yield line number, key and value, and reason of each guess that the text of a profile marks."""
    number, why = 0, ""
    for line_number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(f"# {CONFIRM}: "):
            number, why = line_number, line.removeprefix(f"# {CONFIRM}: ")
        elif why and line.startswith("# "):
            why += line.removeprefix("#")
        elif why:
            yield f"{number}: {line} ({why})"
            why = ""


def _write(city: str, folder: Path, texts: dict[str, str]) -> None:
    """Write the files into a folder beside the place, and move it there once the profile can be read."""
    beside = folder.with_name(f".{city}.new")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir(parents=True)
        for name, text in texts.items():
            (beside / name).write_text(text, encoding="utf-8")
    except OSError as problem:
        raise ConfigError(
            f"{folder.parent}: expected a folder to write to, found: {problem.strerror}.", code="FS-USE-03"
        ) from problem
    try:
        load_profile(city, beside)
    except ConfigError as problem:
        broken = folder.with_name(f"{city}.broken")
        shutil.rmtree(broken, ignore_errors=True)
        beside.rename(broken)
        raise ProgramDefect(
            f"The profile that was made cannot be read. It stands in {broken}; please report it with the files.\n"
            f"{problem}"
        ) from problem
    beside.rename(folder)
    _put_schemas(folder.parent / "schema")


def _put_schemas(folder: Path) -> None:
    """Write the schemas that the first line of each file names, for editors."""
    folder.mkdir(exist_ok=True)
    for kind in PROFILE_FILES:
        (folder / f"{kind}.schema.json").write_text(schema_text(kind), encoding="utf-8")
