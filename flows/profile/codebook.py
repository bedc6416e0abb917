"""The codebook as data: Merkmale (what is counted) and Indikatoren (numerator over denominator)."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from flows.base.strict import Identifier, Strict
from flows.profile.vocabulary import Direction, Kind, Theme, Type


class Merkmal(Strict):
    """A counted quantity, additive over base units."""

    label_de: str
    """German name. Example: `label_de = "Pflegebedürftige"`"""
    label_en: str
    """English name. Example: `label_en = "People in need of care"`"""
    synonyms: list[str] = Field(default_factory=list)
    """Other names in the headers of offices; only `fortschreibung new-city` reads them.

    Example: `synonyms = ["Pflegefälle"]`
    """
    unit: str
    """What is counted. Example: `unit = "Personen"`"""
    kind: Kind
    """A stock, a flow or an area. Example: `kind = "bestand"`"""
    theme: Theme
    """The chapter of the codebook. Example: `theme = "soziales"`"""
    protected: bool
    """Whether a small count identifies people. Example: `protected = true`"""
    whole: bool = True
    """A count of things, never a fraction. Example: `whole = false`"""
    part_of: list[Identifier] = Field(default_factory=list)
    """Merkmale that are never smaller. Example: `part_of = ["einwohner"]`"""
    cases: Identifier | None = None
    """What is added up to this sum, as a Merkmal that counts it; a class may suppress sums over few (`min_cases`).

    Example: `cases = "wohnungen"`
    """
    largest: Identifier | None = None
    """The Merkmal that says of a base unit how much its largest single case adds to this sum; no Indikator counts it. A
    class may suppress sums that one case dominates (`max_contribution`).

    Example: `largest = "wohnflaeche_qm_groesste"`
    """


class Division(Strict):
    """A complete division of a Merkmal: the parts add up to the whole."""

    label: str
    """What the division is, in checks. Example: `label = "Altersgruppen"`"""
    whole: Identifier
    """The Merkmal that the parts add up to. Example: `whole = "einwohner"`"""
    parts: list[Identifier] = Field(min_length=2)
    """The Merkmale that add up to it. Example: `parts = ["weiblich", "maennlich"]`"""


class Balance(Strict):
    """The flows of a year that make a stock what it is from what it was a year before."""

    plus: list[Identifier] = Field(min_length=1)
    """The Merkmale that add to the stock. Example: `plus = ["geburten", "zuzuege"]`"""
    minus: list[Identifier] = Field(min_length=1)
    """The Merkmale that take from it. Example: `minus = ["sterbefaelle", "fortzuege"]`"""


class Cohort(Strict):
    """Two Merkmale of which `after` counts the people of `before` some years later; bounds of after / before."""

    before: Identifier
    """The Merkmal of the earlier Stichtag. Example: `before = "einwohner_0_2"`"""
    after: Identifier
    """The Merkmal of the same people later. Example: `after = "einwohner_3_5"`"""
    years: int = Field(ge=1)
    """How much later, in years. Example: `years = 3`"""
    at_least: float = Field(gt=0)
    """The smallest usual quotient of `after` and `before`. Example: `at_least = 0.7`"""
    at_most: float = Field(gt=0)
    """The largest usual one. Example: `at_most = 1.3`"""


class UsageWarning(Strict):
    """A caution of the fixed vocabulary that travels with an Indikator."""

    de: str
    """In German; the words before the first colon are its name. Example: `de = "Kleiner Nenner: schwankt stark"`"""
    en: str
    """In English. Example: `en = "Small denominator: varies strongly"`"""


class Indikator(Strict):
    """A figure made from Merkmale: a count, or a numerator over a denominator; never an average of rates."""

    label_de: str
    """German name. Example: `label_de = "Anteil der Kinder"`"""
    label_en: str
    """English name. Example: `label_en = "Share of children"`"""
    synonyms: list[str] = Field(default_factory=list)
    """Other words by which readers look for it. Example: `synonyms = ["Kinderarmut"]`"""
    description_de: str
    """The definition in German. Example: `description_de = "Personen unter 18 an allen Einwohnern"`"""
    description_en: str
    """The definition in English. Example: `description_en = "Persons under 18 as a share of residents"`"""
    unit: str
    """The unit of the figure. Example: `unit = "%"`"""
    decimals: int = Field(ge=0, le=6)
    """Decimals that are published. Example: `decimals = 1`"""
    type: Type
    """How it is computed (docs/codebook.md). Example: `type = "anteil"`"""
    numerator: list[Identifier] = Field(min_length=1)
    """Merkmale that are added up above the line. Example: `numerator = ["einwohner_0_17"]`"""
    denominator: list[Identifier] = Field(default_factory=list)
    """Merkmale that are added up below the line; none for *anzahl* and *veraenderung*.

    Example: `denominator = ["einwohner"]`
    """
    factor: float = 1
    """What the quotient is multiplied by. Example: `factor = 100`"""
    lag_years: int | None = None
    """With *veraenderung*: compared with so many years earlier. Example: `lag_years = 5`"""
    reference: Literal["stichtag", "zeitraum"]
    """A stock on the Stichtag, or a flow of the year that ends on it. Example: `reference = "stichtag"`"""
    theme: Theme
    """The chapter of the codebook. Example: `theme = "bevoelkerung"`"""
    source_de: str
    """Where the counts come from, in German. Example: `source_de = "Einwohnermelderegister"`"""
    direction: Direction
    """Which side indicates more need. Example: `direction = "neutral"`"""
    protection: Identifier
    """The class whose thresholds hold (`[protection.…]` of city.toml). Example: `protection = "personen"`"""
    limitations_de: str = ""
    """What the figure does not say, in German. Example: `limitations_de = "Ohne Nebenwohnsitze."`"""
    limitations_en: str = ""
    """The same in English. Example: `limitations_en = "Without secondary residences."`"""
    usage_warnings: list[Identifier] = Field(default_factory=list)
    """Cautions of `[usage_warnings.…]`. Example: `usage_warnings = ["small_denominator"]`"""

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
    """All Merkmale and Indikatoren of a city, in the order in which they are published (docs/codebook.md)."""

    usage_warnings: dict[Identifier, UsageWarning] = Field(default_factory=dict)
    """Cautions that Indikatoren name."""
    merkmal: dict[Identifier, Merkmal] = Field(default_factory=dict)
    """What is counted, by id."""
    division: dict[Identifier, Division] = Field(default_factory=dict)
    """Which Merkmale add up to another one."""
    balance: dict[Identifier, Balance] = Field(default_factory=dict)
    """By stock, the flows between two years of it."""
    cohort: dict[Identifier, Cohort] = Field(default_factory=dict)
    """Which Merkmal counts the people of another one some years later."""
    indikator: dict[Identifier, Indikator] = Field(default_factory=dict)
    """What is published, by id."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        named = [(f"merkmal.{name}.part_of", merkmal.part_of) for name, merkmal in self.merkmal.items()]
        named += [(f"merkmal.{name}.{key}", [other]) for name, merkmal in self.merkmal.items()
                  for key, other in (("cases", merkmal.cases), ("largest", merkmal.largest)) if other]  # fmt: skip
        named += [(f"division.{name}", [each.whole, *each.parts]) for name, each in self.division.items()]
        named += [(f"cohort.{name}", [each.before, each.after]) for name, each in self.cohort.items()]
        named += [(f"balance.{name}", [name, *each.plus, *each.minus]) for name, each in self.balance.items()]
        for key, merkmale in named:
            if not_in_codebook := sorted(set(merkmale) - set(self.merkmal)):
                message = f"{key}: {not_in_codebook} is no Merkmal of the codebook"
                raise ValueError(message)
        largest = {merkmal.largest for merkmal in self.merkmal.values() if merkmal.largest}
        for name, indikator in self.indikator.items():
            if single := sorted(largest & {*indikator.numerator, *indikator.denominator}):
                message = f"indikator.{name}: {single} is the `largest` case of a sum, which no Indikator may show"
                raise ValueError(message)
            unknown = {*indikator.numerator, *indikator.denominator} - set(self.merkmal)
            if unknown:
                message = f"indikator.{name}: {sorted(unknown)} is no Merkmal of the codebook"
                raise ValueError(message)
            warnings = set(indikator.usage_warnings) - set(self.usage_warnings)
            if warnings:
                message = f"indikator.{name}: usage_warnings {sorted(warnings)} are not in [usage_warnings]"
                raise ValueError(message)
        return self
