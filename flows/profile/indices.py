"""The indices of a city: the ready ones and its own, each with the file that a message about it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.base.errors import ConfigError
from flows.profile.city import City
from flows.profile.codebook import Codebook
from flows.profile.index_definition import Component, IndexDefinition, IndexFile
from flows.profile.versions import must_differ_in_name_or_version


@dataclass(frozen=True)
class Index:
    """A definition by its name in the tables; `own` where the city wrote it, so that what is wrong is an error."""

    id: str
    definition: IndexDefinition
    file: Path
    section: str
    own: bool
    directions: tuple[str, ...]
    """Of each component, which side indicates more need."""

    @property
    def components(self) -> tuple[str, ...]:
        """The Indikatoren that it is made of."""
        return tuple(each.indikator for each in self.definition.component)

    @property
    def where(self) -> str:
        """What a message names: the file and the section."""
        return f"{self.file}, index.{self.section}"


def indices_of(book: Codebook, ready: IndexFile, ready_file: Path, own: IndexFile, own_file: Path) -> tuple[Index, ...]:
    """Return the ready definitions that a city wants and its own, in the order of the files.

    Raises:
        ConfigError: the city takes the name of a ready one, or one name and version stands twice.
    """
    if unknown := sorted(set(own.ready or ()) - set(ready.index)):
        raise ConfigError(
            f"{own_file}, ready: expected of {', '.join(ready.index)}, found {', '.join(unknown)}.", code="FS-CONFIG-07"
        )
    wanted = [name for name in ready.index if own.ready is None or name in own.ready]
    found = [*_named(book, ready, ready_file, wanted), *_named(book, own, own_file, own.index, own=True)]
    must_differ_in_name_or_version((one.id, one.definition.version, one.where) for one in found)
    return tuple(found)


def _named(book: Codebook, file: IndexFile, path: Path, sections: Iterable[str], *, own: bool = False) -> list[Index]:
    return [
        Index(name, definition, path, section, own, tuple(_direction(book, each) for each in definition.component))
        for section in sections
        for name, definition in file.index[section].by_group(section).items()
    ]


def _direction(book: Codebook, component: Component) -> str:
    indikator = book.indikator.get(component.indikator)
    return component.direction or (indikator.direction if indikator else "neutral")


def wrong_names(indices: Sequence[Index], book: Codebook, city: City) -> Iterator[str]:
    """Yield what an index names that codebook and city do not have, by file and key."""
    levels = {level.id for level in city.raumebene}
    for one in indices:
        for each in one.definition.component:
            indikator = book.indikator.get(each.indikator)
            if indikator is None:
                yield f"{one.where}.component: {each.indikator!r} is no Indikator of the codebook"
            elif "neutral" in (each.direction or indikator.direction):
                yield (
                    f"{one.where}.component: {each.indikator!r} is neutral in the codebook; expected `direction` "
                    "('hoch' or 'niedrig')"
                )
        concerned = one.definition.concerns
        if concerned and (concerned not in book.indikator or book.indikator[concerned].type != "anzahl"):
            yield f"{one.where}.concerns: {concerned!r} is no Indikator of the codebook that counts (type 'anzahl')"
        for unit in one.definition.left_out:
            if unit.raumebene not in levels:
                yield f"{one.where}.left_out: {unit.raumebene!r} is no Raumebene of the city"
