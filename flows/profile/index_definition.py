"""An index as data: which Indikatoren it is made of, how they are brought together, and what its classes mean.

One model for the definitions that ship (cities/index.toml), those that a city adds and those that somebody only tries.
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, model_validator

from flows.base.strict import Identifier, Strict
from flows.profile.vocabulary import Aggregation, ClassLimits, Rescaling, Standardisation, vocabulary

Reference = Literal["year", "fixed"]


class Component(Strict):
    """One Indikator of an index, with its weight."""

    indikator: str
    """The Indikator; with `--try` a column of the table. Example: `indikator = "sgb2_quote"`"""
    weight: float = Field(default=1, ge=0)
    """How much it counts beside the others. Example: `weight = 0.22`"""
    direction: Literal["hoch", "niedrig"] | None = None
    """Which side indicates more need; without it, what the codebook says of the Indikator.

    Example: `direction = "niedrig"`
    """


class IndexClasses(Strict):
    """Where a class ends and the next begins, from little need to much; a score on a limit is in the upper class."""

    by: ClassLimits
    """What the limits are: scores, standard deviations from the mean score, quantiles (of type 9), or shares of the
    units, counted by rank. Example: `by = "sd"`
    """
    limits: list[float] = Field(min_length=1)
    """The limits between the classes, rising. Example: `limits = [-1, 1, 1.5]`"""
    labels_de: list[str]
    """The classes in German, one more than limits. Example: `labels_de = ["gering", "hoch"]`"""
    labels_en: list[str]
    """The classes in English. Example: `labels_en = ["low", "high"]`"""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if any(lower >= upper for lower, upper in pairwise(self.limits)):
            message = f"limits: expected rising numbers, found {self.limits}"
            raise ValueError(message)
        if self.by in ("quantile", "share") and not all(0 < limit < 1 for limit in self.limits):
            message = f"limits: by = '{self.by}' expects shares between 0 and 1, found {self.limits}"
            raise ValueError(message)
        for key, labels in (("labels_de", self.labels_de), ("labels_en", self.labels_en)):
            if len(labels) != len(self.limits) + 1:
                message = (
                    f"{key}: expected {len(self.limits) + 1} classes for {len(self.limits)} limits, found {labels}"
                )
                raise ValueError(message)
        return self


class Dynamics(Strict):
    """The change of the components over some years as a second index, crossed with the first."""

    years: int = Field(ge=1)
    """How far back it compares. Example: `years = 2`"""
    stay: float = Field(default=0, ge=0, lt=1)
    """The share of the people counted who were counted before as well: the more of them, the less of a change is
    chance. 0, without it, is cautious. Example: `stay = 0.5`
    """
    classes: IndexClasses
    """The classes of the change."""


class LeftOut(Strict):
    """A unit that gets no index."""

    raumebene: Identifier
    """Its Raumebene. Example: `raumebene = "sozialraum"`"""
    id: str
    """Its id. Example: `id = "011002"`"""
    reason: str = Field(min_length=1)
    """Why. Example: `reason = "Gemeinschaftsunterkunft"`"""


class IndexGroup(Strict):
    """A group of people for whom an index is computed apart, by Indikatoren of its own."""

    label_de: str
    """Its German name. Example: `label_de = "0 bis 2 Jahre"`"""
    label_en: str
    """Its English name. Example: `label_en = "aged 0-2"`"""
    concerns: Identifier
    """The Indikator that counts the people. Example: `concerns = "einwohner_0_2"`"""
    component: list[Component] = Field(min_length=1)
    """The Indikatoren of the group."""


class IndexDefinition(Strict):
    """An index: one figure from several, to be read with its limitations."""

    id: Identifier | None = None
    """Its name in the tables, where it is another than the section's: so an earlier version stands under the same name
    beside the new one. Example: `id = "bedarf"`
    """
    version: str
    """Changes with the definition. Example: `version = "2"`"""
    until: dt.date | None = None
    """The last Stichtag for which this version is computed. Example: `until = 2027-12-31`"""
    label_de: str
    """German name. Example: `label_de = "Bedarfsindex"`"""
    label_en: str
    """English name. Example: `label_en = "Index of need"`"""
    description_de: str
    """What it is, in German. Example: `description_de = "Mittel der z-Werte"`"""
    description_en: str
    """What it is, in English. Example: `description_en = "Mean of z values"`"""
    limitations_de: str
    """What it does not say, in German. Example: `limitations_de = "Sagt nichts über einzelne Menschen."`"""
    limitations_en: str
    """What it does not say. Example: `limitations_en = "Says nothing about single people."`"""
    guidance_de: str
    """How to write about it, in German. Example: `guidance_de = "Räume mit höherem Bedarf, nicht: schlechte Räume."`"""
    guidance_en: str
    """How to write about it. Example: `guidance_en = "Areas with more need, not: bad areas."`"""
    source: str
    """Whose method it is. Example: `source = "Sozialatlas Nordheim 2021"`"""
    standardise: Standardisation
    """How Indikatoren become comparable (docs/need-index.md). Example: `standardise = "z"`"""
    aggregate: Aggregation
    """How they become one figure. Example: `aggregate = "mean"`"""
    decimals: int | None = Field(default=None, ge=0, le=9)
    """To how many decimals standardised figures are rounded before they are brought together; without it, they are not.

    Example: `decimals = 4`
    """
    rescale: Rescaling = "none"
    """What is done with that figure. Example: `rescale = "z"`"""
    reference: list[Reference] = Field(default=["year"], min_length=1)
    """What a unit is measured by: the city of the same Stichtag, or of the `base` year, by which classes can be
    compared over time; or both. Example: `reference = ["year", "fixed"]`
    """
    base: dt.date | None = None
    """The Stichtag of the base year. Example: `base = 2019-12-31`"""
    max_excess: float = Field(default=0.25, ge=0, le=1)
    """By how much the share of the variance that a component explains may exceed its share of the weights; an index
    that one component rules is refused. Example: `max_excess = 0.4`
    """
    overlap: float = Field(default=0, ge=0, lt=1)
    """How far chance in one component comes with chance in another, as a correlation, because they count the same
    people: who is unemployed is often on SGB II too. 0, without it, where each person is in one of them only.

    Example: `overlap = 0.25`
    """
    min_residents: int = Field(default=0, ge=0)
    """Units with fewer residents are left out. Example: `min_residents = 300`"""
    left_out: list[LeftOut] = Field(default_factory=list)
    """Units that get no index."""
    component: list[Component] = Field(default_factory=list)
    """The Indikatoren that it is made of."""
    group: dict[Identifier, IndexGroup] = Field(default_factory=dict)
    """Instead of `component`: groups of people with an index each, by its name in the tables."""
    concerns: Identifier | None = None
    """The Indikator that counts the people whom the index is about. Example: `concerns = "einwohner_0_17"`"""
    classes: IndexClasses
    """Its classes."""
    dynamics: Dynamics | None = None
    """The change over some years as a second index."""

    @model_validator(mode="after")
    def _worded(self) -> Self:
        """Refuse words that nobody there would use of people and places; `guidance` may name them."""
        texts = {
            name: getattr(self, name)
            for name in ("label_de", "label_en", "description_de", "description_en", "limitations_de", "limitations_en")
        }
        kinds = {"classes": self.classes} | ({"dynamics.classes": self.dynamics.classes} if self.dynamics else {})
        for kind, classes in kinds.items():
            texts |= {
                f"{kind}.labels_de": " / ".join(classes.labels_de),
                f"{kind}.labels_en": " / ".join(classes.labels_en),
            }
        for group, each in self.group.items():
            texts |= {f"group.{group}.label_de": each.label_de, f"group.{group}.label_en": each.label_en}
        for key, text in texts.items():
            if word := vocabulary().refused_in(text):
                message = (
                    f"{key}: expected words that say how much need there is, found {word!r} in {text!r}. "
                    "Speak of areas with more need (cities/vocabulary.toml, refused_words)"
                )
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.component) == bool(self.group):
            message = "component: expected the Indikatoren of the index, or groups of people in `group`, and not both"
            raise ValueError(message)
        parts = {"component": self.component} | {f"group.{name}": each.component for name, each in self.group.items()}
        for key, components in parts.items():
            if components and not any(each.weight for each in components):
                message = f"{key}: expected a weight above 0, found 0 everywhere"
                raise ValueError(message)
            names = [each.indikator for each in components]
            if twice := sorted({name for name in names if names.count(name) > 1}):
                message = f"{key}: expected each Indikator once, found {', '.join(twice)} again"
                raise ValueError(message)
        if ("fixed" in self.reference) != (self.base is not None):
            message = "base: goes with reference = ['fixed'], and only with it"
            raise ValueError(message)
        if self.aggregate == "factor" and self.standardise not in ("z", "normal_score"):
            message = "aggregate: 'factor' needs standardise = 'z' or 'normal_score'"
            raise ValueError(message)
        if self.aggregate == "product" and self.standardise != "quotient":
            message = "aggregate: 'product' needs standardise = 'quotient'"
            raise ValueError(message)
        if self.dynamics is not None and self.standardise != "z":
            message = "dynamics: needs standardise = 'z', by which a change beside the city's has a sign"
            raise ValueError(message)
        return self

    def by_group(self, name: str) -> dict[str, IndexDefinition]:
        """Return the definitions that this one, of section `name`, stands for: itself, or one of each group."""
        if not self.group:
            return {self.id or name: self}
        return {
            group: self.model_copy(
                update={
                    "label_de": f"{self.label_de}: {each.label_de}", "label_en": f"{self.label_en}: {each.label_en}",
                    "concerns": each.concerns, "component": each.component, "group": {},
                }
            )
            for group, each in self.group.items()
        }  # fmt: skip


class IndexFile(Strict):
    """The indices that are computed from the published Indikatoren; a city adds its own to the ready ones."""

    ready: list[Identifier] | None = None
    """In a city's file: which of the ready definitions are computed for it; without it, all.

    Example: `ready = ["bedarf"]`
    """
    index: dict[Identifier, IndexDefinition] = Field(default_factory=dict)
    """The indices, by name."""
