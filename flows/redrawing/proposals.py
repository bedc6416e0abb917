"""Proposals for a better cut: units split, merged, base units transferred, each with its gain and its cost.

First units far too small are merged and base units are transferred, by a search from today's cut with a price on
every resident who changes units; then what is still made of two characters, or too large, is split. What the search
changes falls into proposals that have no unit in common. Each is judged on residents that a search did not see
(flows.redrawing.halves); what is not better than chance there, or not worth its price, is not proposed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from flows.redrawing.alternatives import Alternative, Cut
from flows.redrawing.connected import components
from flows.redrawing.ground import Flags, Floats, Ground, Ints
from flows.redrawing.halves import Halves, split_in_halves
from flows.redrawing.halving import Halving
from flows.redrawing.less_chance import less_chance
from flows.redrawing.mixed_units import mixed_units
from flows.redrawing.rifts import rifts_of
from flows.redrawing.search import Effort, Search, usable_borders
from flows.redrawing.sums import Rules, Sums, gain_of, sums_of
from flows.redrawing.tree_cuts import worth

SURE = 0.05
"""A split is proposed only where exchanged base units can be cut as well in at most so many cases."""
SPLITS = 10
"""Residents are split in halves so many times; each half is judged by the other, so that a gain has twice as many."""
OTHER_BEGINNINGS = 4
"""So many more searches look for other cuts that are as good, beside those on halves."""
_AGREED = 0.05
"""The interval of a gain leaves out so much of what the halves say at either end."""


@dataclass(frozen=True)
class Gain:
    """How much more of the sum of squares lies between units, on residents that the search saw and did not see."""

    seen: float
    unseen: float
    """The mean over the halves that judge."""
    low: float
    high: float
    """Between them lie 90 % of the halves."""


@dataclass(frozen=True)
class Proposal:
    """One proposal: the units of today it is about, and what it makes of them."""

    kind: str
    """split, merge, transfer, or redraw for more than one of them."""
    units: Ints
    """Positions of today's units."""
    members: Ints
    """Base units that change their unit, or become a new one."""
    labels: Ints
    """The unit of each of the members; from the number of today's units on, it is a new one."""
    moved: float
    """Residents of the members."""
    gain: Gain
    p_value: float | None
    """Of a split: how often exchanged base units can be cut as well."""
    agreed: float
    """The share of its residents who are moved to the same unit in most of the searches on halves."""
    mends: tuple[int, ...]
    """Units of today that are out of bounds, and are no longer."""
    inside: Ints
    """All base units of its units."""
    alternatives: tuple[Alternative, ...] = ()
    """Other cuts of its units that are as good."""
    core: float = 1.0
    """The share of its residents whom it and all alternatives move to the same unit."""


@dataclass(frozen=True)
class Proposed:
    """All proposals together, and the cut that comes of them."""

    labels: Ints
    """Shape (n,): today's units, then new ones."""
    proposals: list[Proposal]
    not_made: int
    """So many changes of the search were not better than chance, or not worth their price."""


