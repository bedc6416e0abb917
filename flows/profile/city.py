"""A city as data: Raumebenen, base units, Zuschnitte and thresholds, read from cities/<city>/city.toml."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from flows.base.strict import Identifier, Strict
from flows.profile.coordinate_system import coordinate_systems
from flows.profile.due import DueDay
from flows.profile.policy import Policy
from flows.profile.protection import Protection


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as problem:
        message = f"not a regular expression: {problem}"
        raise ValueError(message) from problem
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
Digits = Annotated[int, Field(ge=1, le=100)]
"""How many characters an id has, or begins with."""

_ED25519 = bytes.fromhex("302a300506032b6570032100")
"""What the DER form of every public Ed25519 key begins with; 32 bytes follow."""


def _is_a_public_key(text: str) -> str:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if not (key.startswith(_ED25519) and len(key) == len(_ED25519) + 32):
        message = (
            "expected a public Ed25519 key, the line between BEGIN and END that `openssl pkey -in FILE -pubout` prints"
        )
        raise ValueError(message)
    return text


PublicKey = Annotated[str, AfterValidator(_is_a_public_key)]


class Raumebene(Strict):
    """A level of space and how a base unit's id on it is found."""

    id: Identifier
    """Its name in tables and files. Exactly one is `sozialraum`. Example: `id = "stadtteil"`"""
    label_de: str
    """Its German name, as pages and the codebook show it. Example: `label_de = "Stadtteil"`"""
    label_en: str
    """Its English name. Example: `label_en = "City quarter"`"""
    membership: Literal["assignment", "base", "prefix", "city"]
    """How the unit of a base unit is found: by a column of the Zuschnitt's assignment (*assignment*), the base unit is
    itself a unit (*base*), the first `digits` characters of the finest Raumebene's id (*prefix*), or there is one unit
    (*city*, the last Raumebene).

    Example: `membership = "prefix"`
    """
    id_pattern: Pattern
    r"""Regular expression that every id fits. Example: `id_pattern = '\d{3}'`"""
    digits: Digits | None = None
    """With *prefix*: how many leading characters. Example: `digits = 3`"""
    city_unit: str | None = None
    """With *city*: the id of the unit that is the whole city. Example: `city_unit = "05111000"`"""
    names: dict[str, str] = Field(default_factory=dict)
    """Names of units by id, where no source has them. Example: `names = { "01" = "Altstadt" }`"""

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
    """The German name of the base unit. Example: `label_de = "Baublockseite"`"""
    label_en: str
    """The English name of the base unit. Example: `label_en = "block side"`"""
    id_pattern: Pattern
    r"""Regular expression that every id fits. Example: `id_pattern = '\d{8}'`"""


class Zuschnitt(Strict):
    """All units and boundaries as valid from a date, which is also its name."""

    valid_from: dt.date
    """The day from which the boundaries hold; also the name of the Zuschnitt. Example: `valid_from = 2020-01-01`"""
    base: Identifier
    """The numbering of base units that it is made of, one of `[base.…]`. Example: `base = "baublockseite"`"""
    nested: bool | list[Identifier] = True
    """In which coarser Raumebenen the finest units lie whole: in all (true), in none (false), or in those named. A
    check holds the units to it.

    Example: `nested = ["stadtteil"]`
    """
    note: str = ""
    """What readers are to know of it. Example: `note = "Neuzuschnitt nach Ratsbeschluss"`"""

    @property
    def id(self) -> str:
        """The name of the Zuschnitt: its date."""
        return self.valid_from.isoformat()


Cron = Annotated[str, Field(pattern=r"^\S+ \S+ \S+ \S+ \S+$")]


class Schedule(Strict):
    """When a Prefect server of the office does what (`fortschreibung prefect setup`), in the time of Germany."""

    refresh: Cron | None = None
    """The refresh: minute, hour, day, month, day of the week. Example: `refresh = "0 6 1 3 *"`"""
    watch: Cron | None = None
    """The look whether deliveries came. Example: `watch = "0 7 * 1-7 1-5"`"""
    rehearsal: Cron | None = None
    """The trial whether a release can still be made as it was. Example: `rehearsal = "0 5 * * 0"`"""
    completed_by: DueDay | None = None
    """By which day the new year is to be published; somebody is notified otherwise.

    Example: `completed_by = "06-30"`
    """


