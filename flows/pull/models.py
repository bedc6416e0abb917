"""What passes between connectors, landing zone and the stations after them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from flows.base.texts import Text

SYNTHETIC_MARK = "_synthetisch"
"""In the name of a synthetic file."""

Address = tuple[str, str, str]
"""What one line of the record is found by: source, name and url."""


@dataclass(frozen=True)
class Order:
    """One file that a source is asked for: an address on the web or a path in a folder."""

    source: str
    name: str
    url: str | None = None
    path: Path | None = None
    year: int | None = None


class Lieferung(BaseModel):
    """One file as a source delivered it, kept in the landing zone under its content."""

    model_config = ConfigDict(frozen=True)

    source: str
    name: str
    sha256: str
    checksum: str
    """How a release names the file (flows.pull.landing.checksum); the sha256 stays here."""
    bytes: int
    url: str
    fetched_at: dt.datetime
    etag: str | None = None
    last_modified: str | None = None

    @property
    def synthetic(self) -> bool:
        """Whether the file says in its name that it is synthetic (`fortschreibung example`)."""
        return SYNTHETIC_MARK in self.name

    def path_in(self, landing: Path) -> Path:
        """Return where the bytes lie below the folder `landing`."""
        return landing / "objects" / self.sha256[:2] / self.sha256


Brought = tuple[Lieferung | None, bool]
"""What a connector comes back with: the Lieferung (None: not there), and whether its content is new."""


class Attempt(BaseModel):
    """One line of the landing zone's record: what was asked for and what came of it.

    A line without a name is about the source as a whole: it could not be asked what it has, or its files
    together did not pass a gate; *mended* says that the source works again.
    """

    model_config = ConfigDict(frozen=True)

    city: str
    source: str
    name: str
    url: str
    at: dt.datetime
    outcome: Literal["new", "unchanged", "absent", "refused", "failed", "mended"]
    status: int | None = None
    bytes: int | None = None
    sha256: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    seconds: float
    problem: str | None = None

    @property
    def address(self) -> Address:
        """What this attempt was about. The url alone does not say it: it is recorded without its query."""
        return self.source, self.name, self.url


class Pulled(BaseModel):
    """The outcome of the station pull: every Lieferung, and the sources that brought none.

    `not_asked` are those among them whose place is not set up: the variable that is not set -> the sources.
    """

    lieferungen: list[Lieferung]
    missing: list[str]
    not_asked: dict[str, list[str]] = Field(default_factory=dict)
    new: int
    unchanged: int
    passed_over: list[Text] = Field(default_factory=list)
    """Files of a folder that no source took, each with the reason."""
