"""How gently a source is asked, and which gates it may pass without being stopped."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from flows.base.strict import Strict
from flows.profile.city import Pattern

Gate = Literal["content_type", "magic", "truncated", "size", "files", "years", "same_content"]
"""What a source may relax by name. An empty file and a web page are never data."""

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10)]


class RateLimits(Strict):
    """Limits towards a host, so that it is asked gently."""

    at_once: int = Field(default=4, ge=1, le=16)
    """Requests under way at the same time. Example: `at_once = 1`"""
    pause: float = Field(default=0.0, ge=0.0, le=600.0)
    """Seconds between two requests. Example: `pause = 0.5`"""
    patience: float | None = Field(default=None, gt=0.0, le=3600.0)
    """Seconds that the host may be silent; without it those of the connector. Example: `patience = 120.0`"""


class Relaxation(Strict):
    """One gate that lets one source pass, and why; `file` and `years` narrow what it is about."""

    gate: Gate
    """The gate (docs/sources.md). Example: `gate = "size"`"""
    reason: Reason
    """Who said so, when and why. Example: `reason = "Frau Amt, 3.2.: Rechtskreiswechsel"`"""
    file: Pattern | None = None
    r"""Only files whose name fits this regular expression. Example: `file = 'SGBII_2024\.csv'`"""
    years: list[int] = Field(default_factory=list)
    """Only these years. Example: `years = [2020, 2021]`"""

    def covers(self, gate: Gate, name: str | None = None) -> bool:
        """Return whether this relaxes `gate` for the file `name`."""
        return self.gate == gate and (self.file is None or (name is not None and bool(re.fullmatch(self.file, name))))
