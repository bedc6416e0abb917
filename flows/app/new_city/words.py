"""The words of a header or a label, so that `POP_TOTAL`, `PopTotal` and `pop total` are the same."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_WORD = re.compile(r"[a-z]+|\d+")
_CAMEL = re.compile(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])")


def plain(text: str) -> str:
    """Return a text in small letters of ASCII, its words parted by one blank."""
    parted = _CAMEL.sub(" ", unicodedata.normalize("NFC", text))
    letters = unicodedata.normalize("NFKD", parted.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
    return " ".join(_WORD.findall(letters))


def words_of(text: str) -> frozenset[str]:
    """Return the different words of a text."""
    return frozenset(plain(text).split())
