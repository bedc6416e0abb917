"""A city as data: Raumebenen, base units, Zuschnitte and thresholds, read from cities/<city>/city.toml."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from flows.base.strict import Strict
from flows.profile.coordinate_system import coordinate_systems


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as problem:
        message = f"not a regular expression: {problem}"
        raise ValueError(message) from problem
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Raumebene(Strict):
    """A level of space and how a base unit's id on it is found.

    ``membership`` says where the id comes from: *assignment* (a column of the Zuschnitt's assignment
    file), *base* (the base unit is itself a unit of this Raumebene), *prefix* (the first `digits`
    characters of the finest Raumebene's id) or *city* (the one unit `city_unit`).
    """

    id: Identifier
    label_de: str
    label_en: str
    membership: Literal["assignment", "base", "prefix", "city"]
    id_pattern: Pattern
    digits: int | None = None
    city_unit: str | None = None
    names: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _needs(self) -> Self:
        if self.membership == "prefix" and self.digits is None:
            message = "membership = 'prefix' needs `digits`, the leading characters of the finest Raumebene's id"
            raise ValueError(message)
        if self.membership == "city" and self.city_unit is None:
            message = "membership = 'city' needs `city_unit`, the id of the one unit that is the whole city"
            raise ValueError(message)
        return self


class BaseScheme(Strict):
    """A numbering of base units. Zuschnitte that share one are re-aggregated exactly, without a key."""

    label_de: str
    label_en: str
    id_pattern: Pattern


class Zuschnitt(Strict):
    """All units and boundaries as valid from a date, which is also its name.

    ``nested`` says in which coarser Raumebenen the finest units lie whole: in all (true), in none (false), or in those
    that are named. A check holds the units to it.
    """

    valid_from: dt.date
    base: Identifier
    nested: bool | list[Identifier] = True
    note: str = ""

    @property
    def id(self) -> str:
        """The name of the Zuschnitt: its date."""
        return self.valid_from.isoformat()


class Threshold(Strict):
    """The smallest count that may be published, below a line and above it; 0 is always published."""

    min_numerator: int = Field(ge=0)
    min_denominator: int = Field(ge=0)


class City(Strict):
    """The profile of one city.

    ``location`` is a place in it, in degrees east and north: polygons further than 100 km from it are refused.
    """

    id: Identifier
    name: str
    synthetic: bool = False
    crs: Annotated[str, Field(pattern=r"^EPSG:\d+$")]
    location: tuple[Annotated[float, Field(ge=-180, le=180)], Annotated[float, Field(ge=-90, le=90)]] | None = None
    publisher: str
    contact: str
    licence: str
    licence_url: str
    attribution: str
    official_band: float = Field(gt=0, lt=1)
    raumebene: list[Raumebene] = Field(min_length=2)
    base: dict[Identifier, BaseScheme]
    zuschnitt: list[Zuschnitt] = Field(min_length=1)
    protection: dict[Identifier, Threshold]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        ids = [level.id for level in self.raumebene]
        if len(set(ids)) != len(ids):
            message = f"raumebene: ids must differ, found {ids}"
            raise ValueError(message)
        if "sozialraum" not in ids or self.raumebene[-1].membership != "city":
            message = (
                "raumebene: one must be 'sozialraum' (the first is the finest published) and the last the whole city "
                f"(membership = 'city'), found {ids}"
            )
            raise ValueError(message)
        dates = [z.valid_from for z in self.zuschnitt]
        if dates != sorted(set(dates)):
            message = f"zuschnitt: valid_from must rise from one to the next, found {[str(d) for d in dates]}"
            raise ValueError(message)
        for z in self.zuschnitt:
            strange = set(z.nested if isinstance(z.nested, list) else ()) - set(ids[1:])
            if strange:
                message = (
                    f"zuschnitt {z.valid_from}: nested names coarser Raumebenen ({ids[1:]}), found {sorted(strange)}"
                )
                raise ValueError(message)
        if (known := coordinate_systems().get(self.crs)) and (known.degrees or known.not_true):
            message = (
                f"crs: {self.crs} ({known.name}) is none for areas, which are computed in it; use a national system in "
                "metres, such as EPSG:25832 or EPSG:25833 (Germany), EPSG:31287 (Austria), EPSG:2056 (Switzerland)"
            )
            raise ValueError(message)
        unknown = {z.base for z in self.zuschnitt} - set(self.base)
        if unknown:
            message = f"zuschnitt: base must be one of {sorted(self.base)}, found {sorted(unknown)}"
            raise ValueError(message)
        return self

    def nesting_of(self, zuschnitt: Zuschnitt) -> list[str]:
        """Return the coarser Raumebenen in which the finest units of `zuschnitt` are declared to lie whole."""
        if isinstance(zuschnitt.nested, list):
            return zuschnitt.nested
        return [level.id for level in self.raumebene[1:]] if zuschnitt.nested else []

    def zuschnitt_named(self, name: dt.date) -> Zuschnitt | None:
        """Return the Zuschnitt valid from exactly `name`, or None."""
        return next((z for z in self.zuschnitt if z.valid_from == name), None)

    @property
    def numbering(self) -> list[tuple[str, str, str]]:
        """Since when base units are numbered in which way: the date, the name of the numbering, the pattern of ids."""
        drawn = [(z.id, z.base, self.base[z.base].id_pattern) for z in self.zuschnitt]
        return [one for place, one in enumerate(drawn) if place == 0 or one[1] != drawn[place - 1][1]]