class Proposing:
    """The search for proposals on one ground."""

    def __init__(
        self, ground: Ground, rules: Rules, *, keep: Iterable[int] = (), seed: int = 1, rounds: int = 150
    ) -> None:
        self.ground, self.rules, self.seed, self.rounds = ground, rules, seed, rounds
        self.sums, self.borders = sums_of(ground), usable_borders(ground)
        self.searched = less_chance(ground, self.sums)
        """What searches see; what they find is judged by `sums`."""
        self.sizes: Floats = np.bincount(ground.today, ground.residents, len(ground.units)).astype(np.float64)
        self.fixed: Flags = self.sizes == 0  # nobody lives there: a park, a harbour
        self.fixed[list(keep)] = True

    def proposed(self, *, progress: Callable[[int, int], bool] = lambda _done, _of: True) -> Proposed:
        """Return what is proposed; `progress` gets the steps done and to do, and may end the search by False."""
        steps = 2 + SPLITS + OTHER_BEGINNINGS
        merged = self._merged()
        labels = self._searched(self.searched, merged, merged)
        if not progress(1, steps):
            return Proposed(self.ground.today, [], 0)
        labels, start, p_values = self._split(labels, merged)
        if p_values:
            labels = self._searched(self.searched, labels, start)
        part = self._parts(start, labels)
        halves: list[tuple[Halves, tuple[Ints, Ints]]] = []
        for number in range(SPLITS):
            if not progress(2 + number, steps) and halves:
                break
            drawn = split_in_halves(self.ground, self.seed + number)
            seen = (less_chance(self.ground, half, 0.5) for half in (drawn.one, drawn.other))
            one, other = (self._searched(half, start, start, within=part) for half in seen)
            halves.append((drawn, (one, other)))
        others = [found for _, both in halves for found in both]
        for number in range(OTHER_BEGINNINGS):
            if not progress(2 + SPLITS + number, steps):
                break
            others.append(self._searched(self.searched, start, start, within=part, seed=self.seed + 1 + number))
        progress(steps, steps)
        labels = self._best(part, [labels, *others])
        made: list[Proposal] = []
        failed: list[Proposal] = []
        for units in self._groups(part, start, labels):
            proposal = self._judged(units, part, labels, halves, p_values)
            if self._is_worth_it(proposal):
                made.append(self._with_alternatives(proposal, others, [drawn for drawn, _ in halves]))
            else:
                failed.append(proposal)
        used = max([len(self.sizes), *(int(each.labels.max()) + 1 for each in made)])
        alone = list(self._splits_alone(failed, [drawn for drawn, _ in halves], used))
        made += alone
        split = {int(each.units[0]) for each in alone}
        not_made = sum(not split & set(each.units.tolist()) for each in failed)
        whole = self.ground.today.copy()
        for proposal in made:
            whole[proposal.members] = proposal.labels
        made.sort(key=lambda each: (not each.mends, -each.gain.unseen))
        return Proposed(whole, made, not_made)

    def _merged(self) -> Ints:
        """Return today's cut with units of less than half of the least residents merged with the neighbour they fit."""
        labels = self.ground.today.copy()
        totals = self.sums.of_units(labels, len(self.sizes))
        for unit in np.flatnonzero((self.sizes < self.rules.least / 2) & ~self.fixed).tolist():
            if totals[unit, 0] >= self.rules.least / 2:  # others that are far too small were merged into it
                continue
            fits = [other for other in self._neighbours(labels, unit) if self._can_take_in(labels, totals, other, unit)]
            if not fits:
                continue
            pair = totals[fits] + totals[unit]
            best = fits[int(np.argmax(self.sums.between(pair) - self.sums.between(totals[fits])))]
            labels[labels == unit] = best
            totals[best] += totals[unit]
            totals[unit] = 0.0
        return labels

    def _neighbours(self, labels: Ints, unit: int) -> list[int]:
        ends = labels[self.borders.ends]
        near: list[int] = np.unique(ends[(ends == unit).any(axis=1)]).tolist()
        return [other for other in near if other != unit]

    def _can_take_in(self, labels: Ints, totals: Floats, other: int, unit: int) -> bool:
        """Say whether a unit may take in another: it does not get too large, falls apart or leaves its larger unit."""
        if self.fixed[other] or totals[other, 0] + totals[unit, 0] > self.rules.most:
            return False
        which = np.isin(np.arange(len(self.sizes)), [other, unit])
        merged = np.where(labels == unit, other, labels)
        before, after = (rifts_of(self.ground, cut, len(which), which)[other] for cut in (labels, merged))
        return bool((after <= before).all())

    def _split(self, labels: Ints, homes: Ints) -> tuple[Ints, Ints, dict[int, float]]:
        """Return a cut with mixed and too large units split, the same in `homes`, and the p-value of each new unit."""
        sizes = np.bincount(labels, self.ground.residents, len(self.sizes))
        base_units = np.bincount(labels, self.ground.residents > 0, len(self.sizes))
        which = (sizes >= 2 * self.rules.least) & (base_units >= 2) & ~self.fixed
        halving = Halving(self.sums, self.borders.ends, self.rules, np.random.default_rng([self.seed, 1]))
        labels, homes, p_values, made = labels.copy(), homes.copy(), {}, len(self.sizes)
        for found in mixed_units(halving, labels, which, self.seed):
            too_large = sizes[found.unit] > self.rules.most
            is_worth_it = found.gain > self.rules.price * self.ground.residents[found.members].sum() / self.sums.city
            if too_large or (found.p_value <= SURE and is_worth_it):
                labels[found.members] = homes[found.members] = made
                p_values[made] = found.p_value
                made += 1
        return labels, homes, p_values

    def _best(self, part: Ints, found: Sequence[Ints]) -> Ints:
        """Return of each part of the city the cut among those found that is worth most, price and bounds included."""
        values = np.array([self._worth(labels, part) for labels in found])
        return np.asarray(np.stack(found)[values.argmax(axis=0)[part], np.arange(len(part))])

    def _worth(self, labels: Ints, part: Ints) -> Floats:
        """Return what a cut is worth in each part of the city, by what searches see."""
        units = int(labels.max()) + 1
        unit_part = np.zeros(units, dtype=np.int64)
        unit_part[labels] = part
        parts = int(part.max()) + 1
        of_unit = worth(self.searched, self.searched.of_units(labels, units), self.rules)
        there = np.bincount(labels, minlength=units) > 0
        value: Floats = np.bincount(unit_part[there], of_unit[there], parts).astype(np.float64)
        moved = np.bincount(part, np.where(labels != self.ground.today, self.ground.residents, 0.0), parts)
        value = value - self.rules.price / self.sums.city * moved
        if self.rules.compactness:
            ends = self.borders.ends
            apart = (labels[ends[:, 0]] != labels[ends[:, 1]]) * self.borders.lengths / max(self.borders.whole, 1e-9)
            value = value - self.rules.compactness * np.bincount(part[ends[:, 0]], apart, parts)
        return value

    def _with_alternatives(self, proposal: Proposal, others: Iterable[Ints], halves: list[Halves]) -> Proposal:
        """Return a proposal with the cuts among `others` (whole maps) that are as good for its units."""
        inside = proposal.inside
        proposed = self.ground.today.copy()
        proposed[proposal.members] = proposal.labels
        sums = [half for drawn in halves for half in (drawn.one, drawn.other)]
        cut = Cut(inside, self.ground.today[inside], proposed[inside], self.sums, sums, self.rules)
        found = cut.as_good(labels[inside] for labels in others)
        moved = np.isin(inside, proposal.members)
        agreed = self.ground.residents[inside][moved & cut.agreed(found)].sum()
        return replace(
            proposal, alternatives=found, core=float(agreed / proposal.moved) if proposal.moved else 1.0
        )  # fmt: skip

    def _searched(
        self, sums: Sums, start: Ints, homes: Ints, within: Ints | None = None, seed: int | None = None
    ) -> Ints:
        """Return a better cut than `start`, dear where it is not `homes`; `within` keeps base units in their part."""
        borders = self.borders if within is None else self.borders.within(within)
        units = int(start.max()) + 1
        fixed = np.zeros(units, dtype=np.bool_)
        fixed[: len(self.fixed)] = self.fixed
        seed = self.seed if seed is None else seed
        search = Search(borders, sums, start, self.rules, homes=homes, fixed=fixed, seed=seed)
        return search.run(Effort(self.rounds, warm=0.02)).copy()

    def _parts(self, start: Ints, labels: Ints) -> Ints:
        """Return of each base unit the number of the part of the city in which changes hang together."""
        units = max(int(start.max()), int(labels.max()), len(self.sizes) - 1) + 1
        ends = np.concatenate([np.stack([self.ground.today, start]), np.stack([start, labels])], axis=1)
        return components(units, ends.T)[self.ground.today]

    def _groups(self, part: Ints, start: Ints, labels: Ints) -> Iterator[Ints]:
        """Yield today's units of each part in which something changes."""
        changed = (labels != self.ground.today) | (start != self.ground.today)
        for number in np.unique(part[changed]):
            yield np.unique(self.ground.today[part == number])

    def _judged(
        self, units: Ints, part: Ints, labels: Ints, halves: list[tuple[Halves, tuple[Ints, Ints]]],
        p_values: dict[int, float],
    ) -> Proposal:  # fmt: skip
        inside = np.flatnonzero(part == part[self.ground.today == units[0]][0])
        today, after = self.ground.today[inside], labels[inside]
        changes = inside[today != after]
        unseen, same = [], np.zeros(len(inside))
        for drawn, (of_one, of_other) in halves:
            for judge, found in ((drawn.other, of_one[inside]), (drawn.one, of_other[inside])):
                more_units = len(np.unique(found)) - len(np.unique(today))
                unseen.append(gain_of(judge, inside, today, found) - drawn.chance * more_units)
                same += found == after
        low, high = np.quantile(unseen, [_AGREED, 1 - _AGREED])
        residents = self.ground.residents[changes]
        agreed = same[today != after] > len(unseen) / 2
        new = [int(unit) for unit in np.unique(after) if unit >= len(self.sizes)]
        return Proposal(
            kind=_kind(today, after, len(self.sizes)), units=units, members=changes, labels=labels[changes],
            moved=float(residents.sum()),
            gain=Gain(gain_of(self.sums, inside, today, after), float(np.mean(unseen)), float(low), float(high)),
            p_value=min((p_values[unit] for unit in new if unit in p_values), default=None),
            agreed=float(residents[agreed].sum() / residents.sum()) if residents.sum() else 1.0,
            mends=tuple(int(unit) for unit in units if self._is_mended(unit, inside, after)), inside=inside,
        )  # fmt: skip

    def _splits_alone(self, failed: list[Proposal], halves: list[Halves], number: int) -> Iterator[Proposal]:
        """Yield a split of each mixed unit whose change together with its neighbours was not worth it."""
        today, units = self.ground.today, np.zeros(len(self.sizes), dtype=np.bool_)
        for each in failed:
            units[each.units] = True
        which = units & ~self.fixed & (self.sizes >= 2 * self.rules.least)
        which &= np.bincount(today, self.ground.residents > 0, len(self.sizes)) >= 2
        halving = Halving(self.sums, self.borders.ends, self.rules, np.random.default_rng([self.seed, 1]))
        mixed = mixed_units(halving, today, which, self.seed)
        sure = {each.unit: each for each in mixed if each.p_value <= SURE and each.gain > 0}
        unseen: dict[int, list[tuple[float, float]]] = {unit: [] for unit in sure}
        cuts_of: dict[int, list[Ints]] = {unit: [] for unit in sure}
        for drawn in halves:
            for seen, judge in ((drawn.one, drawn.other), (drawn.other, drawn.one)):
                cuts = replace(halving, sums=seen).best_halves(today, dict.fromkeys(sure, 2)) if sure else {}
                for unit, half in cuts.items():
                    inside = np.flatnonzero(today == unit)
                    after = np.where(np.isin(inside, half.members), number, unit)
                    gain = gain_of(judge, inside, today[inside], after) - drawn.chance
                    as_found = np.isin(inside, half.members) == np.isin(inside, sure[unit].members)
                    same = float(self.ground.residents[inside[as_found]].sum()) / float(self.sizes[unit])
                    unseen[unit].append((gain, max(same, 1 - same)))
                    cuts_of[unit].append(half.members)
        for unit, found in sure.items():
            gains = [gain for gain, _ in unseen[unit]]
            low, high = np.quantile(gains, [_AGREED, 1 - _AGREED])
            proposal = Proposal(
                "split", np.array([unit]), found.members, np.full(len(found.members), number),
                float(self.ground.residents[found.members].sum()),
                Gain(found.gain, float(np.mean(gains)), float(low), float(high)), found.p_value,
                float(np.mean([same for _, same in unseen[unit]])), (), np.flatnonzero(today == unit),
            )  # fmt: skip
            if self._is_worth_it(proposal):
                others = [_split_like(each, found.members, today, number) for each in cuts_of[unit]]
                yield self._with_alternatives(proposal, others, halves)
                number += 1

    def _is_mended(self, unit: int, inside: Ints, after: Ints) -> bool:
        if self.fixed[unit] or self._in_bounds(float(self.sizes[unit])):
            return False
        home = self.ground.today[inside] == unit
        sizes = [self.ground.residents[inside[after == label]].sum() for label in np.unique(after[home])]
        return all(self._in_bounds(float(size)) for size in sizes)

    def _in_bounds(self, residents: float) -> bool:
        return self.rules.least <= residents <= self.rules.most

    def _is_worth_it(self, proposal: Proposal) -> bool:
        """Say whether a proposal mends a breach, or is better than chance and worth its price on unseen residents."""
        price = self.rules.price * proposal.moved / self.sums.city
        return bool(proposal.mends) or (proposal.gain.low > 0 and proposal.gain.unseen > price)


def _split_like(members: Ints, as_found: Ints, today: Ints, number: int) -> Ints:
    """Return a cut in which the part of a unit that is more like the one found is the new unit `number`."""
    whole = np.flatnonzero(today == today[members[0]])
    rest = np.setdiff1d(whole, members)
    alike = np.isin(members, as_found).mean() >= np.isin(rest, as_found).mean()
    after = today.copy()
    after[members if alike else rest] = number
    return after


def _kind(today: Ints, after: Ints, units: int) -> str:
    """Return what a proposal does: base units get a new unit, a unit is gone, others change sides."""
    kinds = []
    if (after >= units).any():
        kinds.append("split")
    if set(np.unique(today)) - set(np.unique(after)):
        kinds.append("merge")
    to_known = (today != after) & (after < units)
    gone = ~np.isin(today, after)
    if (to_known & ~gone).any():
        kinds.append("transfer")
    return kinds[0] if len(kinds) == 1 else "redraw"
