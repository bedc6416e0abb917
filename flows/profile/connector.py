"""How a source is reached, as data: rate_limits towards its host, catalogue or service, and gates it may relax."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from flows.profile.city import Pattern, Strict

Gate = Literal["content_type", "magic", "truncated", "size", "files", "years", "same_content"]
"""What a source may relax by name. An empty file and a web page are never data."""

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10)]
GENESIS_SERVICES = {
    "destatis": "https://www-genesis.destatis.de/genesisWS/rest/2020",
    "regionalstatistik": "https://www.regionalstatistik.de/genesisws/rest/2020",
    "zensus": "https://ergebnisse.zensus2022.de/api/rest/2020",
    "landesdatenbank_nrw": "https://www.landesdatenbank.nrw.de/ldbnrwws/rest/2020",
}


class RateLimits(Strict):
    """How a source treats its host: requests under way at once, seconds between two, seconds that it may be silent."""

    at_once: int = Field(default=4, ge=1, le=16)
    pause: float = Field(default=0.0, ge=0.0, le=600.0)
    patience: float | None = Field(default=None, gt=0.0, le=3600.0)  # without it: 60, and 300 for GENESIS


class Relaxation(Strict):
    """One gate that lets one source pass, and why; `file` and `years` narrow what it is about."""

    gate: Gate
    reason: Reason
    file: Pattern | None = None
    years: list[int] = Field(default_factory=list)

    def covers(self, gate: Gate, name: str | None = None) -> bool:
        """Return whether this relaxes `gate` for the file `name`."""
        return self.gate == gate and (self.file is None or (name is not None and bool(re.fullmatch(self.file, name))))


class Ckan(Strict):
    """What is wanted of a CKAN or DKAN portal whose action API is the source's `url`.

    Either the files of a `package` whose names match the source's `file`, or all rows of a `datastore`
    (the resource's id), which land as CSV.
    """

    package: str | None = None
    datastore: str | None = None
    api: Literal["ckan", "dkan"] = "ckan"
    page: int = Field(default=1000, ge=1, le=32_000)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.package is None) == (self.datastore is None):
            message = "needs either `package` or `datastore`"
            raise ValueError(message)
        return self


def _is_prefix(name: str) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*[A-Z0-9]", name):
        message = (
            "is the beginning of the names of environment variables, in capitals: with REGIO the variables are "
            "REGIO_TOKEN, or REGIO_USER and REGIO_PASSWORD. Secrets themselves never stand in a profile"
        )
        raise ValueError(message)
    return name


class Genesis(Strict):
    """A table of a GENESIS web service (REST 2020). A source's `url` takes the place of `service`.

    `credentials` is the beginning of environment variables' names: with ``REGIO`` they are ``REGIO_TOKEN``,
    or ``REGIO_USER`` and ``REGIO_PASSWORD``.
    """

    service: Literal["destatis", "regionalstatistik", "zensus", "landesdatenbank_nrw"] | None = None
    table: Annotated[str, Field(pattern=r"^[0-9A-Z][0-9A-Za-z-]*$")]
    credentials: Annotated[str, AfterValidator(_is_prefix)]
    parameters: dict[Annotated[str, Field(pattern=r"^[a-z0-9]+$")], str | int] = Field(default_factory=dict)
    wait_minutes: float = Field(default=30.0, gt=0.0, le=24 * 60)

    @property
    def file_name(self) -> str:
        """The name under which the table lands."""
        return f"{self.table}.zip"

    @model_validator(mode="after")
    def _no_own_parameters(self) -> Self:
        own = sorted({"username", "password", "name", "format", "compress", "job"} & set(self.parameters))
        if own:
            message = f"parameters: {', '.join(own)} are set by the connector; leave them out"
            raise ValueError(message)
        return self


def credential_variables(prefix: str) -> tuple[str, str, str]:
    """Return the names of the variables that hold token, user and password."""
    return f"{prefix}_TOKEN", f"{prefix}_USER", f"{prefix}_PASSWORD"
