"""A typology as data: by which traits Sozialräume are alike, and the types that were found once, on a base year.

`fortschreibung types CITY --fit` proposes one; people name its types. What is written here is not fitted again: every
later year is measured by the mean and spread of the base year and by these centroids, so that a type changes only
where a unit does.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from flows.base.strict import Identifier, Strict
from flows.profile.versions import must_differ_in_name_or_version
from flows.profile.vocabulary import vocabulary

if TYPE_CHECKING:
    from flows.profile.city import City
    from flows.profile.codebook import Codebook

Transform = Literal["none", "log"]
FINEST = "sozialraum"


class _Finite(Strict):
    """A model without nan and inf, which TOML can write: a distance to them would make every unit the first type."""

    model_config = ConfigDict(allow_inf_nan=False)


class TypeTrait(_Finite):
    """An Indikator by which units are compared, with its mean and spread in the base year."""

    indikator: Identifier
    """The Indikator, a numerator over a denominator. Example: `indikator = "einwohnerdichte"`"""
    transform: Transform = "none"
    """`log`: ln(1 + figure), for figures of which few are very large. Example: `transform = "log"`"""
    mean: float
    """The mean of the transformed figures of the units it was fitted on. Example: `mean = 8.21`"""
    spread: float = Field(gt=0)
    """Their standard deviation. Example: `spread = 0.64`"""
    weight: float = Field(default=1, gt=0)
    """How much it counts beside the others. Example: `weight = 2`"""


class UnitType(_Finite):
    """A type: what people call it, and where it lies."""

    id: Identifier
    """Its name in the tables. Example: `id = "eigenheime"`"""
    label_de: str = Field(min_length=1)
    """German name. Example: `label_de = "Ein- und Zweifamilienhäuser"`"""
    label_en: str = Field(min_length=1)
    """English name. Example: `label_en = "One- and two-family houses"`"""
    description_de: str
    """What is typical, in German. Example: `description_de = "Dünn besiedelt, wenig geförderte Wohnungen."`"""
    description_en: str
    """What is typical. Example: `description_en = "Thinly settled, few subsidised dwellings."`"""
    recurrence: float | None = Field(default=None, ge=0, le=1)
    """How well it came back in resamples when it was fitted, as `types --fit` found: below 0.75 it does not hold.

    Example: `recurrence = 0.9`
    """
    centroid: dict[Identifier, float]
    """Its middle: a figure for each trait, in the unit of the Indikator. Example: `centroid = { sgb2_quote = 12.5 }`"""


class Typology(_Finite):
    """Types of units by settlement and housing, to be read with their limitations."""

    id: Identifier | None = None
    """Its name in the tables, where it is another than the section's: so an earlier version stands under the same name
    beside the new one. Example: `id = "siedlung"`
    """
    version: str
    """Changes with the typology. Example: `version = "2"`"""
    until: dt.date | None = None
    """The last Stichtag to which this version is applied. Example: `until = 2027-12-31`"""
    label_de: str
    """German name. Example: `label_de = "Siedlungstypen"`"""
    label_en: str
    """English name. Example: `label_en = "Settlement types"`"""
    description_de: str
    """What it is, in German. Example: `description_de = "Typen nach Bebauung und Wohnen."`"""
    description_en: str
    """What it is. Example: `description_en = "Types by buildings and housing."`"""
    limitations_de: str
    """What it is not for, in German. Example: `limitations_de = "Sagt nichts über einzelne Häuser."`"""
    limitations_en: str
    """What it is not for. Example: `limitations_en = "Says nothing about single houses."`"""
    base: dt.date
    """The Stichtag on which it was fitted. Example: `base = 2019-12-31`"""
    raumebenen: list[Identifier] = Field(default=[FINEST], min_length=1)
    """Whose units get a type; the first is the one it was fitted on. Example: `raumebenen = ["sozialraum"]`"""
    min_residents: int = Field(default=0, ge=0)
    """Units with fewer residents get no type. Example: `min_residents = 100`"""
    borderline: float = Field(default=0.1, ge=0)
    """A unit is borderline where a shift shorter than this would make it another type, in standard deviations
    (docs/types.md). Example: `borderline = 0.15`
    """
    silhouette: float | None = Field(default=None, ge=-1, le=1)
    """How far apart its types were when it was fitted, as `types --fit` found: below 0.25 there is no structure.

    Example: `silhouette = 0.4`
    """
    trait: list[TypeTrait] = Field(min_length=1)
    """The traits."""
    type: list[UnitType] = Field(min_length=2)
    """The types."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        names = [each.indikator for each in self.trait]
        _once("trait", names)
        _once("raumebenen", self.raumebenen)
        for key in ("id", "label_de", "label_en"):
            _once(f"type.{key}", [getattr(each, key) for each in self.type])
        for each in self.type:
            if missing := [name for name in names if name not in each.centroid]:
                message = f"type.{each.id}.centroid: expected a figure for each trait, found none for {_named(missing)}"
                raise ValueError(message)
            if more := [name for name in each.centroid if name not in names]:
                message = f"type.{each.id}.centroid: expected figures of traits only, found {_named(more)}"
                raise ValueError(message)
            if low := [name for name, figure in each.centroid.items() if figure < 0]:
                message = f"type.{each.id}.centroid: expected figures from 0 on, found less for {_named(low)}"
                raise ValueError(message)
        for place, each in enumerate(self.type):
            if same := [other.id for other in self.type[:place] if other.centroid == each.centroid]:
                message = f"type.{each.id}.centroid: expected a middle of its own, found that of {_named(same)}"
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _worded(self) -> Self:
        """Refuse words that nobody there would use of people and places."""
        texts = {name: getattr(self, name) for name in type(self).model_fields if name.endswith(("_de", "_en"))}
        for each in self.type:
            texts |= {f"type.{each.id}.{name}": getattr(each, name)
                      for name in ("label_de", "label_en", "description_de", "description_en")}  # fmt: skip
        for key, text in texts.items():
            if word := vocabulary().refused_in(text):
                message = (
                    f"{key}: expected words that say how a place is built and lived in, found {word!r} in {text!r}. "
                    "Name what is typical there (cities/vocabulary.toml, refused_words)"
                )
                raise ValueError(message)
        return self


