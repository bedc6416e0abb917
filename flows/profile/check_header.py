"""The header of a check's SQL file: who owns it, how severe it is, what it expects, why, and what to do.

A check whose query returns the offending rows needs nothing else; flows/check builds its suite of Great Expectations
from the header. The checks in sql/check/ and a city's own (cities/<city>/checks/) are read here alike.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, ValidationError, model_validator

from flows.base.errors import ConfigError
from flows.base.strict import Identifier, Strict

Station = Literal["extract", "staged", "sozialraum", "release", "city"]
Severity = Literal["critical", "warning", "info"]
Words = Annotated[str, Field(min_length=1)]

_NO_ROW = "No row"
_FILE_NAME = "file name"  # with a space, so that no key of a header can be it
_KEY = re.compile(r"--\s*(\w+)\s*:\s*(.*)")
_CONTINUED = re.compile(r"--\s{2,}(.+)")


class CheckHeader(Strict):
    """What the header of a check says; `units_public` = the report may name the offending units."""

    name: Identifier = Field(alias=_FILE_NAME)
    station: Station
    owner: Words
    severity: Severity
    expected: Words
    expected_de: Words
    reason: Words
    reason_de: Words
    what_to_do: Words
    what_to_do_de: Words
    units_public: bool


class CityCheckHeader(CheckHeader):
    """The same for a check that a city adds, which may leave out more: what lacks a German text is shown as it is."""

    station: Literal["city"] = "city"
    expected: Words = _NO_ROW
    expected_de: str = ""
    reason_de: str = ""
    what_to_do: Words = "Ask the owner of the check."
    what_to_do_de: str = ""
    units_public: bool = False

    @model_validator(mode="after")
    def _no_row_in_german(self) -> Self:
        if not self.expected_de and self.expected == _NO_ROW:
            return self.model_copy(update={"expected_de": "Keine Zeile"})
        return self


Header = TypeVar("Header", bound=CheckHeader)


def read_header(file: Path, model: type[Header]) -> Header:
    """Return the header of the check in `file`.

    Raises:
        ConfigError: when a key is missing, unknown, given twice or has a value that it cannot have.
    """
    said = header_lines(file)
    try:
        return model.model_validate({_FILE_NAME: file.stem, **said})
    except ValidationError as problem:
        faults = "; ".join(f"{error['loc'][0]}: {_in_words(error['type'], error['msg'])}" for error in problem.errors())
        keys = {key: field for key, field in model.model_fields.items() if field.alias != _FILE_NAME}
        needed = ", ".join(key for key, field in keys.items() if field.is_required())
        optional = ", ".join(key for key, field in keys.items() if not field.is_required())
        raise ConfigError(
            f"{file}: expected a file name of small letters, digits and _, and above the query a header of lines "
            f"`-- key: words` with the keys {needed}{f' (optional: {optional})' if optional else ''}; found {faults}. "
            "docs/checks.md shows a header.",
            code="FS-CONFIG-12",
        ) from problem


def header_lines(file: Path) -> dict[str, str]:
    """Return key -> words of the comments above the query; a line indented by two spaces continues the one before.

    Raises:
        ConfigError: when a key is given twice.
    """
    said: dict[str, str] = {}
    last: str | None = None
    for line in _comments_above_the_query(file):
        if found := _KEY.fullmatch(line):
            last, words = found.groups()
            if last in said:
                raise ConfigError(
                    f"{file}: expected each key of the header once, found `{last}` twice.", code="FS-CONFIG-12"
                )
            said[last] = words
        elif last is not None and (found := _CONTINUED.fullmatch(line)):
            said[last] += f" {found[1]}"
        else:
            last = None
    return said


def _comments_above_the_query(file: Path) -> list[str]:
    comments = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("--"):
            comments.append(line.rstrip())
        elif line.strip():
            break
    return comments


def _in_words(kind: str, message: str) -> str:
    return {"missing": "it is missing", "extra_forbidden": "no such key is permitted"}.get(kind, message)
