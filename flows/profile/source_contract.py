"""What a file must contain, as data: one contract for each kind of source."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from flows.base.strict import Identifier, Strict
from flows.profile.city import Digits, Pattern
from flows.profile.dialect import Runs, run_of

Columns = Runs
OWN_ID = "@id"
"""The property under which a feature's own id stands, which it has beside its properties."""


def _counted_once(columns: list[str]) -> list[str]:
    if not columns:
        message = "a Merkmal is the sum of at least one column, or every unit would have 0 of it"
        raise ValueError(message)
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
    if re.search(r"\(\?[=!<]|\\[1-9]", pattern):
        message = f"expected a pattern that looks neither ahead nor back nor repeats a group, found {pattern!r}"
        raise ValueError(message)
    return pattern


IdPattern = Annotated[Pattern, AfterValidator(_has_one_group)]


class Drop(Strict):
    """Rows left out on purpose, counted under the name of the rule."""

    column: str
    """The column that says it. Example: `column = "Gebiet"`"""
    equals: list[str] = Field(default_factory=list)
    """The texts of rows that are left out. Example: `equals = ["Unbekannt"]`"""
    matches: Pattern | None = None
    r"""A regular expression; rows whose whole text fits it are left out, too. Example: `matches = 'Bezirk \d+'`"""
    rule: str
    """The name under which they are counted. Example: `rule = "ohne Adresse"`"""

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if not self.equals and self.matches is None:
            message = "a `drop` rule needs `equals` (texts) or `matches` (a pattern of the whole text)"
            raise ValueError(message)
        if self.matches is not None and re.fullmatch(self.matches, ""):
            message = f"`matches` = {self.matches!r} fits a blank cell too; name that in `equals` if it is meant"
            raise ValueError(message)
        return self

    def leaves_out(self, text: str) -> bool:
        """Say whether a row with this text in the column is left out."""
        return text in self.equals or (self.matches is not None and re.fullmatch(self.matches, text) is not None)


