"""The suites in expectations/: Great Expectations' own format, with what our report needs in `meta`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import great_expectations as gx
from great_expectations.exceptions.exceptions import GreatExpectationsError
from pydantic import BaseModel, ConfigDict, ValidationError

from flows.check.models import Station
from flows.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from great_expectations.core import ExpectationSuite


class SuiteMeta(BaseModel):
    """`meta` of a suite: which station it judges, what it is about, and whom to ask."""

    model_config = ConfigDict(frozen=True)

    station: Station
    description_de: str
    description_en: str
    owner: str


class CheckMeta(BaseModel):
    """`meta` of an expectation. `units_public` = the report may name the offending units."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    reason: str
    what_to_do: str
    units_public: bool


def suites_in(folder: Path) -> dict[str, ExpectationSuite]:
    """Return the suites of `folder` by name.

    Raises:
        ConfigError: when a file is no suite, or lacks what the report needs.
    """
    suites: dict[str, ExpectationSuite] = {}
    checks: dict[str, str] = {}
    for file in sorted(folder.glob("*.json")):
        suite = _suite(file)
        for check in _checks_named_by(suite, file):
            if check in checks:
                raise ConfigError(f"{file.name}: the check {check} stands already in {checks[check]}.")
            checks[check] = file.name
        suites[suite.name] = suite
    return suites


def _suite(file: Path) -> ExpectationSuite:
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        suite = gx.ExpectationSuite(**stored)
    except (TypeError, ValueError, GreatExpectationsError) as problem:
        message = f"expectations/{file.name}: expected a suite of Great Expectations, found: {problem}"
        raise ConfigError(message) from problem
    # Great Expectations logs an expectation that it does not accept and goes on without it
    refused = [one for one in stored["expectations"] if one.get("id") not in {each.id for each in suite.expectations}]
    if refused:
        named = ", ".join(f"{one.get('type')} {one.get('kwargs')}" for one in refused)
        message = f"expectations/{file.name}: Great Expectations does not accept {named}. Correct it."
        raise ConfigError(message)
    if suite.name != file.stem:
        raise ConfigError(f"expectations/{file.name}: expected the name {file.stem}, found {suite.name}.")
    return suite


def _checks_named_by(suite: ExpectationSuite, file: Path) -> list[str]:
    try:
        SuiteMeta.model_validate(suite.meta)
        checks = [CheckMeta.model_validate(expectation.meta) for expectation in suite.expectations]
    except ValidationError as problem:
        raise ConfigError(f"expectations/{file.name}: meta is incomplete: {problem}") from problem
    if not all(expectation.description for expectation in suite.expectations):
        raise ConfigError(f"expectations/{file.name}: every expectation needs a description of what it expects.")
    return [check.id for check in checks]
