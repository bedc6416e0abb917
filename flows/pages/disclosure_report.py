"""What a release withholds, by Raumebene, Zuschnitt and Indikator, and where: computed from what it publishes.

So the report tells nothing that the release does not: of no figure whether it is suppressed because it is too small or
for the sake of another.
"""

from __future__ import annotations

from typing import Literal

import duckdb
from pydantic import BaseModel, ConfigDict, Field

from flows.base.db import records, sql, use_spatial

FORMAT: Literal["fortschreibung-disclosure/1"] = "fortschreibung-disclosure/1"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Extent(_Model):
    """How many figures of a Raumebene on a Zuschnitt are withheld: of one Indikator, or of all."""

    raumebene: str
    raumebene_label: str
    zuschnitt: str
    indikator_id: str | None
    label: str | None
    werte: int = Field(description="Figures that are known: published or suppressed.")
    geschuetzt: int = Field(description="Those of them that are suppressed.")
    anteil_einwohner: float | None = Field(
        description="Share of the residents, as far as their number is published, who live where the figure is, summed "
        "over the Stichtage; null of the number of residents itself."
    )


class Place(_Model):
    """A Sozialraum at the newest Stichtag."""

    raum_id: str
    name: str | None
    zuschnitt: str
    stichtag: str
    werte: int
    geschuetzt: int
    path: str | None = Field(exclude=True, description="Its outline in SVG's path language, for the page.")

    @property
    def share(self) -> float:
        """The share of its figures that is suppressed."""
        return self.geschuetzt / self.werte


class DisclosureReport(_Model):
    """The whole report."""

    format: Literal["fortschreibung-disclosure/1"] = FORMAT
    city: str
    version: str
    withdrawn: int = Field(
        description="Counts on a new Zuschnitt of which nothing is said, not even that they are not 0."
    )
    levels: list[Extent]
    indikatoren: list[Extent] = Field(description="Of every Raumebene and Zuschnitt.")
    sozialraeume: list[Place]
    box: tuple[float, float, float, float] | None = Field(exclude=True, description="Around all outlines.")


def disclosure_report(con: duckdb.DuckDBPyConnection, city: str, version: str) -> DisclosureReport:
    """Return the report of the release whose tables `con` shows."""
    use_spatial(con)
    con.execute(sql("schema/svg_pfad"))
    extents = [Extent.model_validate(row) for row in records(con.execute(sql("disclosure/geheim_umfang")))]
    places, box = [], None
    for row in records(con.execute(sql("disclosure/geheim_karte"))):
        west, south, east, north = (row.pop(side) for side in ("west", "sued", "ost", "nord"))
        places.append(Place(path=row.pop("pfad"), **row))
        box = (west, south, east, north) if west is not None else None
    ((withdrawn,),) = con.execute("SELECT count(*) FROM merkmal_entzogen").fetchall()
    return DisclosureReport(
        city=city, version=version, withdrawn=withdrawn, levels=[one for one in extents if one.indikator_id is None],
        indikatoren=[one for one in extents if one.indikator_id is not None], sozialraeume=places, box=box,
    )  # fmt: skip