class Register(Strict):
    """A register extract: one row per person. Columns by their header, codes as the office writes them."""

    unit: str
    """The column with the base unit. Example: `unit = "BBS"`"""
    age: str
    """The column with the age in years. Example: `age = "ALTER"`"""
    sex: str
    """The column with the sex. Example: `sex = "GESCHLECHT"`"""
    nationality: str
    """The column with the nationality. Example: `nationality = "STAAT"`"""
    migration: str
    """The column with the migration background. Example: `migration = "MIGRATION"`"""
    duration: str
    """The column with the years at the address. Example: `duration = "WOHNDAUER"`"""
    sexes: list[str]
    """All codes of the sex. Example: `sexes = ["m", "w", "d"]`"""
    female: list[str]
    """Codes of women among them. Example: `female = ["w"]`"""
    nationalities: list[str]
    """All codes of the nationality. Example: `nationalities = ["D", "A"]`"""
    foreign: list[str]
    """Codes of foreigners among them. Example: `foreign = ["A"]`"""
    migrations: list[str]
    """All codes of the migration background. Example: `migrations = ["0", "1"]`"""
    migrant: list[str]
    """Codes of people with one among them. Example: `migrant = ["1"]`"""
    ignore: list[str] = Field(default_factory=list)
    """Columns that nobody reads. Example: `ignore = ["STRASSE"]`"""

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
    """A table of counts, one row per base unit: which columns make which Merkmal."""

    unit: str
    """The column with the base unit. Example: `unit = "BBS"`"""
    unit_digits: Digits | None = None
    """Pads ids that lost their leading zeros in a spreadsheet to so many digits, and counts them.

    Example: `unit_digits = 8`
    """
    unit_pattern: IdPattern | None = None
    r"""Where the id stands in its cell: the one group of a pattern of the whole.

    Example: `unit_pattern = '(\d+) .*'`
    """
    unit_by_name: Identifier | None = None
    """The column has names of the units of this Raumebene, of which each is one base unit, not ids. The names are those
    of polygons, of `names` and of city.toml on the Zuschnitt of the Stichtag.

    Example: `unit_by_name = "stadtteil"`
    """
    unit_lookup: Annotated[str, Field(pattern=r"^[^/\\]+\.csv$")] | None = None
    """With `unit_by_name`: a CSV file beside sources.toml with the columns `name` and `id`, for names that are written
    in another way or that several units have. It takes precedence.

    Example: `unit_lookup = "stadtteile.csv"`
    """
    merkmale: dict[Identifier, Summands] = Field(min_length=1)
    """Merkmal = the columns whose sum it is; `A000..A002` is a run of columns.

    Example: `merkmale = { einwohner_0_2 = ["A000..A002"] }`
    """
    ignore: Columns = Field(default_factory=list)
    """Columns that nobody reads. Example: `ignore = ["Bezirk"]`"""
    drop: list[Drop] = Field(default_factory=list)
    """Rows left out on purpose."""
    totals: dict[Identifier, dict[str, str]] = Field(default_factory=dict)
    """Rows with the office's own totals: Raumebene, and text in the column `unit` = the id of its unit. They are no
    units but control sums: a check compares them with ours.

    Example: `totals = { stadtbezirk = { "Bezirk 1" = "01" }, stadt = { Insgesamt = "05111000" } }`
    """
    only: dict[str, list[str]] = Field(default_factory=dict)
    """Rows that are wanted, column = texts; others are counted under `other rows`.

    Example: `only = { Geschlecht = ["insgesamt"] }`
    """
    others: dict[str, list[str]] = Field(default_factory=dict)
    """For the columns by which rows are picked (`only`, `long.columns`): texts of rows left out on purpose. Then any
    other text is refused, and such a row says nothing about its unit.

    Example: `others = { Geschlecht = ["weiblich", "männlich"] }`
    """
    unlisted: Literal["missing", "zero"] = "missing"
    """What a base unit without a row means: *missing* (it has no figure, and a check stops), or *zero* (the office
    leaves out what is empty). A unit with a row that a rule leaves out has no figure.

    Example: `unlisted = "zero"`
    """

    @model_validator(mode="after")
    def _a_unit_has_a_name_or_an_id(self) -> Self:
        if self.unit_lookup and not self.unit_by_name:
            message = "`unit_lookup` says which units names are of: it goes with `unit_by_name`"
            raise ValueError(message)
        if self.unit_by_name and self.unit_digits is not None:
            message = "`unit_digits` pads ids; with `unit_by_name` the column has none"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _each_total_is_of_one_unit(self) -> Self:
        texts = [text for units in self.totals.values() for text in units]
        dropping = [rule for rule in self.drop if rule.column == self.unit]
        dropped = {text for text in texts if any(rule.leaves_out(text) for rule in dropping)}
        if twice := sorted({text for text in texts if texts.count(text) > 1 or text in dropped}):
            message = f"`totals`: {', '.join(twice)} is the total of two units, or in `drop` too"
            raise ValueError(message)
        return self


class Assignment(Strict):
    """Which unit of which Raumebene a base unit belongs to in a Zuschnitt."""

    unit: str
    """The column with the base unit. Example: `unit = "BBS"`"""
    unit_digits: Digits | None = None
    """Pads ids that lost their leading zeros to so many digits. Example: `unit_digits = 8`"""
    unit_pattern: IdPattern | None = None
    r"""Where the id stands in its cell: the one group of a pattern of the whole.

    Example: `unit_pattern = '(\d+) .*'`
    """
    units: dict[Identifier, str] = Field(min_length=1)
    """Raumebene = the column with its unit. Example: `units = { sozialraum = "SR" }`"""
    names: dict[Identifier, str] = Field(default_factory=dict)
    """Raumebene = the column with the name of its unit, where a file has both; a blank cell says nothing.

    Example: `names = { sozialraum = "SR_NAME" }`
    """
    ignore: list[str] = Field(default_factory=list)
    """Columns that nobody reads. Example: `ignore = ["STRASSE"]`"""
    only: dict[str, list[str]] = Field(default_factory=dict)
    """Column = the texts of the rows that are wanted, such as one city in a file of the country; others are counted
    under `other rows`.

    Example: `only = { Gemeinde = ["05111000"] }`
    """
    drop: list[Drop] = Field(default_factory=list)
    """Rows left out on purpose."""


