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


class Long(Strict):
    """A file with one value a row: which rows are wanted, and the name that each value's column would have.

    ``columns`` gives, for each name that the contract uses, the texts that a row must have in other columns
    (GENESIS: the attribute codes). A row that fits none is left out and counted under ``other rows``. ``unit``
    names the column with the unit of the value; ``units`` what a value in each of them is multiplied by.
    """

    value: str
    columns: dict[str, dict[str, str | list[str]]] = Field(min_length=1)
    unit: str | None = None
    units: dict[str, float] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _needs(self) -> Self:
        if (self.unit is None) != (not self.units):
            message = "`unit` (the column) and `units` (unit = factor) go together"
            raise ValueError(message)
        return self

    @property
    def reads(self) -> list[str]:
        """The columns of the file that this description needs."""
        asked = [column for texts in self.columns.values() for column in texts]
        return list(dict.fromkeys([self.value, *asked, *([self.unit] if self.unit else [])]))


SHEETS = ("xlsx", "ods")
POLYGONS = ("geojson", "gpkg", "shp")


class Dialect(Strict):
    """How a file is written: the difference between its bytes and a plain table.

    ``format`` *ffcsv* is the flat file of the GENESIS databases: a CSV whose columns are known by the format.
    ``header_rows`` lines make one header, joined with `` / ``; ``blank_headers`` names columns without one,
    from left to right. In a workbook, ``area`` (``B4:F200``) bounds the table and ``cells`` says what must
    stand in which cell, so that a changed layout shows.
    """

    format: Literal["csv", "ffcsv", "xlsx", "ods", "geojson", "gpkg", "shp"] = "csv"
    encoding: Literal["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"] = "utf-8"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ";"
    quote: Annotated[str, Field(max_length=1)] = '"'  # empty: the file quotes nothing
    decimal: Literal[",", "."] = ","
    thousands: Literal[".", ",", " ", ""] = ""
    member: str | None = None  # pattern of the file inside a ZIP
    preamble: int = Field(default=0, ge=0)  # lines above the header
    header_rows: int = Field(default=1, ge=1)
    blank_headers: list[str] = Field(default_factory=list)
    footer: str | None = None  # the line that begins with this, and all below, are notes
    sheet: str | None = None
    area: Annotated[str, Field(pattern=r"^[A-Z]{1,3}[1-9]\d*:[A-Z]{1,3}([1-9]\d*)?$")] | None = None
    cells: dict[Annotated[str, Field(pattern=r"^[A-Z]{1,3}[1-9]\d*$")], str] = Field(default_factory=dict)
    layer: str | None = None  # of a GeoPackage, or the feature type of a WFS
    units: dict[str, float] = Field(default_factory=dict)  # column = what its figures are multiplied by
    long: Long | None = None
    missing: dict[str, Sign] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.format not in SHEETS and (self.area or self.cells or self.sheet):
            message = "`sheet`, `area` and `cells` describe a workbook; set format = 'xlsx' or 'ods'"
            raise ValueError(message)
        if self.format == "ffcsv" and self.long is None:
            message = "format = 'ffcsv' needs `long`, which says which of its rows are which column"
            raise ValueError(message)
        return self


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


