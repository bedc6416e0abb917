"""Units halved along random trees: the first cut of a map that has none, and the parts of a unit to be split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from flows.redrawing.ground import Floats, Ints
from flows.redrawing.sums import Rules, Sums
from flows.redrawing.tree_cuts import OUT_OF_BOUNDS, Forest, forest, unlike

TREES = 8
"""So many random trees are drawn through each unit; the best cut of all of them is taken."""


@dataclass(frozen=True)
class Half:
    """One part of a unit that is cut in two."""

    members: Ints
    """Its base units."""
    value: float
    """What both parts have between units, less what is out of bounds."""
    quota: int
    """How many units are to be made of this part."""


@dataclass(frozen=True)
class Halving:
    """Where and by what units are halved."""

    sums: Sums
    edges: Ints
    """Borders that a part may grow over, shape (m, 2)."""
    rules: Rules
    random: np.random.Generator

    def best_halves(self, labels: Ints, quota: Mapping[int, int], trees: int = TREES) -> dict[int, Half]:
        """Return of each unit that more than one is to be made of its best half.

        Args:
            labels: shape (n,), the unit of each base unit; units are connected and of two base units or more.
            quota: unit -> how many units are to be made of it.
            trees: how many random trees are drawn.
        """
        best: dict[int, Half] = {}
        open_units = [unit for unit, number in quota.items() if number > 1]
        group_of = np.full(int(labels.max()) + 1, -1, dtype=np.int64)
        group_of[open_units] = np.arange(len(open_units))
        groups = group_of[labels]
        ends = self.edges
        inside = (labels[ends[:, 0]] == labels[ends[:, 1]]) & (groups[ends[:, 0]] >= 0)
        weights = unlike(self.sums, ends[inside])
        for _ in range(trees):
            drawn = forest(ends[inside], weights * self.random.random(len(weights)) + 1e-12, groups)
            number = np.array([quota[unit] for unit in open_units])[groups[drawn.order]]
            value, share = self._cuts(drawn, number)
            last = np.append(drawn.start[1:], len(drawn.order))
            for start, end in zip(drawn.start.tolist(), last.tolist(), strict=True):
                place = start + int(np.argmax(value[start:end]))
                unit = int(labels[drawn.order[start]])
                if unit not in best or value[place] > best[unit].value:
                    members = drawn.order[place : drawn.end[place]]
                    best[unit] = Half(members, float(value[place]), int(share[place]))
        return best

    def _cuts(self, drawn: Forest, number: Ints) -> tuple[Floats, Ints]:
        """Return of each position the value of cutting above it, and how many units are to be made of its subtree."""
        columns = self.sums.columns[drawn.order]
        running = np.concatenate([np.zeros((1, columns.shape[1])), np.cumsum(columns, axis=0)])
        last = np.append(drawn.start[1:], len(drawn.order))
        part = running[drawn.end] - running[:-1]
        rest = (running[last] - running[drawn.start])[drawn.group] - part
        whole = part[:, 0] + rest[:, 0]
        share = np.clip(np.rint(part[:, 0] / np.where(whole > 0, whole, 1.0) * number), 1, number - 1).astype(np.int64)
        base_units = drawn.end - np.arange(len(drawn.order))
        others = (last - drawn.start)[drawn.group] - base_units
        outside = np.zeros(len(share))
        for residents, wanted, there in (
            (part[:, 0], share, base_units),
            (rest[:, 0], number - share, others),
        ):
            outside += np.maximum(self.rules.least * wanted - residents, 0.0)
            outside += np.maximum(residents - self.rules.most * wanted, 0.0)
            outside += self.sums.city * np.maximum(wanted - there, 0)  # fewer base units than units to make
        value = self.sums.between(part) + self.sums.between(rest) - OUT_OF_BOUNDS / self.sums.city * outside
        value[drawn.start] = -np.inf
        return value, share


def first_cut(halving: Halving, parts: int) -> Ints:
    """Return a cut of the whole map into `parts` units, halved again and again, shape (n,).

    Halves get as many residents as the units that will be made of them need; where no tree allows it, as few as
    possible are out of bounds, and a search mends it.
    """
    labels = np.zeros(len(halving.sums.residents), dtype=np.int64)
    quota = {0: parts}
    while any(number > 1 for number in quota.values()):
        for unit, half in halving.best_halves(labels, quota).items():
            made = len(quota)
            labels[half.members] = made
            quota[made], quota[unit] = half.quota, quota[unit] - half.quota
    return labels
