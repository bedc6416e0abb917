"""A source as data: where a Lieferung comes from, how it is written and what it must contain."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from flows.profile.city import Identifier, Pattern, Strict
from flows.profile.connector import GENESIS_SERVICES, Ckan, Gate, Genesis, Manners, Relaxation

Sign = Literal["nichts", "unbekannt", "spaeter", "sinnlos", "unsicher"]


def _run(column: str) -> list[str]:
    match = re.fullmatch(r"(.*?)(\d+)\.\.(.*?)(\d+)", column)
    if not match:
        return [column]
    head, first, head_again, last = match.groups()
    if head != head_again or len(first) != len(last) or int(first) > int(last):
        message = f"{column!r} is not a run of columns: expected the same letters and as many digits on both sides"
        raise ValueError(message)
    return [f"{head}{number:0{len(first)}d}" for number in range(int(first), int(last) + 1)]


def _runs_are_right(columns: list[str]) -> list[str]:
    for column in columns:
        _run(column)
    return columns


Columns = Annotated[list[str], AfterValidator(_runs_are_right)]


class Dialect(Strict):
    """How a file is written: the difference between its bytes and a plain table."""

    format: Literal["csv", "xlsx", "geojson"] = "csv"
    encoding: Literal["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"] = "utf-8"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ";"
    quote: Annotated[str, Field(max_length=1)] = '"'  # empty: the file quotes nothing
    decimal: Literal[",", "."] = ","
    thousands: Literal[".", ",", " ", ""] = ""
    member: str | None = None  # pattern of the file inside a ZIP
    preamble: int = Field(default=0, ge=0)  # lines above the header
    footer: str | None = None  # the line that begins with this, and all below, are notes
    sheet: str | None = None
    missing: dict[str, Sign] = Field(default_factory=dict)


class StichtagRule(Strict):
    """Where the Stichtag of a row stands: in the file's name, in a column, or fixed in the profile."""

    source: Literal["name", "column", "fixed"]
    column: str | None = None
    format: str = "%Y-%m-%d"
    fixed: dt.date | None = None

    @model_validator(mode="after")
    def _needs(self) -> Self:
        if self.source == "column" and not self.column:
            message = "source = 'column' needs `column`"
            raise ValueError(message)
        if self.source == "fixed" and self.fixed is None:
            message = "source = 'fixed' needs `fixed`, a date"
            raise ValueError(message)
        return self


class Years(Strict):
    """The years that an HTTP source is asked for: from `first` up to `last`, or as far as there are files."""

    first: int
    last: int | None = None


class Drop(Strict):
    """Rows left out on purpose, counted under the name of the rule."""

    column: str
    equals: list[str]
    rule: str


class Register(Strict):
    """A register extract: one row a person. Columns by their header, codes as the office writes them."""

    unit: str
    age: str
    sex: str
    nationality: str
    migration: str
    duration: str
    sexes: list[str]
    female: list[str]
    nationalities: list[str]
    foreign: list[str]
    migrations: list[str]
    migrant: list[str]
    ignore: list[str] = Field(default_factory=list)


class Matrix(Strict):
    """A table of counts, one row a base unit: which columns make which Merkmal.

    ``merkmale`` maps a Merkmal to the columns whose sum it is; ``A000..A002`` names a run of columns.
    ``unit_digits`` pads ids that lost their leading zeros on the way through a spreadsheet. ``unlisted``
    says what a base unit without a row means: *missing* (the unit has no figure, and a check stops), or
    *zero* (the office leaves out what does not exist yet or any more).
    """

    unit: str
    unit_digits: int | None = None
    merkmale: dict[Identifier, Columns] = Field(min_length=1)
    ignore: Columns = Field(default_factory=list)
    drop: list[Drop] = Field(default_factory=list)
    unlisted: Literal["missing", "zero"] = "missing"


class Assignment(Strict):
    """Which unit of which Raumebene a base unit belongs to in a Zuschnitt."""

    unit: str
    units: dict[Identifier, str] = Field(min_length=1)
    ignore: list[str] = Field(default_factory=list)


class Names(Strict):
    """Names of units: one row a unit, the Raumebene in a column."""

    level: str
    id: str
    name: str
    levels: dict[str, Identifier]


class Geometry(Strict):
    """Polygons of base units; properties may also name the units they belong to."""

    id_property: str
    crs: Annotated[str, Field(pattern=r"^EPSG:\d+$")]
    names: dict[Identifier, str] = Field(default_factory=dict)


class Official(Strict):
    """Official totals of the whole city, one row a Stichtag."""

    merkmale: dict[Identifier, str] = Field(min_length=1)
    ignore: Columns = Field(default_factory=list)


