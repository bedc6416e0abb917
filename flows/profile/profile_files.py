"""The files of a profile and the model that each is read into.

docs/profile.md and the JSON schemas in cities/schema, which editors use, are made from these models by `make profile`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import Field

from flows.base.resources import resource
from flows.base.strict import Identifier, Strict
from flows.profile.checks import Expected, Waivers
from flows.profile.city import City
from flows.profile.codebook import Codebook
from flows.profile.correction import Correction
from flows.profile.index_definition import IndexFile
from flows.profile.redrawing import Redrawing
from flows.profile.source import Source
from flows.profile.typology import TypologyFile


class Sources(Strict):
    """Where the files of the city come from, how they are written and what they must contain."""

    source: dict[Identifier, Source] = Field(min_length=1)
    """The sources, by name."""


class Corrections(Strict):
    """Known errors in the files of sources."""

    correction: list[Correction] = Field(default_factory=list)
    """The errors, in the order in which they are corrected."""


PROFILE_FILES: Mapping[str, type[Strict]] = MappingProxyType({
    "city": City, "sources": Sources, "corrections": Corrections, "expected": Expected, "waivers": Waivers,
    "codebook": Codebook, "index": IndexFile, "redrawing": Redrawing, "types": TypologyFile,
})  # fmt: skip
"""Each file of a profile by its name without ``.toml``; a city needs the first two."""


def schema_text(kind: str) -> str:
    """Return the JSON schema of one of the `PROFILE_FILES`."""
    return resource(f"cities/schema/{kind}.schema.json").read_text(encoding="utf-8")
