"""The review of a Gliederung: of every Sozialraum whether it still holds together, and why it is named if it is.

It states and does not propose. What it says of base units is confidential.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import duckdb
import numpy as np
from pydantic import BaseModel, ConfigDict

from flows.profile.load import Profile
from flows.profile.redrawing import ReviewTriggers
from flows.redrawing.breaches import Breach, Rule, breaches
from flows.redrawing.change import Change, change
from flows.redrawing.city_ground import CityGround, city_ground
from flows.redrawing.decisions import Decision
from flows.redrawing.ground import Flags, Floats, sums
from flows.redrawing.heterogeneity import Heterogeneity, heterogeneity, noise, unit_rates
from flows.redrawing.misfits import Misfit, misfits, strange

Trigger = Literal[
    "too_small", "too_large", "nesting", "pieces", "hole", "barrier", "mixed", "strange", "misfit", "changed", "built"
]
_CAUSES = 5
"""So many base units are named as causes of a heterogeneity."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class ReviewedTrait(_Frozen):
    """A trait of a Sozialraum: now, when the cut was made, and its part of the heterogeneity."""

    indikator: str
    now: float | None
    then: float | None
    city: float | None
    heterogeneity: float | None


class ReviewedBaseUnit(_Frozen):
    """A base unit that is named, with its residents."""

    id: str
    residents: float
    heterogeneity: float | None = None
    """Its part of the heterogeneity of its Sozialraum."""
    strange: bool = False
    """Whether it surely and clearly has another character than the rest."""
    better: str | None = None
    """The neighbouring Sozialraum that it surely fits better."""
    sigmas: float | None = None
    """How sure that is, in standard errors."""


class RuleBroken(_Frozen):
    """A rule that a Sozialraum breaks."""

    rule: Rule
    amount: float


class ReviewedUnit(_Frozen):
    """A Sozialraum in the review."""

    id: str
    name: str | None
    residents: float
    residents_then: float | None
    base_units: int
    inhabited: int
    """Base units with residents."""
    heterogeneity: float | None
    heterogeneity_from: float | None
    heterogeneity_to: float | None
    rank_from: int | None
    rank_to: int | None
    traits: tuple[ReviewedTrait, ...]
    causes: tuple[ReviewedBaseUnit, ...]
    misfits: tuple[ReviewedBaseUnit, ...]
    strange_share: float | None
    misfit_share: float | None
    changed: float | None
    changed_at_least: float | None
    dwellings_then: float | None
    dwellings_come: float | None
    dwellings_gone: float | None
    new_base_units: int | None
    vanished_base_units: int | None
    breaches: tuple[RuleBroken, ...]
    triggers: tuple[Trigger, ...]
    decisions: tuple[Decision, ...] = ()
    """What was decided about proposals that are about this Sozialraum, the oldest first."""


class Review(_Frozen):
    """The review of a city's Gliederung at a Stichtag."""

    city: str
    zuschnitt: str
    stichtag: dt.date
    pooled: tuple[dt.date, ...]
    cut_made: dt.date | None
    """The Stichtag that stands for when the cut was made; None where nothing was counted before."""
    cut_pooled: tuple[dt.date, ...]
    """The Stichtage over which the traits of then are pooled."""
    divisible: bool
    """Whether there are base units below Sozialräume: without, only size and change over time can be judged."""
    borders: bool
    """Whether the map was looked at: without, nothing is said of pieces, holes, barriers and neighbours."""
    least: int
    most: int
    limits: dict[str, float]
    nesting: str | None
    barriers: bool
    holes: bool
    """Whether holes could be looked for: polygons must touch each other."""
    base_units: int
    together: int
    """Base units that are one with another."""
    without_polygon: tuple[str, ...]
    left_out: tuple[str, ...]
    unassigned: float
    units: tuple[ReviewedUnit, ...]

    @property
    def named(self) -> tuple[ReviewedUnit, ...]:
        """The Sozialräume with a trigger, those with the most first."""
        found = [unit for unit in self.units if unit.triggers]
        return tuple(sorted(found, key=lambda unit: (-len(unit.triggers), -(unit.heterogeneity or 0), unit.id)))

    def count(self, trigger: str) -> int:
        """Return how many Sozialräume have this trigger."""
        return sum(trigger in unit.triggers for unit in self.units)


