"""The words of a header or a label, so that `POP_TOTAL`, `PopTotal` and `pop total` are the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

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


def titles_of(*texts: str | Sequence[str]) -> list[str]:
    """Return what titles and file names may say of figures: each whole, and up to where it says by what or when."""
    found = list[str]()
    for text in (each for given in texts for each in ([given] if isinstance(given, str) else given)):
        without_days = re.sub(r"[\d_.\-]+", " ", text).strip()
        found += [
            text,
            without_days,
            re.split(r"\b(nach|by|am|zum|in|je|der|bis|ab|seit|from|to|Stand)\b|[:,(]", without_days)[0].strip(),
        ]
    return list(dict.fromkeys(each for each in found if each))
