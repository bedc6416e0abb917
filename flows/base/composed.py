"""Letters such as ä in one way: some programs write them as two characters, which look the same (NFD).

Profiles are read so, and so are headers, cells and names of files, so that a text means the same however it came.
"""

from __future__ import annotations

import unicodedata


def composed(text: str) -> str:
    """Return a text with each letter as one character where there is one (NFC)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def is_composed(text: str) -> bool:
    """Return whether a text is written in that way."""
    return text.isascii() or unicodedata.is_normalized("NFC", text)
