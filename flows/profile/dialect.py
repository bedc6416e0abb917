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
    sum: bool = False
    """Rows of one column that differ in the columns of `over` are parts, which are added. Example: `sum = true`"""
    over: dict[str, Runs] = Field(default_factory=dict)
    """Column = the texts whose rows are added (`0..99` is a run). A row with any other text is refused, and so is one
    that stands for the sum of the others.

    Example: `over = { Geschlecht = ["w", "m"] }`
    """
    totals: dict[str, list[str]] = Field(default_factory=dict)
    """Column of `over` = the texts of rows that are already sums over it; they are left out and counted.

    Example: `totals = { Geschlecht = ["insgesamt"] }`
    """

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
CUBES = ("px", "json-stat")
"""Formats in which figures have dimensions; they are read as long tables (flows.stage.read.cube)."""
POLYGONS = ("geojson", "gpkg", "shp", "kml", "fgb", "topojson", "geoparquet")
BLANKS = " \xa0\u202f\u2009"
"""What a blank within a figure, or between it and its mark, may be: also a no-break or a thin one."""
GROUPED_BY = {".": ".", ",": ",", " ": BLANKS, "'": "'\u2019"}
"""Every sign that parts groups of three digits, by what `thousands` says of it."""
_FIGURE = "#"
"""Where the figure stands in a mark."""


class Dialect(Strict):
    """How a file is written: the difference between its bytes and a plain table."""

    format: Literal[
        "csv", "ffcsv", "xlsx", "ods", "parquet", "px", "json-stat",
        "geojson", "gpkg", "shp", "kml", "fgb", "topojson", "geoparquet",
    ] = "csv"  # fmt: skip
    """The kind of file; *ffcsv* is the flat file of GENESIS, *px* one of PC-Axis, *shp* a ZIP with the parts of a
    Shapefile, *fgb* a FlatGeobuf.

    Example: `format = "xlsx"`
    """
    encoding: Encoding = "utf-8"
    """Any encoding of texts that Python knows, by name. It is never guessed: bytes that are clearly of another are
    refused.

    Example: `encoding = "cp1252"`
    """
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ";"
    """What stands between two cells. Example: `delimiter = ","`"""
    quote: Annotated[str, Field(max_length=1)] = '"'
    """What stands around a cell; empty where nothing is quoted. Example: `quote = ""`"""
    decimal: Literal[",", "."] = ","
    """The sign before the decimals. Example: `decimal = "."`"""
    thousands: Literal[".", ",", " ", "'", ""] = ""
    """The sign between groups of three digits. A blank stands for every kind of blank (no-break, narrow, thin), `'` for
    both apostrophes.

    Example: `thousands = "."`
    """
    member: str | None = None
    """Pattern of the one file in a ZIP. Example: `member = "*.csv"`"""
    preamble: int = Field(default=0, ge=0)
    """Lines above the header. Example: `preamble = 3`"""
    header_rows: int = Field(default=1, ge=1)
    """Lines of the header; their texts are joined with ` / `. Example: `header_rows = 2`"""
    blank_headers: list[str] = Field(default_factory=list)
    """Names for columns without a header, from left to right. Example: `blank_headers = ["Nummer"]`"""
    merged_headers: bool = False
    """Of a text file with several header rows: the texts above the last run on to the right, as merged cells do. (In a
    workbook they always do.)

    Example: `merged_headers = true`
    """
    number_headers: bool = False
    """The second of two columns of one name is called `name (2)`, the third `name (3)`.

    Example: `number_headers = true`
    """
    carry_down: list[str] = Field(default_factory=list)
    """Columns in which a blank cell has the text of the row above. Example: `carry_down = ["Bezirk"]`"""
    section: str | None = None
    """Rows of which only the first cell is filled are headings, mostly of a larger area. They are left out and counted
    as `section`; this is the name of a column with the last heading above a row, such as for `only`.

    Example: `section = "Bezirk"`
    """
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
    marks: dict[str, Mark] = Field(default_factory=dict)
    """What stands beside a figure, which is written as `#`, and what that states. With *gilt* the figure counts as it
    stands; any other word takes its place, and the figure is not used.

    Example: `marks = { "# r" = "gilt", "(#)" = "unbekannt" }`
    """

    @property
    def thousands_signs(self) -> str:
        """Every sign that parts groups of three digits; none where figures are not grouped."""
        return GROUPED_BY.get(self.thousands, "")

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
        blanks = str.maketrans(dict.fromkeys(BLANKS, " "))
        alike = [" ".join(mark.translate(blanks).split(" ")) for mark in self.marks]
        if twice := next((mark for mark in alike if alike.count(mark) > 1), None):
            message = f"`marks`: a blank stands for every kind of blank, so {twice!r} is there twice"
            raise ValueError(message)
        if self.section is not None and "" in self.missing:
            message = (
                "`section`: a row of which only the first cell is filled cannot be a heading and a unit whose "
                "figures are blank (`missing` has a sign for blank cells)"
            )
            raise ValueError(message)
        laid_out = {"preamble", "header_rows", "blank_headers", "merged_headers", "footer", "table_below", "section"}
        if self.format in ("parquet", *CUBES) and (around := sorted(laid_out & self.model_fields_set)):
            message = f"format = {self.format!r} has a table and nothing around it; leave out {', '.join(around)}"
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
