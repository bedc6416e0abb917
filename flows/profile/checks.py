"""What a city decides about its checks: what must be delivered, and which failures it accepts for now."""

from __future__ import annotations

import datetime as dt

from pydantic import Field, field_validator

from flows.base.strict import Identifier, Strict


class Expected(Strict):
    """How much a refresh must bring (``expected.toml``): a partition more, less or of another size shows."""

    deliveries: dict[Identifier, dict[dt.date, int]] = Field(default_factory=dict)
    """Source, its Stichtage, and the number of base units that it lists there. A source that is not named may bring
    anything.

    Example: `deliveries = { einwohner = { 2023-12-31 = 365 } }`
    """
    units: dict[dt.date, dict[Identifier, int]] = Field(default_factory=dict)
    """Zuschnitt, its Raumebenen, and their numbers of units.

    Example: `units = { 2021-12-31 = { sozialraum = 171 } }`
    """


class Waiver(Strict):
    """A failure that somebody has looked at and accepts until a day."""

    check: Identifier
    """The check (docs/checks.md). Example: `check = "vorversion_indikator"`"""
    units: list[str] = Field(default_factory=list)
    """Units as the report names them, or the beginning of that name up to a comma; without them the whole check.

    Example: `units = ["sozialraum 011001"]`
    """
    reason: str = Field(min_length=1)
    """Why it is accepted; the release says it. Example: `reason = "Abriss, bestätigt"`"""
    who: str = Field(min_length=1)
    """Who accepts it; the release says it. Example: `who = "Frau Amt"`"""
    expires: dt.date
    """The last day on which it holds. Example: `expires = 2025-06-30`"""

    @field_validator("reason", "who")
    @classmethod
    def _says_something(cls, words: str) -> str:
        if not words.strip():
            message = "must say something"
            raise ValueError(message)
        return words

    def covers(self, unit: str) -> bool:
        """Return whether this waiver applies to the unit."""
        return not self.units or any(unit == one or unit.startswith(f"{one},") for one in self.units)

    def expired(self, today: dt.date) -> bool:
        """Say whether its day is over; on the day itself it still applies."""
        return today > self.expires

    @property
    def words(self) -> str:
        """What the release says of it."""
        return f"{self.reason} ({self.who}, until {self.expires})"


class Waivers(Strict):
    """Failed checks that the city accepts for a time."""

    waiver: list[Waiver] = Field(default_factory=list)
    """The failures."""
