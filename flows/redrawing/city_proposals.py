"""The proposals of a city, in the words of a city: units by id, residents in whole numbers, what was decided before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import duckdb
import numpy as np
from pydantic import BaseModel, ConfigDict

from flows.base.errors import ConfigError
from flows.profile.load import Profile
from flows.redrawing.alternatives import Alternative
from flows.redrawing.city_ground import CityGround, city_ground
from flows.redrawing.consequences import Consequences, EstimateWidth, NeedIndex, NeedOfUnit
from flows.redrawing.decisions import Decision, last_decision, proposal_id
from flows.redrawing.frontier import Price, frontier
from flows.redrawing.ground import Flags, Floats, Ints, sums
from flows.redrawing.proposals import Proposal, Proposing
from flows.redrawing.proposed_cut import unit_ids
from flows.redrawing.sums import Rules


class Part(BaseModel):
    """Base units that go from one unit to another."""

    model_config = ConfigDict(frozen=True)

    from_unit: str
    to_unit: str
    base_units: list[str]
    residents: float
    difference_protected: bool
    """Whether the figures of old and new units tell apart so few people or cases that some must be withheld."""


class Move(BaseModel):
    """Base units that another cut puts into another unit than the proposal does."""

    model_config = ConfigDict(frozen=True)

    proposed: str
    instead: str
    base_units: list[str]
    residents: float


class OtherCut(BaseModel):
    """A cut of the same units that is as good as the proposal."""

    model_config = ConfigDict(frozen=True)

    residents_moved: float
    gain_seen: float
    better: float
    """By how much it is worth more than the proposal, the price of who moves included; below 0, less."""
    better_low: float
    better_high: float
    differs: list[Move]


class CityProposal(BaseModel):
    """One proposal, in numbers and ids; `id` is a hash over what it moves."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: str
    units_before: list[str]
    units_after: list[str]
    new_units: list[str]
    parts: list[Part]
    residents_moved: float
    gain_seen: float
    gain_unseen: float
    gain_low: float
    gain_high: float
    p_value: float | None
    agreed: float
    """The share of the moved residents on whom most searches on halves of the residents agree."""
    mends: list[str]
    """Units out of bounds today that no longer are."""
    border_metres: float
    """How much longer (below 0: shorter) the borders between units get."""
    border_on_barrier: float | None
    """The share of the new borders between units that runs along a barrier; None without a layer of barriers."""
    nesting_kept: bool
    alternatives: list[OtherCut] = []
    """Cuts that are as good, best first."""
    core: float = 1.0
    """The share of the moved residents whom the proposal and all its alternatives move to the same unit."""
    need: list[NeedOfUnit] = []
    """The class of need of each of its units, today and with all proposals."""
    widths: list[EstimateWidth] = []
    """How wide the intervals of figures are that become estimates."""
    decision: Decision | None = None


class CityProposals(BaseModel):
    """All proposals of a city with what they are made of."""

    model_config = ConfigDict(frozen=True)

    city: str
    stichtag: str
    stichtage: list[str]
    zuschnitt: str
    least: float
    most: float
    price: float
    seed: int
    units: int
    within_share: float
    within_share_proposed: float
    residents: float
    residents_moved: float
    proposals: list[CityProposal]
    rejected_before: list[CityProposal]
    """Found again, but left out, since somebody rejected them."""
    not_made: int
    """Changes of the search that were not better than chance or not worth their price."""
    frontier: list[Price]
    estimated_stichtage: list[str]
    """Stichtage counted on other base units: their figures on the new cut would be estimates."""
    need_index: NeedIndex | None = None
    """The main index, by which `need` is said; None where none can be computed."""
    width_indikatoren: list[str] = []
    """The Indikatoren that `widths` are given for."""


@dataclass(frozen=True)
class CityCut:
    """The ground, the proposed cut on it, and what is said about both."""

    ground: CityGround
    labels: Ints
    ids: list[str]
    said: CityProposals


@dataclass(frozen=True)
class CityAsked:
    """What somebody asks for."""

    price: float | None = None
    keep: tuple[str, ...] = ()
    seed: int = 1
    rounds: int = 150
    decisions: Sequence[Decision] = field(default_factory=tuple)


