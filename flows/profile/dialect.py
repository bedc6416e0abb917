"""How a file is written, as data: the difference between its bytes and a plain table."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from flows.base.strict import Strict
from flows.profile.vocabulary import Sign

Factor = Annotated[float, Field(gt=0, allow_inf_nan=False)]
"""What a figure is multiplied by."""


class Long(Strict):
    """A file with one value a row: which rows are wanted, and the name that each value's column would have."""

    value: str
    """The column with the figures. Example: `value = "Anzahl"`"""
    columns: dict[str, dict[str, str | list[str]]] = Field(min_length=1)
    """For each name that the contract uses, the texts that a row must have in other columns. A row that fits none is
    left out and counted under `other rows`.

    Example: `columns = { frauen = { Geschlecht = ["w", "weiblich"] } }`
    """
    unit: str | None = None
    """The column with the unit of the value. Example: `unit = "value_unit"`"""
    units: dict[str, Factor] = Field(default_factory=dict)
    """What a value in each unit is multiplied by. Example: `units = { Anzahl = 1, "1000" = 1000 }`"""

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
    """How a file is written: the difference between its bytes and a plain table."""

    format: Literal["csv", "ffcsv", "xlsx", "ods", "geojson", "gpkg", "shp"] = "csv"
    """The kind of file; *ffcsv* is the flat file of GENESIS, *shp* a ZIP with the parts of a Shapefile.

    Example: `format = "xlsx"`
    """
    encoding: Literal["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"] = "utf-8"
    """The encoding of a text file; it is never guessed. Example: `encoding = "cp1252"`"""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ";"
    """What stands between two cells. Example: `delimiter = ","`"""
    quote: Annotated[str, Field(max_length=1)] = '"'
    """What stands around a cell; empty where nothing is quoted. Example: `quote = ""`"""
    decimal: Literal[",", "."] = ","
    """The sign before the decimals. Example: `decimal = "."`"""
    thousands: Literal[".", ",", " ", ""] = ""
    """The sign between thousands. Example: `thousands = "."`"""
    member: str | None = None
    """Pattern of the one file in a ZIP. Example: `member = "*.csv"`"""
    preamble: int = Field(default=0, ge=0)
    """Lines above the header. Example: `preamble = 3`"""
    header_rows: int = Field(default=1, ge=1)
    """Lines of the header; their texts are joined with ` / `. Example: `header_rows = 2`"""
    blank_headers: list[str] = Field(default_factory=list)
    """Names for columns without a header, from left to right. Example: `blank_headers = ["Nummer"]`"""
    footer: str | None = None
    """The row whose first cell begins with this, and all below, are notes. Example: `footer = "Quelle:"`"""
    table_below: bool = False
    """Below the footer stands another table, which is not read. Example: `table_below = true`"""
    sheet: str | None = None
    """The sheet of a workbook; must be said where there is more than one, or it is hidden.

    Example: `sheet = "Tabelle 1"`
    """
    area: Annotated[str, Field(pattern=r"^[A-Z]{1,3}[1-9]\d*:[A-Z]{1,3}([1-9]\d*)?$")] | None = None
    """Where in the sheet the table lies, its header included; without an end row down to the last.

    Example: `area = "B4:F200"`
    """
    cells: dict[Annotated[str, Field(pattern=r"^[A-Z]{1,3}[1-9]\d*$")], str] = Field(default_factory=dict)
    """Which text stands in which cell, so that a changed layout shows.

    Example: `cells = { A1 = "Einwohner am 31.12." }`
    """
    layer: str | None = None
    """The layer of a GeoPackage, or the feature type of a WFS. Example: `layer = "stadtteile"`"""
    units: dict[str, Factor] = Field(default_factory=dict)
    """What the figures of a column are multiplied by. Example: `units = { "Fläche (1000 qm)" = 1000 }`"""
    long: Long | None = None
    """For files with one value a row."""
    missing: dict[str, Sign] = Field(default_factory=dict)
    """What each sign in place of a figure says (docs/staging.md).

    Example: `missing = { "-" = "nichts", "." = "unbekannt" }`
    """

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.format not in SHEETS and (self.area or self.cells or self.sheet):
            message = "`sheet`, `area` and `cells` describe a workbook; set format = 'xlsx' or 'ods'"
            raise ValueError(message)
        if self.delimiter in {self.quote, *"0123456789\r\n"} or self.thousands == self.decimal:
            message = (
                "`delimiter` and `quote`, and `thousands` and `decimal` (a comma unless it is set), must be two signs, "
                "and the delimiter neither a digit nor a line break"
            )
            raise ValueError(message)
        if self.footer and self.format not in SHEETS and self.delimiter in self.footer:
            message = f"`footer` is compared with the first cell of a line, which ends before {self.delimiter!r}"
            raise ValueError(message)
        if padded := [sign for sign in self.missing if sign != sign.strip()]:
            message = f"`missing`: cells are read without blanks at their ends; found the signs {padded} with some"
            raise ValueError(message)
        if self.format == "ffcsv" and self.long is None:
            message = "format = 'ffcsv' needs `long`, which says which of its rows are which column"
            raise ValueError(message)
        return self
