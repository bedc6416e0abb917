"""The rules of disclosure control as a city sets them, class by class; each figure belongs to one class."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from flows.base.strict import Identifier, Strict

Method = Literal["suppress", "round", "cell-key"]
PUBLISHED_AS: Mapping[Method, str] = MappingProxyType(
    {"suppress": "unterdruecken", "round": "runden", "cell-key": "ueberlagern"}
)
"""What a release calls the methods (schutzklasse.verfahren)."""
EnvironmentVariable = Annotated[str, Field(pattern="^[A-Z][A-Z0-9_]*[A-Z0-9]$")]
SMALLEST_BASE = 3
"""Rounding to less hides nothing."""
LARGEST_BASE = 100
"""A larger one is a typing error: nearly every count of a Sozialraum would be changed."""


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
    """The rules of a class: what is suppressed, rounded or overlaid. They are published, but for the secret."""

    method: Method = "suppress"
    """How small counts are hidden: figures are left out (*suppress*), small counts between the lines of all Zuschnitte
    are rounded to 0 or `base` so that everything still adds up (*round*), or every figure is changed by a key (the
    cell key method of official statistics, *cell-key*), which does not add up.

    Example: `method = "round"`
    """
    base: int | None = Field(default=None, ge=SMALLEST_BASE, le=LARGEST_BASE)
    """With *round*: counts below it become 0 or this number; 3 if left out. Example: `base = 3`"""
    secret: EnvironmentVariable | None = None
    """With *round* and *cell-key*: the environment variable with the secret of the city, at least 32 characters, by
    which the draws are made. It must stay the same for good. Example: `secret = "STADT_GEHEIMNIS"`
    """
    ptable: str | None = Field(default=None, min_length=1)
    """With *cell-key*: a CSV file beside city.toml with the columns `pcv` (count), `ckey` (cell key) and `pvalue` (what
    is added). Example: `ptable = "ptable.csv"`
    """

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

    @property
    def rounding_base(self) -> int | None:
        """The base of a class that is rounded, else None."""
        return (self.base or SMALLEST_BASE) if self.method == "round" else None

    @model_validator(mode="after")
    def _fits_the_method(self) -> Self:
        given = {"base": self.base, "secret": self.secret, "ptable": self.ptable}
        wanted = {"suppress": (), "round": ("base", "secret"), "cell-key": ("secret", "ptable")}[self.method]
        if useless := [name for name, value in given.items() if value is not None and name not in wanted]:
            message = (
                f"method = '{self.method}' has no use for {' and '.join(useless)}: take it out, or name another method"
            )
            raise ValueError(message)
        if missing := [name for name in wanted if given[name] is None and name != "base"]:
            message = f"method = '{self.method}' needs {' and '.join(f'`{name}`' for name in missing)}"
            raise ValueError(message)
        if self.rounding_base is not None and self.rounding_base < self.min_numerator:
            message = (
                f"base = {self.rounding_base} leaves counts below min_numerator = {self.min_numerator}, which would "
                f"have to be suppressed after all: write base = {self.min_numerator}"
            )
            raise ValueError(message)
        return self
