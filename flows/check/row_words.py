"""What a check, or the quarantine, says of a row, in German too.

Queries put their words together themselves (columns `gefunden`, `erwartet` and `regel`), in English. The catalogue
has each with {} in place of the values; a text that it does not have, such as one of a city's own check, stays as it
is.
"""

from __future__ import annotations

import re
from functools import cache

from flows.base.german_numbers import german
from flows.base.local_time import german_day
from flows.base.texts import CATALOGUE, Text, entries_of

PUT_TOGETHER = (
    "{} to {}", "at most {}", "at least {}", "more than one row", "no check of this name", "today is {}",
    "a failure to accept until {}: {}", "a Stichtag in the format of sources.toml, within a Zuschnitt of city.toml",
    "an age of 0 to {} years", "a Wohndauer of whole years, at most one above the age",
    "one of the codes in sources.toml", "{} of Zuschnitt {}",
)  # fmt: skip
"""The texts of the same kind that are put together in Python: of bounds, waivers, and the rules of a register."""
_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_NUMBER = re.compile(r"-?[\d,]*\d\.\d+")


def row_words(words: str) -> Text:
    """Return what a query of a check said, as far as the catalogue knows it in German."""
    for pattern, said in _patterns():
        if found := pattern.fullmatch(words):
            return Text(words, said.format(*(_value(each) for each in found.groups())))
    return Text(words)


def unit_words(unit: str) -> Text:
    """Return the unit and Stichtag that a check names; days are written in German whatever stands around them."""
    return Text(unit, _days(row_words(unit).german))


def _value(written: str) -> str:
    return german(written) if _NUMBER.fullmatch(written) else _days(written)


def _days(written: str) -> str:
    return _DAY.sub(lambda found: _day(found[0]), written)


def _day(written: str) -> str:
    try:
        return german_day(written)
    except ValueError:  # an id of a unit that looks like a day
        return written


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return the texts of the catalogue without names of values, those with the most words of their own first."""
    known = [(english, said[0]) for english, said in entries_of(CATALOGUE.read_text(encoding="utf-8"))
             if not re.search(r"\{\w", english)]  # fmt: skip
    known.sort(key=lambda each: -len(each[0].replace("{}", "")))
    return [(re.compile("(.+?)".join(map(re.escape, english.split("{}"))), re.DOTALL), said) for english, said in known]
