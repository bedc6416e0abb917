"""What the refresh hands to publish beside the protected tables: the model of job.json.

The building process starts fresh and knows nothing but this file and the Parquet files beside it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flows.base.errors import FortschreibungError
from flows.base.resources import resource

_LIBRARIES = ("duckdb", "great-expectations", "pandas", "prefect")
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def library_versions(more: Sequence[str] = ()) -> dict[str, str]:
    """Return the versions of Python, of the libraries that a figure depends on, and of `more`; none is imported."""
    versions = {"python": platform.python_version()}
    for name in (*_LIBRARIES, *more):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


def sql_fingerprint() -> str:
    """Return the sha256 over every file in sql/, names included."""
    return folder_fingerprint(resource("sql"))


def folder_fingerprint(root: Path) -> str:
    """Return the sha256 over every file below the folder, names included."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*"), key=lambda each: each.relative_to(root).as_posix()):
        if path.is_file():
            content = path.read_bytes()
            digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


class JobLevel(_Strict):
    """A Raumebene of the city."""

    id: Name
    label_de: str
    label_en: str


class Lieferung(_Strict):
    """One delivered file that the figures come from."""

    quelle: str
    datei: str
    sha256: Sha256
    bytes: int = Field(ge=0)
    url: str | None = None
    geholt_am: dt.datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    lizenz: str
    namensnennung: str
    stichtage: list[dt.date] = Field(default_factory=list)


class JobDelivery(_Strict):
    """Whether a source that says when it is due brought its part of the newest Stichtag year, when it was published."""

    quelle: str
    titel_de: str
    titel_en: str
    jahr: int
    lieferstand: Literal["vorhanden", "erwartet", "ueberfaellig"]
    erwartet_bis: dt.date | None = None


class ReleaseJob(_Strict):
    """Everything a release says about itself that is not in its tables."""

    city_id: Name
    city_name: str
    synthetic: bool
    coordinate_system: Annotated[str, Field(pattern=r"^EPSG:\d+$")]
    stichtag_max: dt.date
    zuschnitt: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    licence: str
    licence_url: str | None = None
    attribution: str
    publisher: str
    contact: str
    code_version: str
    code_commit: str | None = None
    profile_checksum: Sha256 | None = None  # keyed as those of files are: corrections can quote what was delivered
    libraries: dict[str, str] = Field(default_factory=library_versions)
    input_fingerprint: Sha256
    run_id: str
    until: dt.date | None = None  # later Stichtage were left out as asked for
    raumebenen: list[JobLevel] = Field(min_length=1)  # fine to coarse
    sources: list[Lieferung]
    deliveries: list[JobDelivery] = Field(default_factory=list)

    @property
    def year(self) -> int:
        """The year that the version begins with."""
        return self.stichtag_max.year

    def write(self, folder: Path) -> Path:
        """Write the job to `folder`/job.json and return that path."""
        path = folder / "job.json"
        path.write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")
        return path


class Standing(NamedTuple):
    """A release whose content need not be published again."""

    version: str
    content_hash: str
    content_format: int


class Previous(NamedTuple):
    """The release that a new one is compared with."""

    version: str
    database: Path


@dataclass(frozen=True)
class Setting:
    """What a release needs to know of the catalogue it enters."""

    version: str
    made_at: dt.datetime
    previous: Previous | None = None
    catalog_head: str = ""
    standing: tuple[Standing, ...] = ()
    signed_by: str | None = None  # the key that is to sign the manifest


def job_from(path: Path) -> ReleaseJob:
    """Return the job in the file `path`.

    Raises:
        FortschreibungError: when it is not a job.
    """
    try:
        return ReleaseJob.model_validate_json(path.read_bytes())
    except ValidationError as problem:
        lines = [f"  {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in problem.errors()]
        message = f"{path} is not a release job:\n" + "\n".join(lines)
        raise FortschreibungError(message) from problem