KINDS = ("register", "matrix", "assignment", "names", "geometry", "official")


class Source(Strict):
    """One source: connector, address, dialect, contract, Stichtag rule, licence."""

    id: Identifier
    title_de: str
    title_en: str
    connector: Literal["http_file", "ckan", "genesis", "drop_folder"]
    url: str | None = None
    folder: str | None = None
    ckan: Ckan | None = None
    genesis: Genesis | None = None
    manners: Manners = Manners()
    max_mb: int = Field(default=2048, ge=1)  # of one download, and of what an archive unpacks to
    relax: list[Relaxation] = Field(default_factory=list)
    file: Pattern
    years: Years | None = None
    required: bool = True
    licence: str
    attribution: str
    zuschnitt: dt.date | None = None
    stichtag: StichtagRule | None = None
    dialect: Dialect = Dialect()
    register_: Register | None = Field(default=None, alias="register")
    matrix: Matrix | None = None
    assignment: Assignment | None = None
    names: Names | None = None
    geometry: Geometry | None = None
    official: Official | None = None

    @property
    def kind(self) -> str:
        """Which of the KINDS this source is: the one contract that it carries."""
        return next(kind for kind in KINDS if self.contract(kind) is not None)

    def contract(self, kind: str) -> Strict | None:
        """Return this source's contract of that kind, or None."""
        found: Strict | None = getattr(self, "register_" if kind == "register" else kind)
        return found

    @model_validator(mode="after")
    def _one_contract(self) -> Self:
        kinds = [kind for kind in KINDS if self.contract(kind) is not None]
        if len(kinds) != 1:
            message = f"needs exactly one contract of {', '.join(KINDS)}; found {', '.join(kinds) or 'none'}"
            raise ValueError(message)
        if lack := self._lack_of_connector():
            raise ValueError(lack)
        if kinds[0] in ("assignment", "names", "geometry") and self.zuschnitt is None and kinds[0] != "geometry":
            message = f"a source of kind {kinds[0]} needs `zuschnitt`, the date of the Zuschnitt it describes"
            raise ValueError(message)
        if kinds[0] in ("register", "matrix", "official") and self.stichtag is None:
            message = f"a source of kind {kinds[0]} needs a `stichtag` rule"
            raise ValueError(message)
        rule = self.stichtag
        if kinds[0] == "register" and rule and (rule.source != "column" or "%d" not in rule.format):
            message = "a register needs its Stichtag in a column, as a date to the day (`%d` in stichtag.format)"
            raise ValueError(message)
        return self

    def relaxed(self, gate: Gate, name: str | None = None) -> bool:
        """Return whether the profile lets the file `name` (or the whole source) pass `gate`, with its reason."""
        return any(one.covers(gate, name) for one in self.relax)

    def _lack_of_connector(self) -> str | None:
        """Return what the connector needs and the profile does not say, or None."""
        if self.connector in ("http_file", "ckan") and not self.url:
            return f"connector = {self.connector!r} needs `url`"
        for name in ("ckan", "genesis"):
            if (self.connector == name) != (getattr(self, name) is not None):
                return f"connector = {name!r} and the section `{name}` belong together"
        if self.genesis and not (self.url or self.genesis.service):
            return f"connector = 'genesis' needs genesis.service ({', '.join(GENESIS_SERVICES)}) or `url`"
        if self.genesis and self.dialect.member is None:
            return 'a GENESIS table comes as a ZIP archive: set `member = "*.csv"` in its dialect'
        rows = f"{self.id}.csv" if self.ckan and self.ckan.datastore else None
        fixed = self.genesis.file_name if self.genesis else rows
        if fixed and not re.fullmatch(self.file, fixed):
            return f"file: the connector lands the file as {fixed}, which {self.file!r} does not match"
        return None

    def expand(self, columns: list[str]) -> list[str]:
        """Return `columns` with runs such as ``A000..A002`` spelled out."""
        return [single for column in columns for single in _run(column)]


class Correction(Strict):
    """A known error in a source, mended on record: which rows, how, why, and what must still hold.

    ``rows`` is the number of rows that must match in each file, so that a mended source is noticed.
    """

    source: Identifier
    file: Pattern | None = None
    where: dict[str, str | int | float] = Field(min_length=1)
    action: Literal["replace", "drop"]
    column: str | None = None
    value: str | None = None
    reason: str
    reported: str
    rows: int = Field(ge=1)

    @model_validator(mode="after")
    def _needs(self) -> Self:
        if self.action == "replace" and (self.column is None or self.value is None):
            message = "action = 'replace' needs `column` and `value`"
            raise ValueError(message)
        return self
