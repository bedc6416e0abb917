"""What a file must contain, as data: one contract for each kind of source."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from flows.base.strict import Strict
from flows.profile.city import Identifier, Pattern
from flows.profile.dialect import Runs, run_of

Columns = Runs


def _counted_once(columns: list[str]) -> list[str]:
    single = [each for column in columns for each in run_of(column)]
    if twice := sorted({column for column in single if single.count(column) > 1}):
        message = f"a Merkmal is the sum of different columns; found {', '.join(twice)} more than once"
        raise ValueError(message)
    return columns


Summands = Annotated[Columns, AfterValidator(_counted_once)]


def _has_one_group(pattern: str) -> str:
    if re.compile(pattern).groups != 1:
        message = f"expected a pattern with one group, which is the id, found {pattern!r}"
        raise ValueError(message)
    return pattern


IdPattern = Annotated[Pattern, AfterValidator(_has_one_group)]


class Drop(Strict):
    """Rows left out on purpose, counted under the name of the rule."""

    column: str
    equals: list[str]
    rule: str


class Register(Strict):
    """A register extract: one row per person. Columns by their header, codes as the office writes them."""

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

    @model_validator(mode="after")
    def _codes_are_known(self) -> Self:
        """A code that no person can have would count nobody, unseen."""
        for part, whole in (("female", "sexes"), ("foreign", "nationalities"), ("migrant", "migrations")):
            codes, known = getattr(self, part), getattr(self, whole)
            if not codes or not set(codes) <= set(known):
                message = f"expected in `{part}` at least one code, and codes of `{whole}` ({known}), found {codes}"
                raise ValueError(message)
        return self


class Matrix(Strict):
    """A table of counts, one row per base unit: which columns make which Merkmal.

    ``merkmale`` maps a Merkmal to the columns whose sum it is; ``A000..A002`` names a run of columns.
    ``unit_digits`` pads ids that lost their leading zeros on the way through a spreadsheet, and counts them.
    ``only`` names the rows that are wanted (column = texts); others are counted under ``other rows``. ``unlisted``
    says what a base unit without a row means: *missing* (the unit has no figure, and a check stops), or
    *zero* (the office leaves out what does not exist yet or any more). A unit of which the file has a row that a rule
    leaves out is not one without a row: it has no figure. ``others`` names, for the columns by which rows are picked
    (``only``, ``long.columns``), the texts of rows that are left out on purpose: then any other text is
    refused, and such a row says nothing about its unit.
    """

    unit: str
    unit_digits: int | None = None
    unit_pattern: IdPattern | None = None
    """Where the id stands in its cell: the one group of a pattern of the whole, ``(\\d+) .*`` for ``101 Altstadt``."""
    merkmale: dict[Identifier, Summands] = Field(min_length=1)
    ignore: Columns = Field(default_factory=list)
    drop: list[Drop] = Field(default_factory=list)
    only: dict[str, list[str]] = Field(default_factory=dict)
    others: dict[str, list[str]] = Field(default_factory=dict)
    unlisted: Literal["missing", "zero"] = "missing"


class Assignment(Strict):
    """Which unit of which Raumebene a base unit belongs to in a Zuschnitt."""

    unit: str
    unit_digits: int | None = None
    unit_pattern: IdPattern | None = None
    """Where the id stands in its cell, as in `Matrix`."""
    units: dict[Identifier, str] = Field(min_length=1)
    ignore: list[str] = Field(default_factory=list)
    only: dict[str, list[str]] = Field(default_factory=dict)
    """Column = the texts of the rows that are wanted, such as one city in a file of the country; others are counted as
    ``other rows``."""
    drop: list[Drop] = Field(default_factory=list)
    """Rows that are left out and counted under the name of a rule."""


class Names(Strict):
    """Names of units: one row per unit, the Raumebene in a column."""

    level: str
    id: str
    name: str
    levels: dict[str, Identifier]
    only: dict[str, list[str]] = Field(default_factory=dict)
    """Column = the texts of the rows that are wanted, as in `Assignment`."""
    drop: list[Drop] = Field(default_factory=list)
    """Rows that are left out and counted under the name of a rule."""


class Parent(Strict):
    """A property that says in which unit of a coarser Raumebene a polygon lies; it must agree with the id.

    ``digits`` pads a number that is written without its leading zeros.
    """

    property: str
    digits: int | None = None


class Geometry(Strict):
    """Polygons of base units, or of the units of the Raumebene ``level``.

    Properties may also name the units they belong to. ``unit_digits`` pads ids that lost their leading zeros;
    ``axes`` says in which order a point has its two numbers; ``tolerance_m2`` is the area from which an overlap or gap
    between neighbours is reported.
    """

    id_property: str
    level: Identifier | None = None
    unit_digits: int | None = None
    parents: dict[Identifier, Parent] = Field(default_factory=dict)
    tolerance_m2: float = Field(default=1.0, gt=0)
    axes: Literal["east_north", "north_east"] = "east_north"
    crs: Annotated[str, Field(pattern=r"^EPSG:\d+$")]
    names: dict[Identifier, str] = Field(default_factory=dict)
    only: dict[str, list[str]] = Field(default_factory=dict)
    """Property = the texts of the features that are wanted, as in `Assignment`."""
    drop: list[Drop] = Field(default_factory=list)
    """Features that are left out and counted under the name of a rule."""


class Official(Strict):
    """Official totals of the whole city, one row per Stichtag. ``only`` names its rows in a table of many places."""

    merkmale: dict[Identifier, str] = Field(min_length=1)
    ignore: Columns = Field(default_factory=list)
    only: dict[str, list[str]] = Field(default_factory=dict)


KINDS = ("register", "matrix", "assignment", "names", "geometry", "official")
