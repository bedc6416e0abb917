"""Patterns (RE2) of the cells of a plain line: what may stand in them so that no rule about figures is in question."""

from __future__ import annotations

import re

from flows.profile.dialect import BLANKS, Dialect


def text_cell(dialect: Dialect) -> str:
    """Return the pattern of a cell with text: without space at its ends, and without quotation marks in it."""
    divides = re.escape(dialect.delimiter) + re.escape(dialect.quote)
    end = rf"[^{divides}\s\pZ\x0b\x1c-\x1f\x{{85}}]"
    return _perhaps_quoted(dialect, rf"(?:{end}(?:[^{divides}]*{end})?)?")


def figure_cell(dialect: Dialect, *, whole: bool, sign: str | None) -> str:
    """Return the pattern of a cell with a figure: digits; with `sign`, digits without a 0 in front, or the sign."""
    first = r"\d" if sign is None else "[1-9]"
    thousands, decimal = (unless_it_divides(dialect, each) for each in (dialect.thousands_signs, dialect.decimal))
    grouped = rf"{first}\d{{0,2}}(?:[{re.escape(thousands)}]\d{{3}}){{1,4}}|" if thousands else ""
    fraction = rf"(?:{re.escape(decimal)}\d{{1,9}})?" if decimal and not whole else ""
    number = rf"(?:{grouped}{first}\d{{0,14}}){fraction}"
    return _perhaps_quoted(dialect, number if sign is None else rf"(?:{number}|{re.escape(sign)})")


def number(dialect: Dialect) -> str:
    """Return the pattern (RE2, and Python's) of every text that is a number, as the dialect writes numbers."""
    signs = dialect.thousands_signs
    grouped = rf"[0-9]{{1,3}}(?:[{re.escape(signs)}][0-9]{{3}}){{1,4}}|" if signs else ""
    return rf"-?(?:{grouped}[0-9]{{1,15}})(?:{re.escape(dialect.decimal)}[0-9]+)?"


def marked_figures(dialect: Dialect) -> dict[str, str]:
    """Return the pattern (RE2, and Python's) of a figure beside each mark of the dialect; its group is the figure."""
    found = {}
    for mark in dialect.marks:
        before, after = (f"[{BLANKS}]+".join(map(re.escape, part.split(" "))) for part in mark.split("#"))
        found[mark] = f"{before}({number(dialect)}){after}"
    return found


def ignored_figure_cell(dialect: Dialect) -> str:
    """Return the pattern of a cell that nobody reads and that holds a figure or the sign for nothing all the same."""
    number, sign = figure_cell(dialect, whole=False, sign=None), sign_for_nothing(dialect)
    return f"(?:{number}|{_perhaps_quoted(dialect, re.escape(sign))})" if sign else number


def sign_for_nothing(dialect: Dialect) -> str:
    """Return the sign that a plain line may have for nothing: none that could be part of a number."""
    others = {*"0123456789", *dialect.thousands_signs, *dialect.decimal, dialect.delimiter, *dialect.quote}
    signs = (sign for sign, status in dialect.missing.items() if status == "nichts")
    return next((sign for sign in signs if sign and not set(sign) & others), "")


def unless_it_divides(dialect: Dialect, signs: str) -> str:
    """Return signs within numbers, but not the delimiter: a cell with it is quoted, and no plain one."""
    return signs.replace(dialect.delimiter, "")


def _perhaps_quoted(dialect: Dialect, cell: str) -> str:
    quote = re.escape(dialect.quote)
    return rf"(?:{cell}|{quote}{cell}{quote})" if quote else cell
