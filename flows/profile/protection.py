"""The rules of disclosure control as a city sets them, class by class; each figure belongs to one class."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from flows.base.strict import Identifier, Strict


class NeverPublished(Strict):
    """A unit of which a class publishes nothing: a prison, a refuge, a hostel."""

    raumebene: Identifier
    """Its Raumebene. Example: `raumebene = "sozialraum"`"""
    id: str
    """Its id. Example: `id = "010103"`"""
    zuschnitt: dt.date | None = None
    """The Zuschnitt on which it has this id; if left out, every one that has it. Example: `zuschnitt = 2020-01-01`"""
    reason: str = Field(min_length=1)
    """Why, without what is to be hidden: it is published. Example: `reason = "Justizvollzugsanstalt"`"""


class Protection(Strict):
    """The rules of a class: what is suppressed. Nothing of them is secret: they are published with the release."""

    min_numerator: int = Field(ge=0)
    """The smallest count above a line, and on its own; 0 is published, but for `min_group`.

    Example: `min_numerator = 3`
    """
    min_denominator: int = Field(ge=0)
    """The smallest count below a line. Example: `min_denominator = 10`"""
    min_group: int = Field(default=0, ge=0)
    """A share of 0 or 100 % among fewer than so many says the same of each of them, and is suppressed.

    Example: `min_group = 20`
    """
    min_cases: int = Field(default=0, ge=0)
    """A sum (of floor space, of money) over fewer cases is suppressed; the Merkmal names its `cases`.

    Example: `min_cases = 3`
    """
    max_contribution: float | None = Field(default=None, gt=0, lt=1)
    """A sum is suppressed where one case contributes more than this share of it; the Merkmal names its `largest`.

    Example: `max_contribution = 0.5`
    """
    never_published: list[NeverPublished] = Field(default_factory=list)
    """Units of which this class publishes nothing."""
    reason: str = ""
    """Why the class has these rules; published with the release. Example: `reason = "§ 35 SGB I"`"""
