"""What a city decides about its checks: what must be delivered, and which failures it accepts for now."""

from __future__ import annotations

import datetime as dt

from pydantic import Field, field_validator

from flows.base.strict import Strict
from flows.profile.city import Identifier


class Expected(Strict):
    """How much a refresh must bring (``expected.toml``): a partition more, less or of another size shows.

    ``deliveries`` maps a source to its Stichtage and the number of base units that it lists there; ``units`` maps a
    Zuschnitt to its Raumebenen and their numbers of units. A source or Zuschnitt that is not named may bring anything.
    """

    deliveries: dict[Identifier, dict[dt.date, int]] = Field(default_factory=dict)
    units: dict[dt.date, dict[Identifier, int]] = Field(default_factory=dict)


class Waiver(Strict):
    """A failure that somebody has looked at and accepts until a day; without `units` the whole check.

    A unit is named as the report names it, or by the beginning of that name up to a comma.
    """

    check: Identifier
    units: list[str] = Field(default_factory=list)
    reason: str = Field(min_length=1)
    who: str = Field(min_length=1)
    expires: dt.date

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
    """The file ``waivers.toml``."""

    waiver: list[Waiver] = Field(default_factory=list)
