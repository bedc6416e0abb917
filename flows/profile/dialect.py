"""How a file is written, as data: the difference between its bytes and a plain table."""

from __future__ import annotations

import codecs
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from flows.base.strict import Strict
from flows.profile.vocabulary import Mark, Sign

Factor = Annotated[float, Field(gt=0, allow_inf_nan=False)]
"""What a figure is multiplied by."""


def run_of(text: str) -> list[str]:
    """Return the texts that `text` stands for: a run like ``A000..A002`` or ``0..99`` spelled out, else itself."""
    match = re.fullmatch(r"(.*?)(\d+)\.\.(.*?)(\d+)", text)
    if not match:
        return [text]
    head, first, head_again, last = match.groups()
    padded = len(first) == len(last)
    if head != head_again or int(first) > int(last) or not (padded or first == str(int(first))):
        message = f"{text!r} is not a run of columns: expected the same letters and as many digits on both sides"
        raise ValueError(message)
    return [f"{head}{number:0{len(first) if padded else 1}d}" for number in range(int(first), int(last) + 1)]


def _runs_are_right(texts: list[str]) -> list[str]:
    for text in texts:
        run_of(text)
    return texts


Runs = Annotated[list[str], AfterValidator(_runs_are_right)]
_TOTALS = {"insgesamt", "gesamt", "zusammen", "summe", "total", "alle", "all", "sum"}


class Long(Strict):
    """A file with one value a row: which rows are wanted, and the name that each value's column would have.

    ``columns`` gives, for each name that the contract uses, the texts that a row must have in other columns
    (GENESIS: the attribute codes). A row that fits none is left out and counted under ``other rows``. ``unit``
    names the column with the unit of the value; ``units`` what a value in each of them is multiplied by.
    """

    value: str
    columns: dict[str, dict[str, str | list[str]]] = Field(min_length=1)
    unit: str | None = None
    units: dict[str, Factor] = Field(default_factory=dict)
    sum: bool = False
    """Whether rows of one column that differ in the columns of ``over`` are parts which are added."""
    over: dict[str, Runs] = Field(default_factory=dict)
    """Column = the texts whose rows are added (``0..99`` names a run). A row with any other text is refused, and so is
    a text that stands for the sum of the others."""
    totals: dict[str, list[str]] = Field(default_factory=dict)
    """Column of ``over`` = the texts of rows that are already sums over it; they are left out and counted."""

    @model_validator(mode="after")
    def _needs(self) -> Self:
        if (self.unit is None) != (not self.units):
            message = "`unit` (the column) and `units` (unit = factor) go together"
            raise ValueError(message)
        if self.sum != bool(self.over):
            message = "`sum = true` and `over` (column = texts whose rows are added) go together"
            raise ValueError(message)
        if strange := sorted((set(self.totals) - set(self.over)) | (set(self.over) & {*self._picked_by, self.value})):
            message = f"`totals` is about columns of `over`, and those are no columns of `columns`; found {strange}"
            raise ValueError(message)
        for column, texts in self.parts.items():
            if len(set(texts)) < len(texts) or not texts or set(texts) & set(self.totals.get(column, ())):
                message = f"over.{column}: expected different texts, of which none is in `totals`; found {texts}"
                raise ValueError(message)
            if total := next((text for text in texts if text.strip().casefold() in _TOTALS), None):
                message = f"over.{column}: {total!r} is called like a total and would count twice; name it in `totals`"
                raise ValueError(message)
        return self

    @property
    def _picked_by(self) -> list[str]:
        return [column for texts in self.columns.values() for column in texts]

    @property
    def parts(self) -> dict[str, list[str]]:
        """The texts of each column of ``over``, runs spelled out."""
        return {column: [text for run in texts for text in run_of(run)] for column, texts in self.over.items()}

    @property
    def reads(self) -> list[str]:
        """The columns of the file that this description needs."""
        return list(dict.fromkeys([self.value, *self._picked_by, *self.over, *([self.unit] if self.unit else [])]))


_NOT_OF_FILES = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}


def _known_encoding(name: str) -> str:
    try:
        "".encode(name)
        known = codecs.lookup(name).name not in _NOT_OF_FILES
    except (LookupError, UnicodeError, ValueError):
        known = False
    if not known:
        message = f"expected an encoding of texts that Python knows, such as 'cp1252' or 'iso-8859-2', found {name!r}"
        raise ValueError(message)
    return name


Encoding = Annotated[str, AfterValidator(_known_encoding)]

SHEETS = ("xlsx", "ods")
POLYGONS = ("geojson", "gpkg", "shp", "kml", "fgb", "topojson", "geoparquet")
BLANKS = " \xa0\u202f\u2009"
"""What a blank within a figure, or between it and its mark, may be: also a no-break or a thin one."""
_GROUPED_BY = {" ": BLANKS, "'": "'\u2019"}
_FIGURE = "#"
"""Where the figure stands in a mark."""


