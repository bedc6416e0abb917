"""The codebook as data: Merkmale (what is counted) and Indikatoren (numerator over denominator)."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from flows.base.strict import Strict
from flows.profile.city import Identifier
from flows.profile.vocabulary import Direction, Kind, Theme, Type


class Merkmal(Strict):
    """A counted quantity, additive over base units.

    ``synonyms`` are other names under which offices deliver it; only `fortschreibung new-city` reads them.
    """

    label_de: str
    label_en: str
    synonyms: list[str] = Field(default_factory=list)
    unit: str
    kind: Kind
    theme: Theme
    protected: bool
    whole: bool = True  # a count of things, never a fraction
    part_of: list[Identifier] = Field(default_factory=list)


class Division(Strict):
    """A complete division of a Merkmal: the parts add up to the whole."""

    label: str
    whole: Identifier
    parts: list[Identifier] = Field(min_length=2)


class Balance(Strict):
    """The flows of a year that make a stock what it is from what it was a year before."""

    plus: list[Identifier] = Field(min_length=1)
    minus: list[Identifier] = Field(min_length=1)


class Cohort(Strict):
    """Two Merkmale of which `after` counts the people of `before` some years later; bounds of after / before."""

    before: Identifier
    after: Identifier
    years: int = Field(ge=1)
    at_least: float = Field(gt=0)
    at_most: float = Field(gt=0)


class UsageWarning(Strict):
    """A caution of the fixed vocabulary that travels with an Indikator."""

    de: str
    en: str


class Indikator(Strict):
    """A figure made from Merkmale: a count, or a numerator over a denominator; never an average of rates."""

    label_de: str
    label_en: str
    description_de: str
    description_en: str
    unit: str
    decimals: int = Field(ge=0, le=6)
    type: Type
    numerator: list[Identifier] = Field(min_length=1)
    denominator: list[Identifier] = Field(default_factory=list)
    factor: float = 1
    lag_years: int | None = None
    reference: Literal["stichtag", "zeitraum"]
    theme: Theme
    source_de: str
    direction: Direction
    protection: Identifier
    limitations_de: str = ""
    limitations_en: str = ""
    usage_warnings: list[Identifier] = Field(default_factory=list)

    @model_validator(mode="after")
    def _needs(self) -> Self:
        if self.type in ("anteil", "verhaeltnis") and not self.denominator:
            message = f"type = '{self.type}' needs a `denominator`"
            raise ValueError(message)
        if self.type in ("anzahl", "veraenderung") and self.denominator:
            message = f"type = '{self.type}' has no `denominator` of its own"
            raise ValueError(message)
        if (self.type == "veraenderung") != (self.lag_years is not None):
            message = "`lag_years` goes with type = 'veraenderung', and only with it"
            raise ValueError(message)
        return self


class Codebook(Strict):
    """All Merkmale and Indikatoren of a city, in the order in which they are published."""

    usage_warnings: dict[Identifier, UsageWarning] = Field(default_factory=dict)
    merkmal: dict[Identifier, Merkmal] = Field(default_factory=dict)
    division: dict[Identifier, Division] = Field(default_factory=dict)
    balance: dict[Identifier, Balance] = Field(default_factory=dict)
    cohort: dict[Identifier, Cohort] = Field(default_factory=dict)
    indikator: dict[Identifier, Indikator] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        named = [(f"merkmal.{name}.part_of", merkmal.part_of) for name, merkmal in self.merkmal.items()]
        named += [(f"division.{name}", [each.whole, *each.parts]) for name, each in self.division.items()]
        named += [(f"cohort.{name}", [each.before, each.after]) for name, each in self.cohort.items()]
        named += [(f"balance.{name}", [name, *each.plus, *each.minus]) for name, each in self.balance.items()]
        for key, merkmale in named:
            if not_in_codebook := sorted(set(merkmale) - set(self.merkmal)):
                message = f"{key}: {not_in_codebook} is no Merkmal of the codebook"
                raise ValueError(message)
        for name, indikator in self.indikator.items():
            unknown = {*indikator.numerator, *indikator.denominator} - set(self.merkmal)
            if unknown:
                message = f"indikator.{name}: {sorted(unknown)} is no Merkmal of the codebook"
                raise ValueError(message)
            warnings = set(indikator.usage_warnings) - set(self.usage_warnings)
            if warnings:
                message = f"indikator.{name}: usage_warnings {sorted(warnings)} are not in [usage_warnings]"
                raise ValueError(message)
        return self