def with_decisions(found: Review, decisions: Sequence[Decision]) -> Review:
    """Return a review in which each Sozialraum knows what was decided about proposals for it."""
    units = tuple(
        unit.model_copy(update={"decisions": tuple(each for each in decisions if unit.id in each.units)})
        for unit in found.units
    )
    return found.model_copy(update={"units": units})


def review(
    con: duckdb.DuckDBPyConnection, profile: Profile, stichtag: dt.date | None = None, *, borders: bool = True
) -> Review:
    """Return the review of the Zuschnitt that is valid on `stichtag`, from a working database.

    Without `borders` the map is not looked at: nothing is said of pieces, holes, barriers, and of neighbours.

    Raises:
        ConfigError: what the profile asks for cannot be done with what was delivered.
    """
    ground = city_ground(con, profile, stichtag, whole=True, borders=borders)
    divisible = max(np.bincount(ground.today)) > 1
    by_chance = noise(ground)
    mixed = heterogeneity(ground, by_chance) if divisible else None
    since = change(con, ground, profile.redrawing.years, by_chance)
    odd = strange(ground, by_chance) if divisible else np.zeros(len(ground), dtype=np.bool_)
    better = misfits(ground, by_chance) if divisible and borders else []
    broken = breaches(ground, barrier=profile.redrawing.triggers.barrier)
    if not (divisible and borders):
        seen = ("too_small", "too_large", *(["nesting"] if divisible else []))
        broken = [one for one in broken if one.rule in seen]
    of_units = _Units(
        ground, profile.redrawing.triggers, _names(con, ground.zuschnitt), mixed, since, odd,
        {one.base_unit: one for one in better}, broken, borders,
    )  # fmt: skip
    return Review(
        city=profile.city.id, zuschnitt=ground.zuschnitt, stichtag=ground.stichtag, pooled=ground.stichtage,
        cut_made=since.stichtag if since else None, cut_pooled=since.pooled if since else (),
        divisible=bool(divisible), borders=borders, least=ground.least, most=ground.most,
        limits=profile.redrawing.triggers.model_dump(), nesting=ground.nesting, barriers=bool(len(ground.barrier)),
        holes=bool(len(ground.inside)) and bool(divisible),
        base_units=sum(map(len, ground.members)), together=sum(len(some) - 1 for some in ground.members),
        without_polygon=ground.without_polygon, left_out=ground.left_out, unassigned=ground.unassigned,
        units=tuple(of_units.reviewed(unit) for unit in range(len(ground.units))),
    )  # fmt: skip


