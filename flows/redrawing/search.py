"""A better cut, searched for by cutting neighbouring units anew along random trees, ever less often for the worse.

Each round draws disjoint pairs of neighbouring units, a random tree through each pair, and takes the best cut of each
tree where it is better than what is there, or a little worse while the search is still warm (Kirkpatrick et al. 1983,
simulated annealing). Three of four rounds draw trees that hold each unit together, so that a cut is a transfer
of a branch; the others draw trees through the whole pair. The same seed gives the same cut on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from flows.redrawing.connected import components
from flows.redrawing.ground import Flags, Floats, Ground, Ints
from flows.redrawing.rifts import rifts_of
from flows.redrawing.sums import Rules, Sums
from flows.redrawing.tree_cuts import Cuts, Forest, best_cuts, forest, out_of_bounds, unlike, worth

WITHIN_UNIT = 1e-3
"""Edges inside of a unit weigh so little in rounds of transfers that its tree stays in one piece."""


@dataclass(frozen=True)
class Effort:
    """How long is searched."""

    rounds: int = 400
    warm: float = 0.2
    """In parts of a unit's share, how much worse a cut of a pair may be at first, about; falls to a hundredth."""
    seed: int = 1


EVENED = 0.3
"""Power by which unlikeness weighs in random trees, found by trial on a lattice: 0 and 1 are worse."""


@dataclass(frozen=True)
class Borders:
    """The borders that a unit may grow over."""

    ends: Ints
    """Shape (m, 2)."""
    lengths: Floats
    """Shape (m,)."""
    whole: float
    """The length of all of them in the city."""
    torn: Flags
    """Shape (m,): those of which both sides are one unit today, though a rule or a gap parts them."""
    ground: Ground
    """What they are the borders of."""

    def within(self, part: Ints) -> Borders:
        """Return those of which both ends lie in the same part, shape (n,), of the city."""
        same = part[self.ends[:, 0]] == part[self.ends[:, 1]]
        return replace(self, ends=self.ends[same], lengths=self.lengths[same], torn=self.torn[same])


