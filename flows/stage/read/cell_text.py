"""Numbers as text, as the cells of a table have them: without an exponent, with the decimal sign of the dialect."""

from __future__ import annotations

import re
from decimal import Decimal

_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d{1,3})?")


def number_text(number: str, decimal: str) -> str:
    """Return a number that a program has written (`-1.5`, `2e+05`, `7.0`) as a cell; any other text as it is."""
    if not _NUMBER.fullmatch(number):
        return number
    plain = f"{Decimal(number):f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return plain.replace(".", decimal)
