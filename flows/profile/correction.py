"""Known errors in a source, corrected on record, as data."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from flows.base.strict import Strict
from flows.profile.city import Identifier, Pattern
from flows.profile.dialect import Factor
from flows.profile.vocabulary import Sign

Column = Annotated[str, Field(min_length=1)]


class Correction(Strict):
    """A known error in a source, corrected on record: which rows, how, why, and what must still be true.

    ``rows`` is the number of rows that must match in each file, and ``expect`` what must still stand in them, so
    that a corrected source is noticed. *replace* writes ``value`` into ``column``; *scale* multiplies its number by
    ``factor``; *mark* gives it the status ``status`` instead of a number; *drop* leaves the rows out; *repair*
    makes an invalid polygon valid (without ``column``).
    """

    source: Identifier
    file: Pattern | None = None
    where: dict[Column, str | int | float | list[str]] = Field(min_length=1)
    expect: dict[Column, str | int | float] = Field(default_factory=dict)
    action: Literal["replace", "drop", "scale", "mark", "repair"]
    column: Column | None = None
    value: str | None = None
    factor: Factor | None = None
    status: Sign | None = None
    reason: str
    reported: str  # to whom and when
    rows: int = Field(ge=1)

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
