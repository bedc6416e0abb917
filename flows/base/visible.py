"""Texts in messages: what a screen does not show, or shows as something else, is named."""

from __future__ import annotations

import unicodedata

_LONGEST = 60


def visible(text: str) -> str:
    """Return a text in quotes in which invisible, blank and combining characters stand by their code.

    A right id with a zero-width space behind it looks right; a letter in two parts looks like the letter.
    """
    shown = "".join(f"<U+{ord(sign):04X}>" if _is_hidden(sign) else sign for sign in text[:_LONGEST])
    return f"'{shown}'" + ("..." if len(text) > _LONGEST else "")


def _is_hidden(sign: str) -> bool:
    return sign != " " and unicodedata.category(sign)[0] in "CZM"