def proposals_of(
    con: duckdb.DuckDBPyConnection, profile: Profile, asked: CityAsked, *,
    progress: Callable[[int, int], bool] = lambda _done, _of: True,
) -> CityCut:  # fmt: skip
    """Return the proposals of a city on its newest Zuschnitt.

    Raises:
        NoBaseUnits: there is nothing below Sozialräume that could be arranged in another way.
        ConfigError: a unit to keep is not there, or a trait or rule of redrawing.toml cannot be used.
    """
    ground, rules = city_ground(con, profile), profile.redrawing.rules
    _must_have_room(profile, ground)
    if unknown := [unit for unit in asked.keep if unit not in ground.units]:
        raise ConfigError(
            f"--keep: expected Sozialräume of the Zuschnitt {ground.zuschnitt}, found {', '.join(unknown)}. Ids are "
            f"like {ground.units[0]}.",
            code="FS-USE-01",
        )
    searched = Rules(ground.least, ground.most, rules.price if asked.price is None else asked.price, rules.compactness)
    proposing = Proposing(
        ground, searched, keep=[ground.units.index(unit) for unit in asked.keep], seed=asked.seed, rounds=asked.rounds
    )
    found = proposing.proposed(progress=progress)
    prices = frontier(ground, searched, proposing.fixed, seed=asked.seed, progress=progress)
    others = [(each.inside, other.labels) for each in found.proposals for other in each.alternatives]
    ids = unit_ids(ground, found.labels, _known_ids(con), profile.city.raumebene[0].id_pattern, others)
    smallest = _smallest(profile, ground)
    said, rejected, labels = [], [], found.labels.copy()
    for each in found.proposals:
        proposal = _said(ground, each, ids, smallest)
        decision = last_decision(asked.decisions, proposal.id)
        proposal = proposal.model_copy(update={"decision": decision})
        if decision is not None and decision.verdict == "rejected":
            rejected.append(proposal)
            labels[each.members] = ground.today[each.members]
        else:
            said.append(proposal)
    return CityCut(ground, labels, ids, CityProposals(
        city=profile.city.id, stichtag=str(ground.stichtag), stichtage=[str(day) for day in ground.stichtage],
        zuschnitt=ground.zuschnitt, least=searched.least, most=searched.most, price=searched.price, seed=asked.seed,
        units=len(ground.units), within_share=proposing.sums.within_share(ground.today),
        within_share_proposed=proposing.sums.within_share(labels), residents=proposing.sums.city,
        residents_moved=float(ground.residents[labels != ground.today].sum()), proposals=said,
        rejected_before=rejected, not_made=found.not_made, frontier=prices,
        estimated_stichtage=_on_other_base_units(con, ground.zuschnitt),
    ))  # fmt: skip


def _must_have_room(profile: Profile, ground: CityGround) -> None:
    """Stop where no Sozialraum at all could be within the bounds."""
    nest = ground.nest if len(ground.nest) else np.zeros(len(ground), dtype=np.int64)
    room, smallest = sums(nest, ground.residents).max(), ground.residents[ground.residents > 0].min()
    if room < ground.least:
        where = f"largest {ground.nesting}, which none may leave," if ground.nesting else "whole city"
        found = f"the {where} has {room:,.0f}"
    elif smallest > ground.most:
        found = f"the smallest inhabited base unit has {smallest:,.0f}"
    else:
        return
    raise ConfigError(
        f"{profile.folder / 'redrawing.toml'}, rules: expected bounds that a Sozialraum can keep, found "
        f"{ground.least:,} to {ground.most:,} residents, and {found}. Correct rules.least or rules.most."
    )


def _said(ground: CityGround, proposal: Proposal, ids: Sequence[str], smallest: Smallest) -> CityProposal:
    after = ground.today.copy()
    after[proposal.members] = proposal.labels
    inside = np.isin(ground.today, proposal.units)
    changes = [
        (name, ids[ground.today[member]], ids[label])
        for member, label in zip(proposal.members.tolist(), proposal.labels.tolist(), strict=True)
        for name in ground.members[member]
    ]
    before, now = _border(ground, ground.today, inside), _border(ground, after, inside)
    return CityProposal(
        id=proposal_id(changes), kind=proposal.kind, units_before=[ids[unit] for unit in proposal.units],
        units_after=[ids[unit] for unit in np.unique(after[inside])],
        new_units=[ids[unit] for unit in np.unique(proposal.labels) if unit >= len(ground.units)],
        parts=[
            _part(ground, proposal, (one, other), ids, smallest)
            for one, other in sorted(set(zip(
                ground.today[proposal.members].tolist(), proposal.labels.tolist(), strict=True
            )))
        ],
        residents_moved=proposal.moved, gain_seen=proposal.gain.seen, gain_unseen=proposal.gain.unseen,
        gain_low=proposal.gain.low, gain_high=proposal.gain.high, p_value=proposal.p_value, agreed=proposal.agreed,
        mends=[ids[unit] for unit in proposal.mends], border_metres=now - before,
        border_on_barrier=_on_barrier(ground, after, inside) if len(ground.barrier) else None,
        nesting_kept=_nests(ground, after, inside), core=proposal.core,
        alternatives=[_other(ground, after[proposal.inside], proposal, each, ids) for each in proposal.alternatives],
    )  # fmt: skip


