"""The suites of the checks: built from the headers of their SQL, or read from a file of Great Expectations.

Where a frame is the offending rows, the header of its SQL file says all that its suite needs. A suite that judges
columns, or makes several checks of one frame, is a file of JSON in Great Expectations' own format, with what our
report needs in `meta`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

import great_expectations as gx
from great_expectations.exceptions.exceptions import GreatExpectationsError
from pydantic import BaseModel, ConfigDict, ValidationError

from flows.base.errors import ConfigError
from flows.profile.check_header import CheckHeader, CityCheckHeader, Station, header_lines, read_header

if TYPE_CHECKING:
    from pathlib import Path

    from great_expectations.core import ExpectationSuite


class SuiteMeta(BaseModel):
    """`meta` of a suite: which station it judges, and whom to ask."""

    model_config = ConfigDict(frozen=True)

    station: Station
    owner: str
    frame: str | None = None
    """The frame that a city's own suite judges, when it is not one of the same name."""


class CheckMeta(BaseModel):
    """`meta` of an expectation. `units_public` = the report may name the offending units.

    What has no German text is shown as it is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    expected_de: str = ""
    reason: str
    reason_de: str = ""
    what_to_do: str
    what_to_do_de: str = ""
    units_public: bool


def bundled_suites(expectations: Path, sql: Path) -> list[ExpectationSuite]:
    """Return the suites of the files in `expectations`, and those of the headers of the checks in `sql`.

    Raises:
        ConfigError: when a file is not a suite or lacks what the report needs, when a header says too little, or when
            a check has both.
    """
    return [*_stored_suites(expectations), *_suites_from_headers(sql, expectations, CheckHeader)]


def city_suites(folder: Path) -> list[ExpectationSuite]:
    """Return the suites of a city's own checks: its files of JSON, and those of the headers of its queries.

    Raises:
        ConfigError: as `bundled_suites`.
    """
    return [*_stored_suites(folder), *_suites_from_headers(folder, folder, CityCheckHeader)]


def _stored_suites(folder: Path) -> list[ExpectationSuite]:
    return [_suite(file) for file in sorted(folder.glob("*.json"))]


def _suites_from_headers(sql: Path, stored: Path, model: type[CheckHeader]) -> list[ExpectationSuite]:
    """Return the suites of the queries in `sql` that have no file in `stored`, from their headers."""
    suites = []
    for file in sorted(sql.glob("[!_]*.sql")):
        suite = stored / f"{file.stem}.json"
        if not suite.exists():
            suites.append(_no_row_expected(read_header(file, model)))
        elif said := header_lines(file).keys() & model.model_fields.keys():
            message = (
                f"{file}: expected no header, since {suite} says what is expected; found {', '.join(sorted(said))}."
            )
            raise ConfigError(message, code="FS-CONFIG-12")
    return suites


def by_frame(suites: list[ExpectationSuite]) -> dict[str, list[ExpectationSuite]]:
    """Return the suites by the frame that each judges.

    Raises:
        ConfigError: when two suites, or two checks, have the same name.
    """
    frames: dict[str, list[ExpectationSuite]] = {}
    seen: dict[str, str] = {}
    for suite in suites:
        for name in {suite.name, *(CheckMeta.model_validate(each.meta).id for each in suite.expectations)}:
            if name in seen:
                raise ConfigError(
                    f"The check {name} is in two suites, {seen[name]} and {suite.name}. Rename one of them.",
                    code="FS-CONFIG-12",
                )
            seen[name] = suite.name
        frames.setdefault(SuiteMeta.model_validate(suite.meta).frame or suite.name, []).append(suite)
    return frames


def _no_row_expected(check: CheckHeader) -> ExpectationSuite:
    """Return the suite of a query that returns offending rows."""
    said = check.model_dump(include=CheckMeta.model_fields.keys() - {"id"})
    meta = CheckMeta(id=check.name, **said)
    about = SuiteMeta(station=check.station, owner=check.owner)
    expectation = {
        "id": str(uuid5(NAMESPACE_URL, check.name)),
        "type": "expect_table_row_count_to_be_between",
        "kwargs": {"min_value": 0, "max_value": 0},
        "severity": check.severity,
        "description": check.expected,
        "meta": meta.model_dump(),
    }
    return gx.ExpectationSuite(
        name=check.name,
        id=str(uuid5(NAMESPACE_URL, f"{check.name}/suite")),
        expectations=[expectation],
        meta=about.model_dump(),
    )


def _suite(file: Path) -> ExpectationSuite:
    where = f"{file.parent.name}/{file.name}"
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        suite = gx.ExpectationSuite(**stored)
    except (TypeError, ValueError, GreatExpectationsError) as problem:
        message = f"{where}: expected a suite of Great Expectations, found: {problem}"
        raise ConfigError(message, code="FS-CONFIG-12") from problem
    # Great Expectations logs an expectation that it does not accept and goes on without it
    refused = [one for one in stored["expectations"] if one.get("id") not in {each.id for each in suite.expectations}]
    if refused:
        named = ", ".join(f"{one.get('type')} {one.get('kwargs')}" for one in refused)
        message = f"{where}: Great Expectations does not accept {named}. Correct it."
        raise ConfigError(message, code="FS-CONFIG-12")
    if suite.name != file.stem:
        raise ConfigError(f"{where}: expected the name {file.stem}, found {suite.name}.", code="FS-CONFIG-12")
    _must_say_enough(suite, where)
    return suite


def _must_say_enough(suite: ExpectationSuite, where: str) -> None:
    try:
        SuiteMeta.model_validate(suite.meta)
        for expectation in suite.expectations:
            CheckMeta.model_validate(expectation.meta)
    except ValidationError as problem:
        raise ConfigError(f"{where}: meta is incomplete: {problem}", code="FS-CONFIG-12") from problem
    if not all(expectation.description for expectation in suite.expectations):
        raise ConfigError(f"{where}: every expectation needs a description of what it expects.", code="FS-CONFIG-12")
