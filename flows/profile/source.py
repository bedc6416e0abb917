"""A source as data: where a Lieferung comes from, how it is written and what it must contain."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Self

from pydantic import AfterValidator, AliasChoices, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from flows.base.strict import Identifier, Strict
from flows.profile.access import ACCESS, Access, Ckan, Genesis
from flows.profile.city import Pattern
from flows.profile.dialect import Dialect, run_of
from flows.profile.due import DueDay, due_on, years_later
from flows.profile.gates import Gate, RateLimits, Relaxation
from flows.profile.source_coherence import what_does_not_hold_together
from flows.profile.source_contract import (
    KINDS,
    Assignment,
    Barriers,
    Columns,
    Drawn,
    Geometry,
    Matrix,
    Names,
    Official,
    Register,
)
from flows.profile.stichtag import StichtagRule


def _known(connector: str) -> str:
    if connector not in ACCESS:
        message = f"expected one of {', '.join(map(repr, ACCESS))}"
        raise ValueError(message)
    return connector


class Variant(Strict):
    """A way in which some of a source's files are written: those whose name fits, or whose year lies in between."""

    file: Pattern | None = None
    r"""Files whose name fits this regular expression. Example: `file = 'EW_201\d\.csv'`"""
    first: int | None = None
    """Files from this year on (the group `year` of the source's `file`). Example: `first = 2012`"""
    last: int | None = None
    """Files up to this year. Example: `last = 2019`"""
    dialect: Dialect | None = None
    """How these files are written, whole: the source's own dialect does not hold for them.

    Example: `dialect = { delimiter = "," }`
    """
    columns: dict[str, str] = Field(default_factory=dict)
    """Column as these files call it = the contract's name. Example: `columns = { EW_insg = "EW" }`"""
    ignore: Columns = Field(default_factory=list)
    """Columns that only they have, read by nobody. Example: `ignore = ["Bemerkung"]`"""

    @model_validator(mode="after")
    def _needs(self) -> Self:
        if self.file is None and self.first is None and self.last is None:
            message = "a variant needs `file` (a pattern of names), or `first` or `last` (years)"
            raise ValueError(message)
        return self

    def fits(self, name: str, year: int | None) -> bool:
        """Say whether a file is written this way."""
        if self.file is not None and not re.fullmatch(self.file, name):
            return False
        bounded = self.first is not None or self.last is not None
        return not bounded or (year is not None and (self.first or year) <= year <= (self.last or year))


class Years(Strict):
    """The years that an HTTP source is asked for: from `first` up to `last`, or as far as there are files."""

    first: int
    """The first year. Example: `first = 2015`"""
    last: int | None = None
    """The last year; without it as far as there are files. Example: `last = 2024`"""


