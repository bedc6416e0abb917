"""Reads a PC-Axis file (PX), by its encoding and no other.

Layout: PX file format specification 2013, Statistics Sweden: statements ``KEYWORD[language]("subject")=values;``, of
which the last is DATA. The stub's dimensions change slower than the heading's, and of each the first the slowest.
"""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from flows.base.errors import ContractBroken
from flows.profile.dialect import Dialect
from flows.stage.read.cell_text import number_text
from flows.stage.read.cube import Cube, Dimension
from flows.stage.read.text import text_lines

# what is read is never given back (`++`): a damaged file would take for ever otherwise
_STATEMENT = re.compile(
    r'\s*(?P<keyword>[A-Z][A-Z0-9-]*)(\[(?P<language>[^\]"]*)\])?'
    r'(\(\s*(?P<subject>"[^"]*"(\s*,\s*"[^"]*")*)\s*\))?\s*=(?P<values>(?:[^";]++|"[^"]*+")*+);'
)
_ITEM = re.compile(r'\s*(?P<text>(?:"[^"]*+"\s*+)++|[^",]++)\s*+(?:,|$)')
_QUOTED = re.compile(r'"([^"]*)"')
_DATUM = re.compile(r'"[^"]*"|[^\s"]+')
_FIGURE = re.compile(r"-?\d+(\.\d+)?")  # anything else is a sign, or no figure to anybody
_END = re.compile("[\\s\x1a]*")


@dataclass(frozen=True)
class PxFile:
    """The statements of a file in its own language: values by keyword and subject, and the texts of its data."""

    values: dict[tuple[str, str], list[str]]
    data: list[str]

    def of(self, keyword: str, subject: str = "") -> list[str]:
        """Return the values of a keyword, none where the file has no such statement."""
        return self.values.get((keyword, subject), [])


def px_cube(delivered: Path, name: str, dialect: Dialect) -> Cube:
    """Return the cube that the file `name` holds.

    Raises:
        ContractBroken: it is of another encoding, no PX file, or has fewer or more figures than its dimensions say.
    """
    file = px_file(delivered, name, dialect)
    dimensions = [_dimension(name, file, each) for each in (*file.of("STUB"), *file.of("HEADING"))]
    expected = math.prod(len(each.texts) for each in dimensions)
    if not dimensions or expected != len(file.data):
        sizes = " x ".join(str(len(each.texts)) for each in dimensions) or "no dimensions"
        raise _refusal(name, f"{expected if dimensions else 'some'} figures ({sizes})", f"{len(file.data)}")
    values = {
        place: number_text(text, dialect.decimal) if _FIGURE.fullmatch(text) else text.strip('"')
        for place, text in enumerate(file.data)
    }
    return Cube(dimensions, values)


def px_file(delivered: Path, name: str, dialect: Dialect) -> PxFile:
    """Return the statements of a file that are not in another language than its first.

    Raises:
        ContractBroken: it is of another encoding, or no PX file; names the line.
    """
    text = "".join(text_lines(delivered, name, dialect)).removeprefix("\ufeff")
    values: dict[tuple[str, str], list[str]] = {}
    data: list[str] | None = None
    for line, found in _statements(name, text):
        keyword, subject = found["keyword"], ",".join(_QUOTED.findall(found["subject"] or ""))
        if found["language"] is not None:
            continue
        if (keyword, subject) in values or data is not None:
            raise _refusal(name, f"DATA as the last statement, and each once (line {line})", f"another {keyword}")
        if keyword == "DATA":
            data = _DATUM.findall(found["values"])
        else:
            values[keyword, subject] = _items(name, line, found["values"])
    file = PxFile(values, data or [])
    if data is None:
        raise _refusal(name, "the statement DATA", "none")
    if any(keyword == "KEYS" for keyword, _ in values):
        raise _refusal(name, "all figures of the cube", "KEYS, by which some are left out", "Ask for it without KEYS.")
    _refuse_other_codepage(name, file, dialect)
    return file


def _statements(name: str, text: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield each statement with the line in which it ends."""
    at, line = 0, 1
    while not _END.fullmatch(text, at):
        found = _STATEMENT.match(text, at)
        if found is None:
            line += text.count("\n", at, at + len(text[at:]) - len(text[at:].lstrip()))
            raise _refusal(name, f"a statement KEYWORD=values; in line {line}", repr(text[at:].strip()[:40]))
        line += text.count("\n", at, found.end())
        yield line, found
        at = found.end()


def _items(name: str, line: int, values: str) -> list[str]:
    """Return the values of a statement; a text may be written in parts, one below the other."""
    items, at, values = list[str](), 0, values.strip()
    while at < len(values):
        found = _ITEM.match(values, at)
        if found is None:
            raise _refusal(name, f"values between commas, in the statement that ends in line {line}", repr(values[:40]))
        quoted = _QUOTED.findall(found["text"])
        items.append("".join(quoted) if quoted else found["text"].strip())
        at = found.end()
    return items


def _dimension(name: str, file: PxFile, dimension: str) -> Dimension:
    texts, codes = file.of("VALUES", dimension), file.of("CODES", dimension)
    if not texts or (codes and len(codes) != len(texts)):
        found = f"{len(texts)} and {len(codes)}" if texts else "no VALUES"
        raise _refusal(name, f"as many VALUES as CODES of {dimension!r}", found)
    return Dimension(dimension, texts, codes or None)


def _refuse_other_codepage(name: str, file: PxFile, dialect: Dialect) -> None:
    """Stop when the file says that it is written in another encoding than the profile does."""
    with suppress(LookupError):  # one that nobody knows says nothing
        for said in file.of("CODEPAGE"):
            if codecs.lookup(said).name != codecs.lookup(dialect.encoding.replace("utf-8-sig", "utf-8")).name:
                raise _refusal(
                    name, f"{dialect.encoding} as sources.toml says", f"CODEPAGE={said}", f"Set `encoding = {said!r}`."
                )


def _refusal(
    name: str, expected: str, found: str, remedy: str = "Is it cut short? Ask the supplier for it again."
) -> ContractBroken:
    return ContractBroken(
        f"File {name}: expected a PX file with {expected}, found {found}. {remedy}", code="FS-CONTRACT-02"
    ).at(f"File {name}")