@dataclass(frozen=True)
class _Units:
    """What is known of the units, by position, brought together unit by unit."""

    ground: CityGround
    limits: ReviewTriggers
    names: dict[str, str]
    mixed: Heterogeneity | None
    since: Change | None
    odd: Flags
    better: dict[int, Misfit]
    broken: list[Breach]
    mapped: bool

    @cached_property
    def rates(self) -> Floats:
        return unit_rates(self.ground)

    @cached_property
    def city(self) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Floats = self.ground.numerators.sum(axis=0) / self.ground.denominators.sum(axis=0)
            return found

    @cached_property
    def residents(self) -> Floats:
        return sums(self.ground.today, self.ground.residents, len(self.ground.units))

    def reviewed(self, unit: int) -> ReviewedUnit:
        ground, mixed, since = self.ground, self.mixed, self.since
        members = np.flatnonzero(ground.today == unit)
        misfit = [place for place in members.tolist() if place in self.better]
        people = self.residents[unit]
        broken = tuple(RuleBroken(rule=one.rule, amount=one.amount) for one in self.broken if one.unit == unit)
        causes = self._causes(members.tolist()) if mixed is not None else ()
        found = ReviewedUnit(
            id=ground.units[unit], name=self.names.get(ground.units[unit]), residents=float(people),
            residents_then=float(since.residents[unit]) if since else None,
            base_units=sum(len(ground.members[place]) for place in members.tolist()),
            inhabited=int((ground.residents[members] > 0).sum()),
            heterogeneity=_number(mixed.score, unit) if mixed else None,
            heterogeneity_from=_number(mixed.lower, unit) if mixed else None,
            heterogeneity_to=_number(mixed.upper, unit) if mixed else None,
            rank_from=int(mixed.rank_from[unit]) or None if mixed else None,
            rank_to=int(mixed.rank_to[unit]) or None if mixed else None,
            traits=self._traits(unit), causes=causes,
            misfits=tuple(self._base_unit(place) for place in misfit),
            strange_share=_share(ground.residents[members][self.odd[members]].sum(), people) if mixed else None,
            misfit_share=_share(ground.residents[misfit].sum(), people) if mixed and self.mapped else None,
            changed=_number(since.moved, unit) if since else None,
            changed_at_least=_number(since.surely, unit) if since else None,
            dwellings_then=_number(since.dwellings, unit) if since else None,
            dwellings_come=_number(since.come, unit) if since else None,
            dwellings_gone=_number(since.gone, unit) if since else None,
            new_base_units=int(since.new[members].sum()) if since else None,
            vanished_base_units=int(since.vanished[members].sum()) if since else None,
            breaches=broken, triggers=(),
        )  # fmt: skip
        return found.model_copy(update={"triggers": self._triggers(found)})

    def _traits(self, unit: int) -> tuple[ReviewedTrait, ...]:
        return tuple(
            ReviewedTrait(
                indikator=trait.id,
                now=_number(self.rates[unit], k),
                then=_number(self.since.rates[unit], k) if self.since else None,
                city=_number(self.city, k),
                heterogeneity=_number(self.mixed.by_trait[unit], k)
                if self.mixed and not np.isnan(self.mixed.score[unit])
                else None,
            )
            for k, trait in enumerate(self.ground.traits)
        )

    def _causes(self, members: list[int]) -> tuple[ReviewedBaseUnit, ...]:
        """Return the base units that add most to the heterogeneity, and all that are strange."""
        assert self.mixed is not None  # noqa: S101 -- asked for only then
        parts = self.mixed.by_base_unit
        most = sorted(members, key=lambda place: -parts[place])
        named = [place for number, place in enumerate(most) if self.odd[place] or number < _CAUSES]
        return tuple(self._base_unit(place) for place in named if parts[place] > 0)

    def _base_unit(self, place: int) -> ReviewedBaseUnit:
        better = self.better.get(place)
        return ReviewedBaseUnit(
            id=" + ".join(self.ground.members[place]), residents=float(self.ground.residents[place]),
            heterogeneity=_number(self.mixed.by_base_unit, place) if self.mixed else None,
            strange=bool(self.odd[place]), better=self.ground.units[better.better] if better else None,
            sigmas=better.sigmas if better else None,
        )  # fmt: skip

    def _triggers(self, unit: ReviewedUnit) -> tuple[Trigger, ...]:
        limits = self.limits
        found: list[Trigger] = [one.rule for one in unit.breaches]
        if (unit.heterogeneity_from or 0) > limits.mixed:
            found.append("mixed")
        if (unit.strange_share or 0) >= limits.strange:
            found.append("strange")
        if (unit.misfit_share or 0) >= limits.misfit:
            found.append("misfit")
        if (unit.changed_at_least or 0) >= limits.changed:
            found.append("changed")
        if unit.dwellings_come is not None and unit.dwellings_gone is not None:
            built = unit.dwellings_come + unit.dwellings_gone
            if built and built >= limits.built * max(unit.dwellings_then or 0, 1):
                found.append("built")
        return tuple(found)


def _number(values: Floats, place: int) -> float | None:
    found = float(values[place])
    return found if np.isfinite(found) else None


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0


def _names(con: duckdb.DuckDBPyConnection, zuschnitt: str) -> dict[str, str]:
    rows = con.execute("SELECT zuschnitt, raum_id, name FROM stage.raum_name WHERE raumebene = 'sozialraum'").fetchall()
    return {raum: name for cut, raum, name in rows if cut == zuschnitt}
