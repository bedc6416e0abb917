"""Numbers as German readers write them: 1.234,5 and 12,3 %."""

from __future__ import annotations

_GERMAN = str.maketrans(",.", ".,")


def german(written: str) -> str:
    """Return a number that is written as in English (1,234.5) as Germans write it."""
    return written.translate(_GERMAN)


def english(written: str) -> str:
    """Return a number that is written as Germans write it (1.234,5) as it is in English."""
    return written.translate(_GERMAN)  # commas and points change places, which also leads back


def number(value: float | None, digits: int = 0) -> str:
    """Return a number with so many decimals, 0 without a sign; nothing for one that is not published."""
    return "" if value is None else german(f"{value:z,.{digits}f}")


def percent(share: float | None) -> str:
    """Return a share in percent, so that a little is not written as nothing, nor almost all as all."""
    if share is None:
        return ""
    if 0 < share < 0.0005:
        return "< 0,1 %"
    if 0.9995 <= share < 1:
        return "> 99,9 %"
    return f"{number(100 * share, 1)} %"
