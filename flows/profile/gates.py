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
    """Limits towards a host: requests under way at once, seconds between two, seconds that it may be silent."""

    at_once: int = Field(default=4, ge=1, le=16)
    pause: float = Field(default=0.0, ge=0.0, le=600.0)
    patience: float | None = Field(default=None, gt=0.0, le=3600.0)  # without it: that of the connector


class Relaxation(Strict):
    """One gate that lets one source pass, and why; `file` and `years` narrow what it is about."""

    gate: Gate
    reason: Reason
    file: Pattern | None = None
    years: list[int] = Field(default_factory=list)

    def covers(self, gate: Gate, name: str | None = None) -> bool:
        """Return whether this relaxes `gate` for the file `name`."""
        return self.gate == gate and (self.file is None or (name is not None and bool(re.fullmatch(self.file, name))))
