"""Finds what calamine gives as nothing: cells that hold an error (#N/A), and formulas that nobody has computed.

calamine reads both as empty text, which a source may take for nothing present. So the XML of the sheet is looked at
once more, and only where it has an error or a formula at all.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from flows.base.cell_names import column_and_row

Error = tuple[tuple[int, int], str]
"""Row and column, counted from 0, and the text that stands for what is wrong."""
Errors = dict[tuple[int, int], str]

UNNAMED, NOT_COMPUTED = "#?", "=? (a formula without a value)"
MOST = 1_000_000
"""Cells; nobody has looked at a sheet with more errors than that."""

_IN_XLSX = re.compile(rb"""\bt\s*=\s*["']e["']|<(\w+:)?f[\s/>]""")
_IN_ODS = re.compile(rb"""value-type\s*=\s*["']error["']|formula\s*=""")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ERROR = re.compile(r"#[A-Z0-9/_]+[!?]?|Err:\d+")


def error_cells(path: Path, sheet: str) -> Errors:
    """Return the errors of the named sheet of an XLSX or ODS file; none of a workbook of another kind.

    Raises:
        ValueError: the sheet is not there as it must be, or has more than MOST errors.
        zipfile.BadZipFile, zlib.error, ElementTree.ParseError: the file is damaged.
    """
    found: Errors = {}
    if not zipfile.is_zipfile(path):
        return found
    with zipfile.ZipFile(path) as archive:
        for cell, wrong in _errors(archive, sheet):
            if len(found) == MOST:
                message = f"it has more than {MOST:,} cells with errors"
                raise ValueError(message)
            found[cell] = wrong
    return found


def _errors(archive: zipfile.ZipFile, sheet: str) -> Iterator[Error]:
    names = set(archive.namelist())
    if "content.xml" in names:
        if _has(archive, "content.xml", _IN_ODS):
            yield from _of_ods(archive, sheet)
    elif "xl/workbook.xml" in names:
        member = _member_of(archive, sheet)
        if _has(archive, member, _IN_XLSX):
            yield from _of_xlsx(archive, member)


def _has(archive: zipfile.ZipFile, member: str, pattern: re.Pattern[bytes]) -> bool:
    content = _read(archive, member)
    return content.startswith(_UTF16) or pattern.search(content) is not None


def _read(archive: zipfile.ZipFile, member: str) -> bytes:
    try:
        return archive.read(member)
    except KeyError:
        message = f"it has no part {member}"
        raise ValueError(message) from None


def _member_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return in which part of an XLSX file a sheet stands."""
    book = ElementTree.fromstring(_read(archive, "xl/workbook.xml"))  # noqa: S314 -- in a process of its own
    related = ElementTree.fromstring(_read(archive, "xl/_rels/workbook.xml.rels"))  # noqa: S314 -- as above
    ids = [_said(each, "id") for each in book.iter() if _name(each) == "sheet" and _said(each, "name") == sheet]
    targets = {_said(each, "Id"): _said(each, "Target") for each in related.iter()}
    if not ids or ids[0] not in targets:
        message = f"its sheet {sheet!r} is not where the workbook says"
        raise ValueError(message)
    return posixpath.normpath(posixpath.join("/xl", targets[ids[0]])).lstrip("/")


def _of_xlsx(archive: zipfile.ZipFile, member: str) -> Iterator[Error]:
    row, column = -1, -1
    with archive.open(member) as file:
        for event, element in _elements(file):
            name = _name(element)
            if event == "start" and name == "row":
                row, column = int(_said(element, "r") or row + 2) - 1, -1
            elif event == "end" and name == "c":
                reference = _said(element, "r")
                column = column_and_row(reference)[0] if reference else column + 1
                if wrong := _wrong_in_xlsx(element):
                    yield (row, column), wrong
            elif event == "end" and name == "row":
                element.clear()


def _wrong_in_xlsx(cell: ElementTree.Element) -> str:
    parts = {_name(part): part.text or "" for part in cell}
    kind, value = _said(cell, "t"), parts.get("v", "")
    if kind == "e":
        return value or UNNAMED
    empty_text = kind == "str" and "v" in parts
    return NOT_COMPUTED if "f" in parts and not value and not empty_text else ""


def _of_ods(archive: zipfile.ZipFile, sheet: str) -> Iterator[Error]:
    row = 0
    for times, errors in _rows_of_ods(archive, sheet):
        for at in range(row, row + times) if errors else ():
            for first, many, wrong in errors:
                yield from (((at, column), wrong) for column in range(first, first + many))
        row += times


def _rows_of_ods(archive: zipfile.ZipFile, sheet: str) -> Iterator[tuple[int, list[tuple[int, int, str]]]]:
    """Yield for each row how many times it stands there, and its errors: first column, how many columns, text."""
    column, here = 0, False
    errors: list[tuple[int, int, str]] = []
    with archive.open("content.xml") as file:
        for event, element in _elements(file):
            place = event, _name(element)
            if place == ("start", "table"):
                here = _said(element, "name") == sheet
            elif here and place == ("start", "table-row"):
                column, errors = 0, []
            elif here and place in (("end", "table-cell"), ("end", "covered-table-cell")):
                times = int(_said(element, "number-columns-repeated") or 1)
                if wrong := _wrong_in_ods(element):
                    errors.append((column, times, wrong))
                column += times
            elif here and place == ("end", "table-row"):
                yield int(_said(element, "number-rows-repeated") or 1), errors
                element.clear()


def _wrong_in_ods(cell: ElementTree.Element) -> str:
    kinds = {value for key, value in cell.attrib.items() if key.rpartition("}")[2] == "value-type"}
    text = "".join(cell.itertext()).strip()
    if "error" in kinds:
        return text or UNNAMED
    if not _said(cell, "formula"):
        return ""
    if not kinds:
        return NOT_COMPUTED
    return text if "float" in kinds and _ERROR.fullmatch(text) else ""


def _elements(file: IO[bytes]) -> Iterator[tuple[str, ElementTree.Element]]:
    return ElementTree.iterparse(file, ("start", "end"))  # noqa: S314 -- in a process of its own


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _said(element: ElementTree.Element, attribute: str) -> str:
    """Return an attribute, whichever namespace it is in."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == attribute), "")