class Search:
    """A cut that gets better; `labels` holds the cut so far, while it runs not always the best one."""

    def __init__(
        self,
        borders: Borders,
        sums: Sums,
        labels: Ints,
        rules: Rules,
        *,
        homes: Ints | None = None,
        fixed: Flags | None = None,
        seed: int = 1,
    ) -> None:
        self.sums, self.rules = sums, rules
        self.labels = labels.copy()
        self.homes = labels.copy() if homes is None else homes
        self.units = int(labels.max()) + 1
        self.fixed = np.zeros(self.units, dtype=np.bool_) if fixed is None else fixed
        self.random = np.random.default_rng(seed)
        self.borders, self.edges, self.lengths = borders, borders.ends, borders.lengths
        self.rifts = rifts_of(borders.ground, labels, self.units)
        self.unlike = unlike(sums, self.edges) ** EVENED
        self.value = worth(sums, sums.of_units(self.labels, self.units), rules)
        self.residents = np.bincount(self.labels, sums.residents, self.units).astype(np.float64)
        self.best = self.worth()

    def run(self, effort: Effort, *, progress: Callable[[int], bool] = lambda _: True) -> Ints:
        """Search for so many rounds, or until `progress`, called with the number of each, returns False.

        Returns the best cut on the way, which may be the one that it began with.
        """
        best = self.labels
        for number in range(effort.rounds):
            warmth = (
                effort.warm / self.units * 0.01 ** (number / max(effort.rounds - 1, 1))
                if number < effort.rounds * 0.9
                else 0.0
            )
            before = self.labels
            self.round(warmth, transfers=number % 4 != 0)
            if self.labels is not before and (now := self.worth()) > self.best + 1e-12:
                best, self.best = self.labels, now
            if not progress(number):
                break
        self.labels = best
        return self.labels

    def worth(self) -> float:
        """Return what the cut so far is worth: what lies between units, less what moves, borders and bounds cost."""
        rules, value = self.rules, float(self.value.sum())
        value -= rules.price / self.sums.city * float(self.sums.residents[self.labels != self.homes].sum())
        if rules.compactness:
            between = self.labels[self.edges[:, 0]] != self.labels[self.edges[:, 1]]
            value -= rules.compactness * float(self.lengths[between].sum()) / self.borders.whole
        return value

    def round(self, warmth: float, *, transfers: bool) -> None:
        """Cut disjoint pairs of neighbouring units anew where it is worth it."""
        pairs, group_of = self._pairs()
        if not len(pairs):
            return
        groups = group_of[self.labels]
        ends = groups[self.edges]
        inside = (ends[:, 0] == ends[:, 1]) & (ends[:, 0] >= 0)
        edges = self.edges[inside]
        weights = self.unlike[inside] * self.random.random(len(edges)) + 1e-9
        if transfers:
            same = self.labels[edges[:, 0]] == self.labels[edges[:, 1]]
            weights = np.where(same, weights * WITHIN_UNIT, weights)
        trees = forest(edges, weights, groups)
        which = groups[trees.order[trees.start]]
        pairs = pairs[which]
        cuts = best_cuts(trees, self.sums, self.homes, pairs, self.rules)
        gain = cuts.value - self._now(pairs, trees)
        if self.rules.compactness:
            gain -= self.rules.compactness * self._more_border(trees, cuts, pairs, inside)
        chance = -warmth * np.log(self.random.random(len(gain))) if warmth else 0.0
        better = gain > np.maximum(1e-12 - chance, -1.0)
        better &= self._out_of_bounds(cuts.residents) <= self._out_of_bounds(self.residents[pairs]) + 1e-9
        near = np.isin(which, groups[edges[self.borders.torn[inside], 0]]) & better
        if near.any():
            better &= ~self._tears(_labels_after(self.labels, trees, cuts, pairs, near), pairs, near)
        if not better.any():
            return
        self.labels = _labels_after(self.labels, trees, cuts, pairs, better)
        units = np.where(cuts.swapped[:, None], pairs[:, ::-1], pairs)[better]
        self.value[units], self.residents[units] = cuts.alone[better], cuts.residents[better]

    def _pairs(self) -> tuple[Ints, Ints]:
        """Return disjoint pairs of neighbouring units, shape (p, 2), and of each unit the number of its pair or -1."""
        ends = self.labels[self.edges]
        ends = ends[(ends[:, 0] != ends[:, 1]) & ~self.fixed[ends].any(axis=1)]
        number = np.unique(np.minimum(ends[:, 0], ends[:, 1]) * self.units + np.maximum(ends[:, 0], ends[:, 1]))
        self.random.shuffle(number)
        group_of = np.full(self.units, -1, dtype=np.int64)
        taken = [False] * self.units
        pairs: list[tuple[int, int]] = []
        for one, other in zip((number // self.units).tolist(), (number % self.units).tolist(), strict=True):
            if not taken[one] and not taken[other]:
                taken[one] = taken[other] = True
                group_of[one] = group_of[other] = len(pairs)
                pairs.append((one, other))
        return np.array(pairs, dtype=np.int64).reshape(-1, 2), group_of

    def _out_of_bounds(self, residents: Floats) -> Floats:
        """Return how many residents of both units of each pair, shape (pairs, 2), are too many or too few."""
        return np.asarray(out_of_bounds(residents, self.rules).sum(axis=1), dtype=np.float64)

    def _tears(self, after: Ints, pairs: Ints, which: Flags) -> Flags:
        """Return which pairs have a unit that falls into more, or lies across more, than when the search began."""
        units = np.zeros(self.units, dtype=np.bool_)
        units[pairs[which]] = True
        more = np.any(rifts_of(self.borders.ground, after, self.units, units) > self.rifts, axis=1)
        return np.asarray(np.any(more[pairs], axis=1), dtype=np.bool_)

    def _now(self, pairs: Ints, trees: Forest) -> Floats:
        """Return the value of each pair as it is cut now, the price of those who have moved included."""
        value = self.value[pairs].sum(axis=1)
        if self.rules.price:
            stays = np.where(self.labels == self.homes, self.sums.residents, 0.0)[trees.order]
            value = value + self.rules.price / self.sums.city * np.add.reduceat(stays, trees.start)
        return np.asarray(value, dtype=np.float64)

    def _more_border(self, trees: Forest, cuts: Cuts, pairs: Ints, inside: Flags) -> Floats:
        """Return by how much, in shares of the length of all borders, each pair has more border if cut so."""
        after = _labels_after(self.labels, trees, cuts, pairs, np.ones(len(pairs), dtype=np.bool_))
        edges, lengths = self.edges[inside], self.lengths[inside]
        group = np.full(len(self.labels), -1, dtype=np.int64)
        group[trees.order] = trees.group
        before_cut = self.labels[edges[:, 0]] != self.labels[edges[:, 1]]
        after_cut = after[edges[:, 0]] != after[edges[:, 1]]
        more = np.bincount(group[edges[:, 0]], lengths * (after_cut.astype(float) - before_cut), len(pairs))
        return np.asarray(more / self.borders.whole, dtype=np.float64)


def _labels_after(labels: Ints, trees: Forest, cuts: Cuts, pairs: Ints, which: Flags) -> Ints:
    """Return the labels once the pairs `which` are cut so."""
    place = np.arange(len(trees.order))
    start = cuts.position[trees.group]
    in_part = (place >= start) & (place < trees.end[start])
    second = in_part == cuts.swapped[trees.group]
    pair = pairs[trees.group]
    new = np.where(which[trees.group], np.where(second, pair[:, 1], pair[:, 0]), labels[trees.order])
    after = labels.copy()
    after[trees.order] = new
    return after


def usable_borders(ground: Ground) -> Borders:
    """Return the borders that a unit may grow over: not out of its larger unit, nor over a barrier.

    A border that a unit of today lies on both sides of stays usable, and a unit that lies in pieces today gets borders
    of length 0 between them: it may stay as it is, but no other grows through it (flows.redrawing.rifts).
    """
    ends = ground.edges
    usable = np.ones(len(ends), dtype=np.bool_)
    if len(ground.barrier):
        usable &= ~ground.barrier
    if len(ground.nest):
        usable &= ground.nest[ends[:, 0]] == ground.nest[ends[:, 1]]
    same = ground.today[ends[:, 0]] == ground.today[ends[:, 1]]
    bridges = _bridges(ground, ends[same])
    kept = usable | same
    lengths = np.concatenate([ground.lengths[kept], np.zeros(len(bridges))])
    return Borders(
        ends=np.concatenate([ends[kept], bridges]), lengths=lengths, whole=float(lengths.sum()),
        torn=np.concatenate([~usable[kept], np.ones(len(bridges), dtype=np.bool_)]), ground=ground,
    )  # fmt: skip


def _bridges(ground: Ground, inside: Ints) -> Ints:
    """Return a pair of base units from the first piece of each unit to each of its others."""
    piece = components(len(ground), inside)
    first = np.unique(piece, return_index=True)[1]
    home = ground.today[first]
    main = np.unique(home, return_index=True)[1]
    anchor = first[main][np.searchsorted(home[main], home)]
    return np.sort(np.stack([anchor, first], axis=1)[anchor != first], axis=1)


def pieces_of_units(edges: Ints, labels: Ints) -> Ints:
    """Return of each unit into how many pieces it falls, shape (units,)."""
    units = int(labels.max()) + 1
    piece = components(len(labels), edges[labels[edges[:, 0]] == labels[edges[:, 1]]])
    return np.bincount(labels[np.unique(piece, return_index=True)[1]], minlength=units)
