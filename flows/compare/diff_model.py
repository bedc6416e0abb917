"""What a comparison of two releases says, as typed models: one report for people, programs and `_changes`.

docs/diff.schema.json is the JSON schema of `Diff`; a test holds it to these models. docs/releases.md explains
the causes and the severity.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from flows.profile.vocabulary import Words

FORMAT: Literal["fortschreibung-diff/1"] = "fortschreibung-diff/1"
SCHEMA_ID = "urn:fortschreibung:diff:1"

Cause = Literal["stichtag", "revised", "boundary", "definition", "protection", "coverage", "computation"]
Severity = Literal["high", "medium", "low"]

CAUSES: Mapping[Cause, Words] = {
    "stichtag": Words("ganzer Stichtag hinzugekommen oder entfallen", "a whole Stichtag come or gone"),
    "revised": Words("von der Quelle berichtigt", "revised by the source"),
    "boundary": Words("durch neuen Zuschnitt bewegt", "moved by a boundary change"),
    "definition": Words("Definition geändert", "changed definition"),
    "protection": Words("neu geschützt oder freigegeben", "newly protected or released"),
    "coverage": Words("hinzugekommen oder entfallen", "coverage come or gone"),
    "computation": Words("anders gerechnet, Lieferungen gleich", "computed differently from the same deliveries"),
}
SEVERITIES: Mapping[Severity, Words] = {
    "high": Words("hoch", "high"),
    "medium": Words("mittel", "medium"),
    "low": Words("gering", "low"),
}


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReleaseNamed(_Model):
    """One side of the comparison."""

    version: str
    content_hash: str
    stichtag_max: dt.date
    zuschnitt: str


class Comparison(_Model):
    """How one published table compares; one that could not be compared counts as different."""

    table: str
    outcome: Literal["same", "different", "not_made"]
    reason: str | None = Field(default=None, description="Why the comparison could not be made.")


class StichtagChange(_Model):
    """A Stichtag that only one of the releases has."""

    stichtag: dt.date
    change: Literal["come", "gone"]
    figures: int = Field(description="Its values, each counted once, on the newest Zuschnitt.")


class Earlier(_Model):
    """How many figures differ of the Stichtage that both releases have, each counted once."""

    changed: int
    come: int
    gone: int
    elsewhere: int = Field(description="The same on older Zuschnitte, where figures stand once more.")


class SourceChange(_Model):
    """A Lieferung that only one release was made from, or that came with other bytes."""

    quelle: str
    datei: str
    change: Literal["come", "gone", "other_bytes"]


class FieldChange(_Model):
    """One property of an Indikator in the codebook, before and after."""

    field: str
    before: str | None
    after: str | None


class CodebookChange(_Model):
    """An Indikator that came, went, is computed in another way, or is only worded in another way."""

    indikator_id: str
    change: Literal["come", "gone", "definition", "wording"]
    fields: list[FieldChange]


class UnitChange(_Model):
    """A unit that came, went, has another outline or lies in another larger unit, or has another name."""

    zuschnitt: str
    raumebene: str
    raum_id: str
    name: str | None
    change: Literal["come", "gone", "boundary", "name"]


class IndikatorDiff(_Model):
    """What happened to the figures of an Indikator, and how much it matters."""

    indikator_id: str
    label_de: str
    label_en: str
    einheit: str
    severity: Severity
    why: list[str] = Field(description="The rules of docs/releases.md that gave the severity.")
    different: int = Field(description="Figures that differ; the sum of the seven causes.")
    stichtag: int
    revised: int
    boundary: int
    definition: int
    protection: int
    coverage: int
    computation: int
    come: int
    gone: int
    newly_protected: int
    newly_released: int
    moved: int = Field(description="Figures with a value in both releases, and not the same.")
    largest_movement: float | None = Field(description="Largest |after - before| / max(|before|, |after|).")


class LevelDiff(_Model):
    """The differences of an Indikator on a Raumebene: a row of `_changes`."""

    raumebene: str
    indikator_id: str
    geaendert: int
    hinzugekommen: int
    entfallen: int
    groesste_abweichung: float | None
    raum_id: str | None
    stichtag: dt.date | None


class Mover(_Model):
    """A figure that moved far for its Indikator and Raumebene."""

    raumebene: str
    indikator_id: str
    zuschnitt: str
    raum_id: str
    name: str | None
    stichtag: dt.date
    cause: Cause
    before: float
    after: float
    difference: float


class UnitMoved(_Model):
    """A unit with many figures that moved, and the one that moved furthest."""

    zuschnitt: str
    raumebene: str
    raum_id: str
    name: str | None
    figures: int
    indikatoren: int
    largest_movement: float
    indikator_id: str
    stichtag: dt.date
    before: float
    after: float


class Changed(_Model):
    """A figure of a Stichtag that both releases have, before and after."""

    raumebene: str
    raumebene_label: str
    zuschnitt: str
    raum_id: str
    name: str | None
    indikator_id: str
    label_de: str
    decimals: int
    stichtag: dt.date
    before: float | None
    after: float | None
    status_before: str
    status_after: str
    cause: Cause


class Moved(_Model):
    """A unit that moved far between the last two Stichtage of the later release, and by which Indikator."""

    raumebene: str
    zuschnitt: str
    raum_id: str
    name: str | None
    indikator_id: str
    label_de: str
    decimals: int
    stichtag_before: dt.date
    stichtag: dt.date
    before: float
    after: float
    city_before: float | None
    city_after: float | None


class IndexMoved(_Model):
    """How many units of the finest Raumebene are in another class of an index than at the Stichtag before, and why."""

    index_id: str
    index_version: str
    massstab: str
    label_de: str
    label_en: str
    stichtag_before: dt.date
    stichtag: dt.date
    units: int = Field(description="Units with a score at both Stichtage.")
    higher: int = Field(description="In a class of more need than before.")
    lower: int
    raum: int = Field(description="Changes of class whose main cause is the unit itself.")
    zufall: int
    stadt: int
    zuschnitt: int
    definition: int


class ClassMoved(_Model):
    """A unit whose class of the main index is another than at the Stichtag before, and what the change is made of."""

    zuschnitt: str
    raumebene: str
    raum_id: str
    name: str | None
    class_before: str
    class_after: str
    cause: str
    difference: float
    raum: float
    zufall: float
    stadt: float
    redrawn: float
    definition: float


class TypeMoved(_Model):
    """A unit whose type in the first typology is another than at the Stichtag before."""

    zuschnitt: str
    raumebene: str
    raum_id: str
    name: str | None
    stichtag_before: dt.date
    stichtag: dt.date
    type_before: str
    type_after: str
    borderline: bool = Field(description="At one of the two a short shift makes it another type.")
    border_before: float = Field(description="The least shift that makes it another type.")
    border_after: float


class IndexDiff(_Model):
    """A version of an index that differs between the releases at Stichtage that both have."""

    index_id: str
    index_version: str
    label_de: str
    change: Literal["come", "gone", "definition", "figures"]
    scores: int = Field(description="Scores that differ.")
    classes: int = Field(description="Units whose possible classes differ.")
    likely_classes: int = Field(default=0, description="Units of which other classes hold 90 %.")
    ranks: int = Field(default=0, description="Units whose range of the rank differs.")
    reasons: int = Field(description="Units whose status differs.")
    largest: float | None = Field(description="The largest difference of a score.")


class Diff(_Model):
    """The whole comparison; `before` is null for the first release of a city."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Comparison of two releases of a Fortschreibung")

    format: Literal["fortschreibung-diff/1"] = FORMAT
    city: str
    before: ReleaseNamed | None
    after: ReleaseNamed
    same: bool = Field(description="True only when every table of the content was compared and is the same.")
    comparisons: list[Comparison] = Field(default_factory=list)
    causes: dict[Cause, int] = Field(default_factory=dict, description="Figures that differ, by cause.")
    stichtage: list[StichtagChange] = Field(default_factory=list)
    earlier: Earlier | None = Field(default=None, description="Null where no figure differs or none was compared.")
    changed: list[Changed] = Field(default_factory=list, description="The gravest of the changed figures.")
    moved: list[Moved] = Field(default_factory=list, description="Between the last two Stichtage of the later release.")
    sources: list[SourceChange] = Field(default_factory=list)
    codebook: list[CodebookChange] = Field(default_factory=list)
    units: list[UnitChange] = Field(default_factory=list)
    indikatoren: list[IndikatorDiff] = Field(default_factory=list)
    levels: list[LevelDiff] = Field(default_factory=list)
    movers: list[Mover] = Field(default_factory=list)
    units_moved: list[UnitMoved] = Field(default_factory=list)
    indices_moved: list[IndexMoved] = Field(
        default_factory=list, description="Between the last two Stichtage of the later release."
    )
    classes_moved: list[ClassMoved] = Field(default_factory=list, description="Of the main index, in the same way.")
    types_moved: list[TypeMoved] = Field(default_factory=list, description="Of the first typology, in the same way.")
    indices: list[IndexDiff] = Field(default_factory=list)

    @property
    def different(self) -> int:
        """How many figures differ."""
        return sum(self.causes.values())

    @property
    def not_made(self) -> list[Comparison]:
        """The comparisons that could not be made."""
        return [each for each in self.comparisons if each.outcome == "not_made"]


def json_schema() -> dict[str, object]:
    """Return the JSON schema of the report, as published in docs/diff.schema.json."""
    schema = Diff.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}


if __name__ == "__main__":
    print(json.dumps(json_schema(), ensure_ascii=False, indent=2))  # noqa: T201 -- docs/diff.schema.json
