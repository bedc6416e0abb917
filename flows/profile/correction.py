"""Known errors in a source, corrected on record, as data."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from flows.base.strict import Identifier, Strict
from flows.profile.city import Pattern
from flows.profile.dialect import Factor
from flows.profile.vocabulary import Sign

Column = Annotated[str, Field(min_length=1)]


class Correction(Strict):
    """A known error in a source, corrected on record: which rows, how, why, and what must still be true."""

    source: Identifier
    """The source whose rows are wrong. Example: `source = "sgb2"`"""
    file: Pattern | None = None
    r"""Only files whose name fits this regular expression. Example: `file = 'SGBII_2019\.csv'`"""
    where: dict[Column, str | int | float | list[str]] = Field(min_length=1)
    """What the rows have in which columns. Example: `where = { BBS = "01100001" }`"""
    expect: dict[Column, str | int | float] = Field(default_factory=dict)
    """What must still stand in them, so that a corrected source is noticed.

    Example: `expect = { PERSONEN = "1200" }`
    """
    action: Literal["replace", "drop", "scale", "mark", "repair"]
    """*replace* writes `value` into `column`, *scale* multiplies its number by `factor`, *mark* gives it `status`
    instead of a number, *drop* leaves the rows out, *repair* makes an invalid polygon valid (without `column`).

    Example: `action = "scale"`
    """
    column: Column | None = None
    """The column that is corrected. Example: `column = "PERSONEN"`"""
    value: str | None = None
    """With *replace*: the text. Example: `value = "120"`"""
    factor: Factor | None = None
    """With *scale*: the factor. Example: `factor = 0.1`"""
    status: Sign | None = None
    """With *mark*: what the figure is. Example: `status = "unbekannt"`"""
    reason: str
    """What is wrong. Example: `reason = "One zero too many."`"""
    reported: str
    """To whom it was reported, and when. Example: `reported = "to the supplier, 2020-03-02"`"""
    rows: int = Field(ge=1)
    """How many rows match in each file, no more and no fewer. Example: `rows = 1`"""

    @model_validator(mode="after")
    def _needs(self) -> Self:
        with_ = {"replace": "value", "scale": "factor", "mark": "status"}.get(self.action)
        if with_ and (self.column is None or getattr(self, with_) is None):
            message = f"action = {self.action!r} needs `column` and `{with_}`"
            raise ValueError(message)
        return self

    def is_for(self, name: str) -> bool:
        """Say whether the entry is for a file of that name."""
        return self.file is None or re.fullmatch(self.file, name) is not None
