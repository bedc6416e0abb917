"""Numbers and days on a page with a switch of the language: written as the readers of either language write them."""

from __future__ import annotations

import datetime as dt

from markupsafe import Markup, escape

from flows.base import german_numbers
from flows.base.german_numbers import english
from flows.base.local_time import german_day


class BothWays(str):
    """A number as Germans write it, which in a template stands there in English as well: the switch shows one of both.

    In a text that Python makes it is the German one. What is written alike in both stands there once.
    """

    __slots__ = ()

    def __html__(self) -> str:
        other = english(self)
        if other == self:
            return str(escape(str(self)))
        return f'<span lang="de">{escape(str(self))}</span><span lang="en">{escape(other)}</span>'


def number(value: float | None, digits: int = 0) -> BothWays:
    """Return a number with so many decimals; nothing for one that is not published."""
    return BothWays(german_numbers.number(value, digits))


def percent(share: float | None) -> BothWays:
    """Return a share in percent."""
    return BothWays(german_numbers.percent(share))


def both_days(day: dt.date | str) -> Markup:
    """Return a day as 31.12.2024, in English as 2024-12-31."""
    return Markup('<span lang="de">{}</span><span lang="en">{}</span>').format(german_day(day), day)