class City(Strict):
    """How the city is divided, who publishes, and the smallest counts that may be published."""

    id: Identifier
    """The name of the folder. Example: `id = "nordheim"`"""
    name: str
    """The city's name on pages and in metadata. Example: `name = "Nordheim"`"""
    synthetic: bool = False
    """The city does not exist; every page says so. Example: `synthetic = true`"""
    crs: Annotated[str, Field(pattern=r"^EPSG:\d+$")]
    """The coordinate system, in metres, in which areas are computed and polygons published.

    Example: `crs = "EPSG:25832"`
    """
    location: tuple[Annotated[float, Field(ge=-180, le=180)], Annotated[float, Field(ge=-90, le=90)]] | None = None
    """A place in the city, in degrees east and north: polygons further than 100 km from it are refused.

    Example: `location = [6.78, 51.23]`
    """
    publisher: str
    """Who publishes the releases. Example: `publisher = "Stadt Nordheim"`"""
    contact: str
    """Whom readers ask. Example: `contact = "statistik@example.org"`"""
    licence: str
    """The licence of the releases. Example: `licence = "CC BY 4.0"`"""
    licence_url: str
    """Its address. Example: `licence_url = "https://creativecommons.org/licenses/by/4.0/"`"""
    attribution: str
    """How readers name the source. Example: `attribution = "Amt für Statistik und Wahlen"`"""
    official_band: float = Field(gt=0, lt=1)
    """How far a figure of the whole city may lie from the official one, as a share of it.

    Example: `official_band = 0.05`
    """
    approval: Literal["none", "second-person"] = "none"
    """Whether a refresh publishes by itself (*none*), or makes a candidate that one of `approvers` must approve.

    Example: `approval = "second-person"`
    """
    approvers: dict[str, PublicKey] = Field(default_factory=dict)
    """Who may approve a candidate: name and public Ed25519 key.

    Example: `approvers = { "M. Muster" = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=" }`
    """
    publish: Policy = "always"
    """What a new Stichtag year waits for before it is published: nothing (*always*), all required sources that say when
    they are due (*complete*), or those of them that are not overdue (*when-due*).

    Example: `publish = "when-due"`
    """
    schedule: Schedule = Schedule()
    """When the office's Prefect server does what."""
    raumebene: list[Raumebene] = Field(min_length=2)
    """The levels of space, the finest first."""
    base: dict[Identifier, BaseScheme]
    """The numberings of base units, by name."""
    zuschnitt: list[Zuschnitt] = Field(min_length=1)
    """The Zuschnitte, in the order of their dates."""
    protection: dict[Identifier, Protection]
    """The rules of disclosure control, by class of Indikatoren."""

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
        for key in ("secret", "ptable"):
            named = {str(found) for rule in self.protection.values() if (found := getattr(rule, key)) is not None}
            if len(named) > 1:
                message = f"protection: {key}: expected the same one for all classes, found {', '.join(sorted(named))}"
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

    @model_validator(mode="after")
    def _names_approvers(self) -> Self:
        if self.approval == "second-person" and not self.approvers:
            message = "approval = 'second-person' needs `approvers`: who may approve, each with a public key"
            raise ValueError(message)
        if len(set(self.approvers.values())) != len(self.approvers):
            message = "approvers: every person needs a key of their own, found the same key twice"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _names_units(self) -> Self:
        ids, dates = [level.id for level in self.raumebene], [str(z.valid_from) for z in self.zuschnitt]
        for name, rules in self.protection.items():
            for unit in rules.never_published:
                if unit.raumebene not in ids:
                    message = (
                        f"protection.{name}.never_published: raumebene must be one of {ids}, found '{unit.raumebene}'"
                    )
                    raise ValueError(message)
                if unit.zuschnitt is not None and self.zuschnitt_named(unit.zuschnitt) is None:
                    message = (
                        f"protection.{name}.never_published: zuschnitt must be one of {dates}, found '{unit.zuschnitt}'"
                    )
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