def _other(
    ground: CityGround, proposed: Ints, proposal: Proposal, other: Alternative, ids: Sequence[str]
) -> OtherCut:  # fmt: skip
    pairs = np.stack([proposed, other.labels], axis=1)
    moves = []
    for one, instead in np.unique(pairs[proposed != other.labels], axis=0).tolist():
        which = proposal.inside[(proposed == one) & (other.labels == instead)]
        moves.append(Move(
            proposed=ids[one], instead=ids[instead], residents=float(ground.residents[which].sum()),
            base_units=sorted(name for member in which for name in ground.members[member]),
        ))  # fmt: skip
    return OtherCut(
        residents_moved=other.moved, gain_seen=other.gain, better=other.better, better_low=other.low,
        better_high=other.high, differs=moves,
    )  # fmt: skip


def with_consequences(said: CityProposals, found: Consequences) -> CityProposals:
    """Return proposals that say what becomes of classes of need and of the width of estimates."""
    proposals = [
        each.model_copy(update={
            "need": found.need_of(each.units_before, each.units_after),
            "widths": found.widths_of(each.units_after),
        })
        for each in said.proposals
    ]  # fmt: skip
    return said.model_copy(update={
        "proposals": proposals, "need_index": found.need_index, "width_indikatoren": list(found.indikatoren),
    })  # fmt: skip


def _part(ground: CityGround, proposal: Proposal, way: tuple[int, int], ids: Sequence[str], smallest: Smallest) -> Part:
    one, other = way
    which = proposal.members[(ground.today[proposal.members] == one) & (proposal.labels == other)]
    residents = float(ground.residents[which].sum())
    cases, people = ground.numerators[which].sum(axis=0), ground.denominators[which].sum(axis=0)
    few = ((cases > 0) & (cases < smallest.cases)) | ((people > 0) & (people < smallest.people))
    return Part(
        from_unit=ids[one], to_unit=ids[other], residents=residents,
        base_units=sorted(name for member in which for name in ground.members[member]),
        difference_protected=bool(few.any()) or 0 < residents < smallest.residents,
    )  # fmt: skip


@dataclass(frozen=True)
class Smallest:
    """The fewest people and cases that the profile lets out: of the residents, and of each trait."""

    residents: float
    people: Floats
    cases: Floats


def _smallest(profile: Profile, ground: CityGround) -> Smallest:
    rules = profile.city.protection
    known = [rules.get(profile.codebook.indikator[trait.id].protection) for trait in ground.traits]
    whole = rules.get(profile.codebook.indikator["einwohner"].protection)
    return Smallest(
        float(whole.min_numerator) if whole else 0.0,
        np.array([float(rule.min_denominator) if rule else 0.0 for rule in known]),
        np.array([
            float(rule.min_numerator) if rule and trait.counted else 0.0
            for rule, trait in zip(known, ground.traits, strict=True)
        ]),
    )  # fmt: skip


def _border(ground: CityGround, labels: Ints, inside: Flags) -> float:
    ends = ground.edges
    between = (labels[ends[:, 0]] != labels[ends[:, 1]]) & inside[ends].any(axis=1)
    return float(ground.lengths[between].sum())


def _on_barrier(ground: CityGround, labels: Ints, inside: Flags) -> float:
    ends = ground.edges
    between = (labels[ends[:, 0]] != labels[ends[:, 1]]) & inside[ends].any(axis=1)
    whole = float(ground.lengths[between].sum())
    return float(ground.lengths[between & ground.barrier].sum()) / whole if whole else 0.0


def _nests(ground: CityGround, labels: Ints, inside: Flags) -> bool:
    if not len(ground.nest):
        return True
    pairs = np.unique(np.stack([labels[inside], ground.nest[inside]], axis=1), axis=0)
    return len(np.unique(pairs[:, 0])) == len(pairs)


def _known_ids(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [str(unit) for (unit,) in con.execute(
        "SELECT DISTINCT raum_id FROM stage.zuordnung WHERE raumebene = 'sozialraum'").fetchall()]  # fmt: skip


def _on_other_base_units(con: duckdb.DuckDBPyConnection, zuschnitt: str) -> list[str]:
    return [str(day) for (day,) in con.execute(
        "SELECT DISTINCT zaehlung.stichtag FROM stage.zaehlung WHERE zaehlung.basis NOT IN "  # noqa: S608 -- a date
        f"(SELECT basis FROM katalog.zuschnitt WHERE zuschnitt = '{zuschnitt}') ORDER BY 1").fetchall()]  # fmt: skip