class TypologyFile(Strict):
    """The typologies of a city, each fitted once on a base year."""

    typology: dict[Identifier, Typology] = Field(default_factory=dict)
    """The typologies, by name."""


@dataclass(frozen=True)
class NamedTypology:
    """A typology by its name in the tables, with the file that a message about it names."""

    id: str
    definition: Typology
    file: Path
    section: str

    @property
    def traits(self) -> tuple[str, ...]:
        """The Indikatoren that units are compared by."""
        return tuple(each.indikator for each in self.definition.trait)

    @property
    def where(self) -> str:
        """What a message names: the file and the section."""
        return f"{self.file}, typology.{self.section}"


def typologies_of(file: TypologyFile, path: Path) -> tuple[NamedTypology, ...]:
    """Return the typologies of a city, in the order of the file.

    Raises:
        ConfigError: one name and version stands twice.
    """
    found = [NamedTypology(each.id or section, each, path, section) for section, each in file.typology.items()]
    must_differ_in_name_or_version((one.id, one.definition.version, one.where) for one in found)
    return tuple(found)


def wrong_names_in_typologies(typologies: Sequence[NamedTypology], book: Codebook, city: City) -> Iterator[str]:
    """Yield what a typology names that codebook and city do not have, by file and key."""
    levels = {level.id: level.membership for level in city.raumebene}
    for one in typologies:
        for name in one.traits:
            if words := wrong_trait(name, book):
                yield f"{one.where}.trait: {words}"
        for name in one.definition.raumebenen:
            if name not in levels:
                yield f"{one.where}.raumebenen: {name!r} is no Raumebene of the city"
            elif levels[name] == "city":
                yield f"{one.where}.raumebenen: {name!r} is the city as a whole, which has nothing to differ from"


def wrong_trait(name: str, book: Codebook) -> str | None:
    """Return why an Indikator can be no trait; None where it can."""
    indikator = book.indikator.get(name)
    if indikator is None:
        return f"{name!r} is no Indikator of the codebook"
    if indikator.type not in ("anteil", "verhaeltnis"):
        return (
            f"expected a numerator over a denominator (type 'anteil' or 'verhaeltnis'), found {name!r} of type "
            f"{indikator.type!r}"
        )
    return None


def _once(key: str, names: Sequence[str]) -> None:
    if twice := sorted(name for name, count in Counter(names).items() if count > 1):
        message = f"{key}: expected each name once, found {_named(twice)} again"
        raise ValueError(message)


def _named(names: Sequence[str]) -> str:
    return ", ".join(names)
