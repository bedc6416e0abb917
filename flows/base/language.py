"""The language in which this process speaks to a person, German or English, and numbers as its readers write them.

`--lang` says it, else FORTSCHREIBUNG_LANG, else the locale. What is said stands in flows/base/texts.py.
"""

from __future__ import annotations

import os
from typing import Literal, Protocol, cast, get_args

from flows.base.errors import ConfigError
from flows.base.german_numbers import german, number, percent

Language = Literal["de", "en"]
VARIABLE = "FORTSCHREIBUNG_LANG"
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set counts."""


def language() -> Language:
    """Return the language of this process."""
    named = os.environ.get(VARIABLE)
    if named in get_args(Language):
        return cast("Language", named)
    of_the_locale = next(filter(None, map(os.environ.get, _LOCALE)), "")
    return "de" if of_the_locale.lower().startswith("de") else "en"


def use_language(given: str | None) -> None:
    """Let this process, and those that it starts, speak the language that is given, or the one of the environment.

    Raises:
        ConfigError: it is neither German nor English.
    """
    named = given or os.environ.get(VARIABLE)
    if named and named not in get_args(Language):
        raise ConfigError(
            f"{'--lang' if given else VARIABLE}: expected de or en, found {named!r}.", code="FS-CONFIG-10"
        )
    os.environ[VARIABLE] = named or language()


class Bilingual(Protocol):
    """What is said in German and in English."""

    @property
    def de(self) -> str:
        """In German."""
        ...

    @property
    def en(self) -> str:
        """In English."""
        ...


def in_language(words: Bilingual) -> str:
    """Return what is said in both languages in the one of this process."""
    return words.de if language() == "de" else words.en


def number_shown(value: float | None, digits: int = 0) -> str:
    """Return a number as readers of the language write it: 1.234,5 or 1,234.5."""
    written = number(value, digits)
    return written if language() == "de" else german(written)


def percent_shown(share: float | None) -> str:
    """Return a share in percent as readers of the language write it."""
    written = percent(share)
    return written if language() == "de" else german(written)