class Names(Strict):
    """Names of units: one row per unit, the Raumebene in a column."""

    level: str
    """The column that says the Raumebene. Example: `level = "EBENE"`"""
    id: str
    """The column with the unit's id. Example: `id = "NUMMER"`"""
    name: str
    """The column with its name. Example: `name = "NAME"`"""
    levels: dict[str, Identifier]
    """Text in the column `level` = Raumebene. Example: `levels = { ST = "stadtteil" }`"""
    only: dict[str, list[str]] = Field(default_factory=dict)
    """Column = the texts of the rows that are wanted, such as one city in a file of the country; others are counted
    under `other rows`.

    Example: `only = { GEMEINDE = ["05111000"] }`
    """
    drop: list[Drop] = Field(default_factory=list)
    """Rows left out on purpose."""


class Parent(Strict):
    """A property that says in which unit of a coarser Raumebene a polygon lies; it must agree with the id."""

    property: str
    """The property with the coarser unit's id. Example: `property = "STADTTEIL_NR"`"""
    digits: Digits | None = None
    """Pads a number that is written without its leading zeros. Example: `digits = 3`"""


class Geometry(Strict):
    """Polygons of base units, or of the units of a Raumebene; properties may also name the units they belong to."""

    id_property: str
    """The property with the unit's id. Example: `id_property = "SOZIALRAUM"`"""
    level: Identifier | None = None
    """The Raumebene whose units they are; without it they are base units. Example: `level = "sozialraum"`"""
    unit_digits: Digits | None = None
    """Pads ids that lost their leading zeros to so many digits. Example: `unit_digits = 6`"""
    unit_pattern: IdPattern | None = None
    r"""Where the id stands in the property: the one group of a pattern of the whole.

    Example: `unit_pattern = '(\d+) .*'`
    """
    parents: dict[Identifier, Parent] = Field(default_factory=dict)
    """Raumebene = the property that says in which of its units a polygon lies; it must agree with the id.

    Example: `parents = { stadtteil = { property = "STADTTEIL_NR", digits = 3 } }`
    """
    tolerance_m2: float = Field(default=1.0, gt=0)
    """The area from which an overlap or gap between neighbours is reported. Example: `tolerance_m2 = 10.0`"""
    axes: Literal["east_north", "north_east"] = "east_north"
    """In which order a point has its two numbers. Example: `axes = "north_east"`"""
    crs: Annotated[str, Field(pattern=r"^EPSG:\d+$")]
    """The coordinate system of the file. Example: `crs = "EPSG:4326"`"""
    names: dict[Identifier, str] = Field(default_factory=dict)
    """Raumebene = the property with the name of its unit. Example: `names = { stadtteil = "STADTTEIL_NAME" }`"""
    only: dict[str, list[str]] = Field(default_factory=dict)
    """Property = the texts of the features that are wanted, such as one city in a file of the country; others are
    counted under `other rows`.

    Example: `only = { GEMEINDE = ["05111000"] }`
    """
    drop: list[Drop] = Field(default_factory=list)
    """Features left out on purpose."""


class Barriers(Strict):
    """Lines that a Sozialraum should not cross (rail, river, motorway): what `review` and `propose` look at."""

    crs: Annotated[str, Field(pattern=r"^EPSG:\d+$")]
    """The coordinate system of the file. Example: `crs = "EPSG:25832"`"""
    id_property: str = ""
    """The property by which messages name a line. A WFS needs it to bring features in order.

    Example: `id_property = "NAME"`
    """
    axes: Literal["east_north", "north_east"] = "east_north"
    """In which order a point has its two numbers. Example: `axes = "north_east"`"""
    only: dict[str, list[str]] = Field(default_factory=dict)
    """Property = the texts of the lines that are wanted; others are counted under `other rows`.

    Example: `only = { ART = ["Bahn", "Autobahn"] }`
    """
    drop: list[Drop] = Field(default_factory=list)
    """Lines left out on purpose."""


Drawn = Geometry | Barriers
"""Contracts of files that a map is drawn of."""


class Official(Strict):
    """Official totals of the whole city, one row per Stichtag."""

    merkmale: dict[Identifier, str] = Field(min_length=1)
    """Merkmal = the column with its total. Example: `merkmale = { einwohner = "insgesamt" }`"""
    ignore: Columns = Field(default_factory=list)
    """Columns that nobody reads. Example: `ignore = ["Bemerkung"]`"""
    only: dict[str, list[str]] = Field(default_factory=dict)
    """The city's rows in a table of many places, column = texts. Example: `only = { AGS = ["05111000"] }`"""


KINDS = ("register", "matrix", "assignment", "names", "geometry", "barriers", "official")