class Variant(Strict):
    """A way in which some of a source's files are written: those whose name fits, or whose year lies in between.

    ``columns`` maps a column as these files call it to the name that the contract uses; ``ignore`` names columns
    that only they have. The first variant that fits holds; a file that none fits is written as ``dialect`` says.
    """

    file: Pattern | None = None
    first: int | None = None
    last: int | None = None
    dialect: Dialect | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    ignore: Columns = Field(default_factory=list)

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
    ``unit_digits`` pads ids that lost their leading zeros on the way through a spreadsheet, and counts them.
    ``only`` names the rows that are wanted (column = texts); others are counted under ``other rows``. ``unlisted``
    says what a base unit without a row means: *missing* (the unit has no figure, and a check stops), or
    *zero* (the office leaves out what does not exist yet or any more).
    """

    unit: str
    unit_digits: int | None = None
    merkmale: dict[Identifier, Columns] = Field(min_length=1)
    ignore: Columns = Field(default_factory=list)
    drop: list[Drop] = Field(default_factory=list)
    only: dict[str, list[str]] = Field(default_factory=dict)
    unlisted: Literal["missing", "zero"] = "missing"


class Assignment(Strict):
    """Which unit of which Raumebene a base unit belongs to in a Zuschnitt."""

    unit: str
    unit_digits: int | None = None
    units: dict[Identifier, str] = Field(min_length=1)
    ignore: list[str] = Field(default_factory=list)


class Names(Strict):
    """Names of units: one row a unit, the Raumebene in a column."""

    level: str
    id: str
    name: str
    levels: dict[str, Identifier]


class Parent(Strict):
    """A property that says in which unit of a coarser Raumebene a polygon lies; it must agree with the id.

    ``digits`` pads a number that is written without its leading zeros.
    """

    property: str
    digits: int | None = None


class Geometry(Strict):
    """Polygons of base units, or of the units of the Raumebene ``level``.

    Properties may also name the units they belong to. ``unit_digits`` pads ids that lost their leading zeros;
    ``tolerance_m2`` is the area from which an overlap or gap between neighbours is told.
    """

    id_property: str
    level: Identifier | None = None
    unit_digits: int | None = None
    parents: dict[Identifier, Parent] = Field(default_factory=dict)
    tolerance_m2: float = Field(default=1.0, gt=0)
    crs: Annotated[str, Field(pattern=r"^EPSG:\d+$")]
    names: dict[Identifier, str] = Field(default_factory=dict)


class Official(Strict):
    """Official totals of the whole city, one row a Stichtag. ``only`` names its rows in a table of many places."""

    merkmale: dict[Identifier, str] = Field(min_length=1)
    ignore: Columns = Field(default_factory=list)
    only: dict[str, list[str]] = Field(default_factory=dict)


KINDS = ("register", "matrix", "assignment", "names", "geometry", "official")


class Source(Strict):
    """One source: connector, address, dialect, contract, Stichtag rule, licence.

    ``rounded_to`` and ``perturbed`` say how the office protected its counts before it sent them: rounded to
    multiples of that number, or each changed by at most so much. Their sums then need not add up exactly.
    """

    id: Identifier
    title_de: str
    title_en: str
    connector: Literal["http_file", "ckan", "genesis", "wfs", "drop_folder"]
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
    rounded_to: int | None = Field(default=None, ge=2)
    perturbed: float | None = Field(default=None, gt=0)
    dialect: Dialect = Dialect()
    variant: list[Variant] = Field(default_factory=list)
    quarantine: int = Field(default=0, ge=0)  # rows that may break the contract before the run stops
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

    @property
    def cell_deviation(self) -> float:
        """How far a delivered count may lie from the true one; random rounding moves it by less than its base."""
        return self.perturbed if self.perturbed is not None else (self.rounded_to or 1) - 1

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
        if self.dialect.format in POLYGONS and self.geometry is None:
            message = f"dialect.format = {self.dialect.format!r} brings polygons: it needs `geometry`"
            raise ValueError(message)
        of_units = self.geometry is not None and self.geometry.level is not None
        if (kinds[0] in ("assignment", "names") or of_units) and self.zuschnitt is None:
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

    @model_validator(mode="after")
    def _wfs_brings_polygons(self) -> Self:
        polygons = self.geometry and self.dialect.format == "geojson" and self.dialect.layer
        if self.connector == "wfs" and not polygons:
            message = (
                "connector = 'wfs' needs `geometry`, dialect.format = 'geojson' and dialect.layer (the feature type)"
            )
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _long_columns_are_those_of_the_contract(self) -> Self:
        for dialect in (self.dialect, *(each.dialect for each in self.variant if each.dialect)):
            if dialect.long and (self.matrix or self.official):
                named = set(dialect.long.columns)
                used = (
                    {column for parts in self.matrix.merkmale.values() for column in self.expand(parts)}
                    if self.matrix
                    else set(self.official.merkmale.values() if self.official else ())
                )
                if named != used:
                    message = (
                        f"long.columns and merkmale must name the same columns; only one does {sorted(named ^ used)}"
                    )
                    raise ValueError(message)
            elif dialect.long:
                message = "`long` describes counts: it goes with `matrix` or `official`"
                raise ValueError(message)
        return self

    def as_written_in(self, name: str) -> Source:
        """Return this source with the dialect and the columns of the file `name`, which may be a variant."""
        match = re.fullmatch(self.file, name)
        year = match.groupdict().get("year") if match else None
        found = next((each for each in self.variant if each.fits(name, int(year) if year else None)), None)
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

    def _lack_of_connector(self) -> str | None:
        """Return what the connector needs and the profile does not say, or None."""
        if self.connector in ("http_file", "ckan", "wfs") and not self.url:
            return f"connector = {self.connector!r} needs `url`"
        for name in ("ckan", "genesis"):
            if (self.connector == name) != (getattr(self, name) is not None):
                return f"connector = {name!r} and the section `{name}` belong together"
        if self.genesis and not (self.url or self.genesis.service):
            return f"connector = 'genesis' needs genesis.service ({', '.join(GENESIS_SERVICES)}) or `url`"
        if self.genesis and self.dialect.member is None:
            return 'a GENESIS table comes as a ZIP archive: set `member = "*.csv"` in its dialect'
        rows = f"{self.id}.csv" if self.ckan and self.ckan.datastore else None
        rows = f"{self.id}.geojson" if self.connector == "wfs" else rows
        fixed = self.genesis.file_name if self.genesis else rows
        if fixed and not re.fullmatch(self.file, fixed):
            return f"file: the connector lands the file as {fixed}, which {self.file!r} does not match"
        return None

    def expand(self, columns: list[str]) -> list[str]:
        """Return `columns` with runs such as ``A000..A002`` spelled out."""
        return [single for column in columns for single in _run(column)]


class Correction(Strict):
    """A known error in a source, mended on record: which rows, how, why, and what must still hold.

    ``rows`` is the number of rows that must match in each file, and ``expect`` what must still stand in them, so
    that a mended source is noticed. *replace* writes ``value`` into ``column``; *scale* multiplies its number by
    ``factor``; *mark* gives it the status ``status`` instead of a number; *drop* leaves the rows out; *repair*
    makes an invalid polygon valid (without ``column``).
    """

    source: Identifier
    file: Pattern | None = None
    where: dict[str, str | int | float | list[str]] = Field(min_length=1)
    expect: dict[str, str | int | float] = Field(default_factory=dict)
    action: Literal["replace", "drop", "scale", "mark", "repair"]
    column: str | None = None
    value: str | None = None
    factor: float | None = None
    status: Sign | None = None
    reason: str
    reported: str  # to whom and when
    rows: int = Field(ge=1)

    @model_validator(mode="after")
    def _needs(self) -> Self:
        with_ = {"replace": "value", "scale": "factor", "mark": "status"}.get(self.action)
        if with_ and (self.column is None or getattr(self, with_) is None):
            message = f"action = {self.action!r} needs `column` and `{with_}`"
            raise ValueError(message)
        return self
