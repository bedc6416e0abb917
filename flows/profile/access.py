"""What each connector needs in sources.toml: one class per kind of source, registered in `ACCESS`.

The section of a source that is called like its connector is read into the connector's class; a connector without a
section has a class without fields. How a source is fetched is the matter of flows/pull/connectors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from flows.base.strict import Strict

if TYPE_CHECKING:
    from flows.profile.source import Source


class Access(Strict):
    """How one kind of source is reached; a subclass says what differs."""

    section: ClassVar[bool] = False
    """Whether sources.toml has a section called like the connector."""
    needs_url: ClassVar[bool] = True
    patience: ClassVar[float] = 60.0
    """Seconds that the source may be silent, unless `rate_limits.patience` says otherwise."""

    def lack(self, source: Source) -> str | None:  # noqa: ARG002 -- most kinds need nothing more
        """Return what the connector needs and `source` does not say, or None."""
        return None

    def file_name(self, source: Source) -> str | None:  # noqa: ARG002
        """Return the name under which everything lands, or None where the files have names of their own."""
        return None

    @property
    def credential_variables(self) -> tuple[str, ...]:
        """The environment variables that may hold credentials."""
        return ()


class HttpFile(Access):
    """Files behind an address."""


class DropFolder(Access):
    """Files in a folder."""

    needs_url: ClassVar[bool] = False


class Wfs(Access):
    """Polygons or lines of a WFS 2.0; the feature type is `dialect.layer`."""

    def lack(self, source: Source) -> str | None:
        """See `Access`."""
        drawn = source.drawn
        if drawn and drawn.id_property and source.dialect.format == "geojson" and source.dialect.layer:
            return None
        return (
            "connector = 'wfs' needs `geometry` (or `barriers` with `id_property`), "
            "dialect.format = 'geojson' and dialect.layer (the feature type)"
        )

    def file_name(self, source: Source) -> str | None:
        """See `Access`."""
        return f"{source.id}.geojson"


class Ckan(Access):
    """What is wanted of a CKAN or DKAN portal whose action API is the source's `url`.

    Either the files of a `package` whose names match the source's `file`, or all rows of a `datastore`
    (the resource's id), which land as CSV.
    """

    section: ClassVar[bool] = True

    package: str | None = None
    """A package whose files are those that match the source's `file`. Example: `package = "bevoelkerung"`"""
    datastore: str | None = None
    """A resource (its id) whose rows land as CSV. Example: `datastore = "5a1e0b9e-7c1d-4a53-8d2f-0f6a3a9d1c11"`"""
    api: Literal["ckan", "dkan"] = "ckan"
    """Which of the two portals it is. Example: `api = "dkan"`"""
    page: int = Field(default=1000, ge=1, le=32_000)
    """Rows asked for at once. Example: `page = 5000`"""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.package is None) == (self.datastore is None):
            message = "needs either `package` or `datastore`"
            raise ValueError(message)
        return self

    def file_name(self, source: Source) -> str | None:
        """See `Access`."""
        return f"{source.id}.csv" if self.datastore else None


GENESIS_SERVICES = {
    "destatis": "https://www-genesis.destatis.de/genesisWS/rest/2020",
    "regionalstatistik": "https://www.regionalstatistik.de/genesisws/rest/2020",
    "zensus": "https://ergebnisse.zensus2022.de/api/rest/2020",
    "landesdatenbank_nrw": "https://www.landesdatenbank.nrw.de/ldbnrwws/rest/2020",
}


def _is_prefix(name: str) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*[A-Z0-9]", name):
        message = (
            "is the beginning of the names of environment variables, in capitals: with REGIO the variables are "
            "REGIO_TOKEN, or REGIO_USER and REGIO_PASSWORD. Secrets themselves never stand in a profile"
        )
        raise ValueError(message)
    return name


class Genesis(Access):
    """A table of a GENESIS web service (REST 2020)."""

    section: ClassVar[bool] = True
    needs_url: ClassVar[bool] = False
    patience: ClassVar[float] = 300.0  # these services compute a table before its first byte

    service: Literal["destatis", "regionalstatistik", "zensus", "landesdatenbank_nrw"] | None = None
    """One of the known services; a source's `url` takes its place. Example: `service = "regionalstatistik"`"""
    table: Annotated[str, Field(pattern=r"^[0-9A-Z][0-9A-Za-z-]*$")]
    """The code of the table. Example: `table = "12411-01-01-4"`"""
    credentials: Annotated[str, AfterValidator(_is_prefix)]
    """The beginning of environment variables' names: with `REGIO` they are `REGIO_TOKEN`, or `REGIO_USER` and
    `REGIO_PASSWORD`.

    Example: `credentials = "REGIO"`
    """
    parameters: dict[Annotated[str, Field(pattern=r"^[a-z0-9]+$")], str | int] = Field(default_factory=dict)
    """Parameters of the service's request for a table.

    Example: `parameters = { startyear = 2021, regionalkey = "05111" }`
    """
    wait_minutes: float = Field(default=30.0, gt=0.0, le=24 * 60)
    """How long a table that the service computes in the background is waited for. Example: `wait_minutes = 60.0`"""

    @model_validator(mode="after")
    def _no_own_parameters(self) -> Self:
        own = sorted({"username", "password", "name", "format", "compress", "job"} & set(self.parameters))
        if own:
            message = f"parameters: {', '.join(own)} are set by the connector; leave them out"
            raise ValueError(message)
        return self

    def lack(self, source: Source) -> str | None:
        """See `Access`."""
        if not (source.url or self.service):
            return f"connector = 'genesis' needs genesis.service ({', '.join(GENESIS_SERVICES)}) or `url`"
        if source.dialect.member is None:
            return 'a GENESIS table comes as a ZIP archive: set `member = "*.csv"` in its dialect'
        return None

    def file_name(self, source: Source) -> str | None:  # noqa: ARG002
        """See `Access`."""
        return f"{self.table}.zip"

    @property
    def credential_variables(self) -> tuple[str, str, str]:
        """The variables that hold the token, or user and password."""
        return f"{self.credentials}_TOKEN", f"{self.credentials}_USER", f"{self.credentials}_PASSWORD"


ACCESS: Mapping[str, type[Access]] = MappingProxyType(
    {"http_file": HttpFile, "ckan": Ckan, "genesis": Genesis, "wfs": Wfs, "drop_folder": DropFolder}
)
"""Each connector by the name that sources.toml uses."""
