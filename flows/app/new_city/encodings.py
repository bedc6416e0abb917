"""In which encoding a text file is written, confirmed against all of its bytes."""

from __future__ import annotations

import codecs

from pydantic import ValidationError

from flows.app.new_city.guess import Guess, LeftOut
from flows.profile.dialect import Dialect

_SINGLE_BYTE = ("cp1252", "latin-1", "cp850", "mac_roman", "cp1250")
"""From the likeliest on; of several that fit equally well the first is taken."""

_USUAL = set("äöüÄÖÜßéèêëàâáçôóîíïûúñÉÈÀÇšžčŠŽČ§°²³\u2013\u201e\u201c\u201d\u2019€«»·")
"""Letters and signs that names, headers and notes of European offices have."""


def encoding_of(content: bytes) -> Guess[str]:
    """Return the encoding of a file's bytes, which all of them are of.

    Raises:
        LeftOut: the bytes are no text, or of an encoding that no profile can name.
    """
    found = _marked(content) or _unmarked(content)
    try:
        Dialect.model_validate({"encoding": found.value})
    except ValidationError as problem:
        raise LeftOut(
            f"it looks like text in {found.value}, which a profile cannot name; save it as UTF-8 and try again"
        ) from problem
    return found


def _marked(content: bytes) -> Guess[str] | None:
    if content.startswith(codecs.BOM_UTF8):
        return _proved(content, "utf-8-sig", "it begins with the mark of UTF-8")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _proved(content, "utf-16", "it begins with the mark of UTF-16")
    return None


def _proved(content: bytes, encoding: str, why: str) -> Guess[str]:
    try:
        content.decode(encoding)
    except UnicodeDecodeError as problem:
        raise LeftOut(f"{why}, but byte {problem.start} is not of that encoding: is it damaged?") from problem
    return Guess(encoding, why, sure=True)


def _unmarked(content: bytes) -> Guess[str]:
    if b"\x00" in content:
        raise LeftOut("it is no text: it has zero bytes")
    if content.isascii():
        return Guess("utf-8", "every byte is ASCII, which all encodings share", sure=True)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _likeliest(content)
    return Guess("utf-8", "all bytes are valid UTF-8", sure=True)


def _likeliest(content: bytes) -> Guess[str]:
    """Return the single-byte encoding in which most of the bytes above ASCII are usual letters."""
    shares = {encoding: _share_of_usual(content, encoding) for encoding in _SINGLE_BYTE}
    best = max(shares, key=lambda encoding: shares[encoding])
    sample = next((c for c in content.decode(best, "replace") if not c.isascii()), "")
    return Guess(
        best, f"no UTF-8; {shares[best]:.0%} of the other letters are usual ones in {best}, such as {sample!r}",
        sure=shares[best] > 0.9,
    )  # fmt: skip


def _share_of_usual(content: bytes, encoding: str) -> float:
    try:
        letters = [character for character in content.decode(encoding) if not character.isascii()]
    except UnicodeDecodeError:
        return -1.0
    return sum(letter in _USUAL for letter in letters) / len(letters)