class Source(Strict):
    """One source: connector, address, dialect, Stichtag rule, licence, and exactly one contract."""

    id: SkipJsonSchema[Identifier]  # the name of its section
    title_de: str
    """Its German name. Example: `title_de = "Einwohner"`"""
    title_en: str
    """Its English name. Example: `title_en = "Residents"`"""
    connector: Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": [*ACCESS]})]
    """How it is reached (docs/sources.md). Example: `connector = "drop_folder"`"""
    url: str | None = None
    """The address; `{year}` is filled in, `${NAME}` is an environment variable.

    Example: `url = "https://example.org/ew_{year}.csv"`
    """
    folder: str | None = None
    """With *drop_folder*: the folder. Example: `folder = "/srv/eingang"`"""
    ckan: Ckan | None = None
    """With *ckan*."""
    genesis: Genesis | None = None
    """With *genesis*."""
    rate_limits: RateLimits = Field(
        default=RateLimits(),
        validation_alias=AliasChoices("rate_limits", "manners"),  # see flows/profile/load.py
    )
    """How gently its host is asked."""
    max_mb: int = Field(default=2048, ge=1)
    """Megabytes of one download, and of what an archive unpacks to. Example: `max_mb = 500`"""
    relax: list[Relaxation] = Field(default_factory=list)
    """Gates that let it pass, and why."""
    file: Pattern
    r"""Regular expression of the names of its files; named groups say parts of the Stichtag.

    Example: `file = 'EW_(?P<year>\d{4})\.csv'`
    """
    years: Years | None = None
    """The years that are asked for, with `{year}` in `url`."""
    required: bool = True
    """Whether a refresh stops without it. Example: `required = false`"""
    due: DueDay | None = None
    """By which day the figures of a Stichtag year come: month and day of the year after it; `+0` or `+2` before them:
    of the same year, or of the second after it.

    Example: `due = "03-15"`
    """
    grace: int = Field(default=0, ge=0, le=366)
    """Days after `due` that are still waited before the source is overdue. Example: `grace = 14`"""
    ask: str = ""
    """Whom to ask where it is. It is not published. Example: `ask = "Frau Amt, Jobcenter, Tel. 123"`"""
    licence: str
    """The licence of the files; nothing is published without it. Example: `licence = "dl-de/by-2-0"`"""
    attribution: str
    """How the supplier wants to be named. Example: `attribution = "Amt für Statistik"`"""
    zuschnitt: dt.date | None = None
    """The Zuschnitt that the file describes (polygons, assignments, names). Example: `zuschnitt = 2020-01-01`"""
    stichtag: StichtagRule | None = None
    """The rule for its Stichtag."""
    rounded_to: int | None = Field(default=None, ge=2)
    """The office rounded its counts to multiples of this; sums need not add up exactly then.

    Example: `rounded_to = 5`
    """
    perturbed: float | None = Field(default=None, gt=0)
    """The office changed each count by at most so much. Example: `perturbed = 2.0`"""
    dialect: Dialect = Dialect()
    """How the files are written."""
    variant: list[Variant] = Field(default_factory=list)
    """Files that are written otherwise; the first that fits holds."""
    quarantine: int = Field(default=0, ge=0)
    """Rows that may break the contract before the run stops. Example: `quarantine = 3`"""
    register_: Register | None = Field(default=None, alias="register")
    """Contract: one row per person."""
    matrix: Matrix | None = None
    """Contract: counts, one row per base unit."""
    assignment: Assignment | None = None
    """Contract: which unit a base unit belongs to."""
    names: Names | None = None
    """Contract: names of units."""
    geometry: Geometry | None = None
    """Contract: polygons."""
    barriers: Barriers | None = None
    """Contract: lines that a Sozialraum should not cross."""
    official: Official | None = None
    """Contract: official totals of the whole city."""

    @property
    def kind(self) -> str:
        """Which of the KINDS this source is: the one contract that it carries."""
        return next(kind for kind in KINDS if self.contract(kind) is not None)

    @property
    def drawn(self) -> Drawn | None:
        """The contract of a file that is drawn on a map: of polygons, or of lines."""
        return self.geometry or self.barriers

    @property
    def cell_deviation(self) -> float:
        """How far a delivered count may lie from the true one; random rounding moves it by less than its base."""
        return self.perturbed if self.perturbed is not None else (self.rounded_to or 1) - 1

    @property
    def dialects(self) -> list[Dialect]:
        """How the files are written: the source's dialect, and those of its variants."""
        return [self.dialect, *(each.dialect for each in self.variant if each.dialect)]

    @property
    def figure_columns(self) -> list[str]:
        """The columns with figures, as the contract of counts or official totals names them."""
        if self.matrix:
            return list(dict.fromkeys(c for parts in self.matrix.merkmale.values() for c in self.expand(parts)))
        return list(dict.fromkeys(self.official.merkmale.values())) if self.official else []

    @property
    def merkmale(self) -> set[str]:
        """The Merkmale that the source brings, as its contract names them."""
        return {name for each in (self.matrix, self.official) if each for name in each.merkmale}

    @property
    def levels(self) -> set[str]:
        """The Raumebenen whose units its contract names."""
        assigned = set(self.assignment.units) if self.assignment else set()
        naming = self.geometry or self.assignment
        named = self.names.levels.values() if self.names else naming.names if naming else ()
        counted = {*self.matrix.totals, self.matrix.unit_by_name} - {None} if self.matrix else set()
        return assigned | set(named) | {level for level in counted if level}

    def contract(self, kind: str) -> Strict | None:
        """Return this source's contract of that kind, or None."""
        found: Strict | None = getattr(self, "register_" if kind == "register" else kind)
        return found

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if wrong := what_does_not_hold_together(self):
            raise ValueError(wrong)
        return self

    def as_written_in(self, name: str) -> Source:
        """Return this source with the dialect and the columns of the file `name`, which may be a variant."""
        found = next((each for each in self.variant if each.fits(name, self.year_in(name))), None)
        if found is None:
            return self.model_copy(update={"variant": []}) if self.variant else self
        return self.model_copy(update={"variant": [found], "dialect": found.dialect or self.dialect})

    @property
    def renamed(self) -> dict[str, str]:
        """Delivered column -> the contract's name for it, in the one variant that `as_written_in` has chosen."""
        return self.variant[0].columns if len(self.variant) == 1 else {}

    @property
    def ignored_here(self) -> list[str]:
        """Columns that only the one variant has which `as_written_in` has chosen."""
        return self.expand(self.variant[0].ignore) if len(self.variant) == 1 else []

    def relaxed(self, gate: Gate, name: str | None = None) -> bool:
        """Return whether the profile lets the file `name` (or the whole source) pass `gate`, with its reason."""
        return any(one.covers(gate, name) for one in self.relax)

    @property
    def access(self) -> Access:
        """How the source is reached: its section in sources.toml, or the connector's class without fields."""
        found: Access | None = getattr(self, self.connector, None)
        return found or ACCESS[self.connector]()

    @property
    def patience(self) -> float:
        """For how many seconds the source may be silent."""
        return self.rate_limits.patience or self.access.patience

    @property
    def variables(self) -> list[str]:
        """The environment variables that its address and credentials come from, by name."""
        return sorted({*re.findall(r"\$\{(\w+)\}", self.url or ""), *self.access.credential_variables})

    def year_in(self, name: str) -> int | None:
        """Return the year that the pattern `file` finds in a name, or None."""
        match = re.fullmatch(self.file, name)
        year = match.groupdict().get("year") if match else None
        return int(year) if year and year.isdecimal() else None

    def awaited_until(self, year: int) -> dt.date | None:
        """Return the last day on which the figures of a Stichtag year are still awaited; None where they never are."""
        if self.due is None or (self.years and not self.years.first <= year <= (self.years.last or year)):
            return None
        return due_on(self.due, year) + dt.timedelta(days=self.grace)

    def year_in_season(self, calendar_year: int) -> int | None:
        """Return the Stichtag year whose figures are due in a calendar year."""
        return None if self.due is None else calendar_year - years_later(self.due)

    def year_of_all_rows(self, name: str) -> int | None:
        """Return the year in a file's name in which all its Stichtage, which stand in a column, must lie; or None."""
        rule = self.stichtag
        return self.year_in(name) if rule and rule.source == "column" and not rule.other_years else None

    def expand(self, columns: list[str]) -> list[str]:
        """Return `columns` with runs like ``A000..A002`` spelled out."""
        return [single for column in columns for single in run_of(column)]
