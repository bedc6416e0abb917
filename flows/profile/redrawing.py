"""What makes the character of a Sozialraum, and the rules by which its boundaries are reviewed and proposed anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from flows.base.strict import Identifier, Strict

if TYPE_CHECKING:
    from flows.profile.city import City, Zuschnitt
    from flows.profile.codebook import Codebook

FREE = "none"
"""What `nesting` says where units need not nest."""


class RedrawingTrait(Strict):
    """An Indikator that is part of the character of a Sozialraum."""

    indikator: Identifier
    """The Indikator, a numerator over a denominator that base units have. Example: `indikator = "sgb2_quote"`"""
    weight: float = Field(default=1, gt=0)
    """How much it counts beside the others of its group. Example: `weight = 2`"""


class TraitGroup(Strict):
    """Traits that say something of the same thing; however many they are, the group has its own weight."""

    weight: float = Field(default=1, gt=0)
    """How much the group counts beside the others. Example: `weight = 0.5`"""
    trait: list[RedrawingTrait] = Field(min_length=1)
    """Its traits."""


def _traits(*names: str) -> TraitGroup:
    return TraitGroup(trait=[RedrawingTrait(indikator=name) for name in names])


class Character(Strict):
    """The traits by which base units of one Sozialraum are to be alike, in three groups; a group may be left out."""

    people: TraitGroup | None = None
    """Who lives there."""
    settlement: TraitGroup | None = None
    """How it is built."""
    housing: TraitGroup | None = None
    """How people are housed."""

    @property
    def groups(self) -> dict[str, TraitGroup]:
        """The groups that are there, by name."""
        named = {"people": self.people, "settlement": self.settlement, "housing": self.housing}
        return {name: group for name, group in named.items() if group is not None}

    @property
    def weights(self) -> dict[str, float]:
        """The part of each Indikator in the whole; the parts add up to 1."""
        whole = sum(group.weight for group in self.groups.values())
        return {
            each.indikator: group.weight / whole * each.weight / sum(other.weight for other in group.trait)
            for group in self.groups.values()
            for each in group.trait
        }

    @model_validator(mode="after")
    def _whole(self) -> Self:
        names = [each.indikator for group in self.groups.values() for each in group.trait]
        if not names:
            message = "expected at least one of the groups people, settlement, housing, found none"
            raise ValueError(message)
        if twice := sorted({name for name in names if names.count(name) > 1}):
            message = f"expected each Indikator once, found {', '.join(twice)} again"
            raise ValueError(message)
        return self


DEFAULT_CHARACTER = Character(
    people=_traits("sgb2_quote", "anteil_einwohner_0_17", "anteil_einwohner_65_plus", "anteil_migrationshintergrund"),
    settlement=_traits("anteil_wohnungen_ein_zweifamilienhaus", "anteil_wohnungen_baujahr_vor_1949"),
    housing=_traits("anteil_wohnungen_gefoerdert", "wohnflaeche_je_person"),
)


class RedrawingRules(Strict):
    """What a Sozialraum must keep to."""

    least: int | None = Field(default=None, ge=1)
    """The fewest residents of a Sozialraum; without it, a third of the median of today, at most half of `most`.

    Example: `least = 500`
    """
    most: int | None = Field(default=None, ge=1)
    """The most residents; without it, two and a half times the median of today. Example: `most = 2500`"""
    nesting: Identifier | None = None
    """The coarser Raumebene that no Sozialraum may cross, or "none"; without it, the finest in which the Zuschnitt
    declares its units to lie whole.

    Example: `nesting = "stadtteil"`
    """
    barriers: Annotated[str, Field(pattern=r"^[^/\\]+\.geojson$")] | None = None
    """A file of lines beside this one, drawn by hand in the coordinate system of the city, that a Sozialraum should not
    cross. Lines that an office delivers are a source with `barriers` (sources.toml); both are looked at.

    Example: `barriers = "barrieren.geojson"`
    """
    together: list[list[str]] = Field(default_factory=list)
    """Base units that must stay in one Sozialraum, list by list. Example: `together = [["01100011", "01100012"]]`"""
    min_border: float = Field(default=1, ge=0)
    """Base units with a shorter common border, in metres, are no neighbours. Example: `min_border = 10`"""
    max_gap: float = Field(default=0, ge=0)
    """How far apart, in metres, polygons of neighbours may lie: the width of streets, where polygons end at the kerb.

    Example: `max_gap = 25`
    """
    compactness: float = Field(default=0, ge=0)
    """How dear boundaries are: the fall of the within share that is worth as much as all borders between base units.

    Example: `compactness = 0.05`
    """
    price: float = Field(default=0.2, ge=0)
    """How dear it is to move a resident: the fall of the within share that would be worth moving everybody.

    Example: `price = 0.4`
    """

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least is not None and self.most is not None and self.most < 2 * self.least:
            message = (
                f"most: expected at least twice `least` ({self.least}), so that a unit can be split; found {self.most}"
            )
            raise ValueError(message)
        units = [unit for group in self.together for unit in group]
        if twice := sorted({unit for unit in units if units.count(unit) > 1}):
            message = f"together: expected each base unit in one list, found {', '.join(twice)} again"
            raise ValueError(message)
        return self


class ReviewTriggers(Strict):
    """From which value on the review names a Sozialraum; breaches of rules are always named."""

    mixed: float = Field(default=0.15, gt=0)
    """How mixed it surely is: the lower end of the interval of its heterogeneity, where 1 is as mixed as the city.

    Example: `mixed = 0.4`
    """
    strange: float = Field(default=0.1, gt=0, le=1)
    """The share of its residents who live in base units of another character than the rest. Example: `strange = 0.2`"""
    misfit: float = Field(default=0.1, gt=0, le=1)
    """The share of its residents who live where a neighbouring Sozialraum would fit better. Example: `misfit = 0.2`"""
    changed: float = Field(default=0.5, gt=0)
    """How far its character surely moved since the cut was made, in standard deviations of today's Sozialräume.

    Example: `changed = 1.0`
    """
    built: float = Field(default=0.15, gt=0)
    """The share of its dwellings that came or went since the cut was made. Example: `built = 0.25`"""
    barrier: float = Field(default=0.05, gt=0, le=1)
    """The share of its residents whom a barrier cuts off from the others. Example: `barrier = 0.1`"""


class Redrawing(Strict):
    """How the Gliederung itself is reviewed: traits, rules and limits."""

    years: int = Field(default=3, ge=1)
    """So many Stichtage, a year apart, are pooled: their counts are averaged. Example: `years = 3`"""
    character: Character = Field(default_factory=lambda: DEFAULT_CHARACTER)
    """The traits."""
    rules: RedrawingRules = RedrawingRules()
    """What a Sozialraum must keep to."""
    triggers: ReviewTriggers = ReviewTriggers()
    """From which value on the review names a Sozialraum."""

    @property
    def chosen(self) -> bool:
        """Whether the city chose its traits itself: then each of them must be there."""
        return "character" in self.model_fields_set

    def nesting_in(self, city: City, zuschnitt: Zuschnitt) -> str | None:
        """Return the Raumebene that Sozialräume of `zuschnitt` may not cross, or None."""
        if self.rules.nesting is not None:
            return None if self.rules.nesting == FREE else self.rules.nesting
        declared = city.nesting_of(zuschnitt)
        coarser = [level.id for level in city.raumebene if level.membership != "city"]
        return next((level for level in coarser if level in declared), None)


def wrong_names_in_redrawing(redrawing: Redrawing, book: Codebook, city: City) -> Iterator[str]:
    """Yield what redrawing.toml names that codebook and city do not have, by key."""
    for group, traits in redrawing.character.groups.items():
        for each in traits.trait:
            indikator, key = book.indikator.get(each.indikator), f"redrawing.toml: character.{group}.trait"
            if indikator is None:
                yield f"{key}: {each.indikator!r} is no Indikator of the codebook"
            elif indikator.type not in ("anteil", "verhaeltnis"):
                yield (
                    f"{key}: expected a numerator over a denominator (type 'anteil' or 'verhaeltnis'), found "
                    f"{each.indikator!r} of type {indikator.type!r}"
                )
    ids = [level.id for level in city.raumebene]
    coarser = ids[ids.index("sozialraum") + 1 :]
    if redrawing.rules.nesting not in (None, FREE, *coarser):
        expected = ", ".join([*coarser, FREE])
        yield f"redrawing.toml: rules.nesting: expected one of {expected}, found {redrawing.rules.nesting!r}"
