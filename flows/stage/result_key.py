"""What a staged result depends on, as one key: a kept result is used again only while all of it is the same.

The key leaves out what cannot change a row: where a file comes from, what a source is called, the bound `--stichtag`.
What it does not name in so many words (a new field of the profile, another module) is part of it.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from flows.base.resources import resource
from flows.profile.load import Profile
from flows.profile.source import Source
from flows.pull.models import Lieferung

_ABOUT_PULLING = {
    "title_de", "title_en", "connector", "url", "folder", "ckan", "genesis", "rate_limits", "max_mb", "relax", "years",
    "required", "licence", "attribution", "quarantine",
}  # fmt: skip
"""Fields of a source that say nothing about the rows of its files."""

_CODE = ("stage", "profile", "base", "pull/landing/archive.py")
_DATA = ("sql/stage", "sql/schema", "cities/vocabulary.toml", "cities/coordinate_systems.toml")
_LIBRARIES = ("numpy", "scipy", "python-calamine", "duckdb-extension-spatial")


@dataclass(frozen=True)
class Address:
    """Where a kept result lies: below the sha256 of its Lieferung, under the key of all that it depends on."""

    lieferung: str
    key: str


class ResultKeys:
    """The keys of a city's results under the present code."""

    def __init__(self, profile: Profile) -> None:
        self._profile, self._code = profile, code_digest()

    def of(self, source: Source, lieferung: Lieferung) -> Address:
        """Return the address of what staging makes of one file."""
        written = source.as_written_in(lieferung.name)
        parts = {
            "code": self._code, "file": lieferung.name, "bytes": lieferung.sha256,
            "source": written.model_dump(mode="json", exclude=_ABOUT_PULLING),
            "corrections": [entry.model_dump(mode="json") for entry in self._profile.corrections
                            if entry.source == source.id and entry.is_for(lieferung.name)],
            "city": self._of_city(source), "whole": self._whole(source),
        }  # fmt: skip
        return Address(lieferung.sha256, _digest(parts))

    def of_all(self, source: Source, lieferungen: Sequence[Lieferung]) -> Address:
        """Return the address of what staging makes of all files of a source together."""
        return Address(lieferungen[0].sha256, _digest([self.of(source, one).key for one in lieferungen]))

    def of_space(self, files: Sequence[tuple[Source, Lieferung]]) -> Address:
        """Return the address of what staging makes of all files that describe space, and of city.toml, together."""
        parts = {
            "files": [self.of(source, one).key for source, one in files],
            "space": self._profile.city.model_dump(mode="json"),
        }
        return Address(files[0][1].sha256, _digest(parts))

    def numbering(self, last: str | None) -> list[list[str]]:
        """Return how base units are numbered up to the Stichtag `last` (None: at any), by the date since when.

        It is compared apart from the key, so that a new numbering leaves alone what is kept of earlier Stichtage.
        """
        return [list(one) for one in self._profile.city.numbering if last is None or one[0] <= last]

    def _of_city(self, source: Source) -> dict[str, Any]:
        """Return what of city.toml a source's rows depend on, but the numbering of base units (see `numbering`)."""
        city, parts = self._profile.city, {"id", "membership", "digits", "city_unit"}
        levels = [level.model_dump(mode="json", include=parts) for level in city.raumebene]
        if source.kind in ("register", "matrix", "official"):
            return {"levels": levels if source.kind == "official" else []}
        own = city.zuschnitt_named(source.zuschnitt) if source.zuschnitt else None
        return {
            "levels": levels,
            "crs": city.crs,
            "location": city.location,
            "bases": [own.base] if own else sorted(city.base),
        }

    def _whole(self, source: Source) -> dict[str, bool]:
        kind, book = source.matrix or source.official, self._profile.codebook
        return {name: book.merkmal[name].whole for name in (kind.merkmale if kind else ())}


def code_digest() -> str:
    """Return the sha256 over the code, SQL and fixed words that stage files, and the versions of what they run on."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256(
        "\n".join([platform.python_version(), duckdb.__version__, *map(version, _LIBRARIES)]).encode()
    )
    for root in (*(package / name for name in _CODE), *map(resource, _DATA)):
        for path in _files(root):
            digest.update(f"{path.name}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(root: Path) -> Iterable[Path]:
    """Return the file, or those of code and SQL below the folder.

    Raises:
        FileNotFoundError: it is not there.
    """
    if not root.exists():
        raise FileNotFoundError(root)
    return [root] if root.is_file() else sorted(path for path in root.rglob("*") if path.suffix in (".py", ".sql"))


def _digest(parts: object) -> str:
    """Return the sha256 of `parts`; the order of their members counts, as that of Merkmale does in a row."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