class Dialect(Strict):
    """How a file is written: the difference between its bytes and a plain table.

    ``format`` *ffcsv* is the flat file of the GENESIS databases: a CSV whose columns are known by the format.
    ``header_rows`` lines make one header, joined with `` / ``; ``blank_headers`` names columns without one,
    from left to right. In a workbook, ``area`` (``B4:F200``) bounds the table and ``cells`` says what must
    stand in which cell, so that a changed layout shows.
    """

    format: Literal["csv", "ffcsv", "xlsx", "ods", "geojson", "gpkg", "shp", "kml", "fgb", "topojson", "geoparquet"] = (
        "csv"
    )
    encoding: Encoding = "utf-8"
    """Any encoding of texts that Python knows, by name (``cp850``, ``iso-8859-2``, ``utf-16-le``). It is never guessed:
    bytes that are clearly of another are refused."""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ";"
    quote: Annotated[str, Field(max_length=1)] = '"'  # empty: the file quotes nothing
    decimal: Literal[",", "."] = ","
    thousands: Literal[".", ",", " ", "'", ""] = ""
    """The sign between groups of three digits. A blank stands for every kind of blank (no-break, narrow, thin), ``'``
    for both apostrophes."""
    member: str | None = None  # pattern of the file inside a ZIP
    preamble: int = Field(default=0, ge=0)  # lines above the header
    header_rows: int = Field(default=1, ge=1)
    blank_headers: list[str] = Field(default_factory=list)
    merged_headers: bool = False
    """Of a text file with several header rows: the texts above the last run on to the right, as merged cells do. (In a
    workbook they always do.)"""
    number_headers: bool = False
    """Whether the second of two columns of one name is called ``name (2)``, the third ``name (3)``."""
    carry_down: list[str] = Field(default_factory=list)
    """Columns in which a blank cell has the text of the row above."""
    section: str | None = None
    """Rows of which only the first cell is filled are headings, of a larger area mostly. They are left out and counted
    as ``section``; this is the name of a column with the last heading above a row, such as for ``only``."""
    footer: str | None = None  # the line that begins with this, and all below, are notes
    table_below: bool = False  # below the footer stands another table, which is not read
    sheet: str | None = None
    area: Annotated[str, Field(pattern=r"^[A-Z]{1,3}[1-9]\d*:[A-Z]{1,3}([1-9]\d*)?$")] | None = None
    cells: dict[Annotated[str, Field(pattern=r"^[A-Z]{1,3}[1-9]\d*$")], str] = Field(default_factory=dict)
    layer: str | None = None  # of a GeoPackage, or the feature type of a WFS
    units: dict[str, Factor] = Field(default_factory=dict)  # column = what its figures are multiplied by
    long: Long | None = None
    missing: dict[str, Sign] = Field(default_factory=dict)
    marks: dict[str, Mark] = Field(default_factory=dict)
    """What stands beside a figure, which is written as ``#``, and what that states: ``"(#)" = "unsicher"``,
    ``"# r" = "gilt"``, ``"<#" = "unbekannt"``. With *gilt* the figure counts as it stands; any other word takes its
    place, and the figure is not used."""

    @property
    def thousands_signs(self) -> str:
        """Every sign that parts groups of three digits; none where figures are not grouped."""
        return _GROUPED_BY.get(self.thousands, self.thousands)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.format not in SHEETS and (self.area or self.cells or self.sheet):
            message = "`sheet`, `area` and `cells` describe a workbook; set format = 'xlsx' or 'ods'"
            raise ValueError(message)
        if self.delimiter in {self.quote, *"0123456789\r\n"} or {self.quote, self.decimal} & {*self.thousands_signs}:
            message = (
                "`delimiter` and `quote`, and `thousands` and `decimal` (a comma unless it is set), must be two signs, "
                "`thousands` and `quote` too, and the delimiter neither a digit nor a line break"
            )
            raise ValueError(message)
        if self.footer and self.format not in SHEETS and self.delimiter in self.footer:
            message = f"`footer` is compared with the first cell of a line, which ends before {self.delimiter!r}"
            raise ValueError(message)
        if padded := [sign for sign in self.missing if sign != sign.strip()]:
            message = f"`missing`: cells are read without blanks at their ends; found the signs {padded} with some"
            raise ValueError(message)
        if wrong := next((mark for mark in self.marks if not self._stands_apart(mark)), None):
            message = (
                f"`marks`: expected a text with one {_FIGURE} for the figure, and beside it no sign that could be part "
                f"of it; found {wrong!r}"
            )
            raise ValueError(message)
        if self.format == "ffcsv" and self.long is None:
            message = "format = 'ffcsv' needs `long`, which says which of its rows are which column"
            raise ValueError(message)
        return self

    def _stands_apart(self, mark: str) -> bool:
        """Say whether nothing of a mark can be read as a part of the figure beside it."""
        before, _, after = mark.partition(_FIGURE)
        group, point = (
            f"[{re.escape(self.thousands_signs)}]" if self.thousands_signs else "(?!)",
            re.escape(self.decimal),
        )
        part_of_figure = rf"[0-9]|{group}[0-9]{{3}}|{point}[0-9]"
        return (
            mark.count(_FIGURE) == 1 and mark == mark.strip() != _FIGURE
            and not re.match(part_of_figure, after)
            and not re.search(rf"[-+0-9]$|{group}$|{point}$", before)
        )  # fmt: skip
