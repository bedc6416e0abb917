"""What the refresh and its check worker send each other: one job in; out, that the tables are read, and one report."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from flows.profile.check_header import Severity, Station
from flows.profile.checks import Waiver

TABLES_READ = "tables read"
"""The worker's first line: it has closed the working database."""

REPORT_FOLDER = "checks"
"""Below the run folder; travels with the release, so it names no confidential value."""

GX_PAGES_FOLDER = "great_expectations"
"""Below the run folder; the pages of Great Expectations, which stay there."""

GX_RESULTS = "great_expectations.json"
"""In the report's folder: what Great Expectations found, as far as it may be seen."""

FINDINGS_FOLDER = "findings"
"""Below the run folder; offending rows with their values. Confidential: never leaves the run."""


TYPE_CHECKS = ("typen_halten_", "typen_belegt_")
"""What the checks of types begin with; typology and version follow. They are made when all others are judged."""

NEEDED = "verzicht_gebraucht"
"""The check that every waiver is needed."""


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CheckJob(_Message):
    """What is to be checked, and where the report goes."""

    work_db: Path
    run_folder: Path
    city_id: str
    today: dt.date = Field(default_factory=dt.date.today)
    until: dt.date | None = None
    last_release: Path | None = None
    own_checks: Path | None = None
    waivers: tuple[Waiver, ...] = ()


class CheckResult(_Message):
    """The outcome of one check.

    May be published: `units` stays empty where naming them would tell too much. `waived` of the `offending` rows are
    accepted by the waivers that `waiver` names.
    """

    suite: str
    check: str
    station: Station
    severity: Severity
    ok: bool
    expected: str
    expected_de: str
    found: str
    found_de: str
    units: list[str]
    offending: int
    reason: str
    reason_de: str
    what_to_do: str
    what_to_do_de: str
    owner: str
    waived: int = 0
    waiver: str = ""

    @property
    def accepted(self) -> bool:
        """Whether it failed, and a waiver covers every offending row."""
        return not self.ok and 0 < self.offending <= self.waived

    @property
    def counts(self) -> bool:
        """Whether it failed, and not as somebody has accepted."""
        return not self.ok and not self.accepted

    @property
    def blocks(self) -> bool:
        """Whether this outcome stops the publication."""
        return self.severity == "critical" and self.counts


class Finding(_Message):
    """One offending unit with its values. Confidential: stays in the run folder."""

    check: str
    unit: str
    found: str
    expected: str


class CheckReport(_Message):
    """The outcome of all checks of a run; `path` is the folder with checks.json and, once it is written, index.html."""

    ok: bool
    checks: int
    blockers: int
    warnings: int
    path: Path


RESULTS = TypeAdapter(list[CheckResult])
FINDINGS = TypeAdapter(list[Finding])


def results_of(report: CheckReport) -> list[CheckResult]:
    """Return every check of `report`, from its checks.json."""
    return read_results(report.path)


def read_results(folder: Path) -> list[CheckResult]:
    """Return every check of the report in `folder`."""
    return RESULTS.validate_json((folder / "checks.json").read_bytes())


def findings_of(report: CheckReport) -> list[Finding]:
    """Return the first offending units of each failed check of `report`, with their values."""
    return FINDINGS.validate_json((report.path.parent / FINDINGS_FOLDER / "findings.json").read_bytes())
