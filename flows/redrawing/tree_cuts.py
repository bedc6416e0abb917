"""Many pairs of neighbouring units cut anew at once: each pair along one edge of a random tree through its base units.

A cut of a spanning tree leaves two connected parts, so contiguity need never be tested (Assunção et al. 2006, SKATER;
the random tree is the move of DeFord, Duchin and Solomon 2021, "Recombination"). All pairs of a round lie in one
forest, and everything about every edge of it is a difference of running sums.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import depth_first_order, minimum_spanning_tree

from flows.redrawing.ground import Flags, Floats, Ints
from flows.redrawing.sums import Rules, Sums

OUT_OF_BOUNDS = 50.0
"""How much within share each share of the city's residents costs that a unit has too many or too few."""


@dataclass(frozen=True)
class Forest:
    """A tree through each group of base units; positions are in the order of the forest, group after group."""

    order: Ints
    """The base units, each group's one after the other, parents before children."""
    end: Ints
    """Of each position, where its subtree ends: the subtree is order[position:end]."""
    group: Ints
    """Of each position, the number of its group."""
    start: Ints
    """Of each group, its first position: the root of its tree."""


def forest(edges: Ints, weights: Floats, groups: Ints) -> Forest:
    """Return the tree of least weight through each group of base units.

    Args:
        edges: shape (e, 2), both ends of each in the same group; every group is connected by them.
        weights: shape (e,), above 0.
        groups: shape (n,), the group of each base unit; -1 for those that take no part.
    """
    n = len(groups)
    tree = minimum_spanning_tree(csr_array((weights, (edges[:, 0], edges[:, 1])), shape=(n + 1, n + 1))).tocoo()
    number, first = np.unique(groups, return_index=True)
    roots = first[number >= 0]
    ends = (np.concatenate([tree.row, np.full(len(roots), n)]), np.concatenate([tree.col, roots]))
    whole = csr_array((np.ones(len(ends[0])), ends), shape=(n + 1, n + 1))
    order, parent = depth_first_order(whole, n, directed=False, return_predecessors=True)
    order = order[1:].astype(np.int64)
    position = np.empty(n + 1, dtype=np.int64)
    position[n], position[order] = -1, np.arange(len(order))
    sizes = [1] * len(order)
    above = position[parent[order]].tolist()
    for child in range(len(order) - 1, 0, -1):
        if above[child] >= 0:
            sizes[above[child]] += sizes[child]
    start = np.flatnonzero(np.array(above) < 0)
    return Forest(order, np.arange(len(order)) + np.array(sizes), np.repeat(
        np.arange(len(start)), np.diff(np.append(start, len(order)))), start)  # fmt: skip


@dataclass(frozen=True)
class Cuts:
    """The best cut of each group of a forest."""

    position: Ints
    """Of each group, the position whose subtree becomes one part; the rest of the group is the other."""
    value: Floats
    """What the two parts have between units, less the price of those who move and of what is out of bounds."""
    swapped: Flags
    """Whether the subtree gets the second unit of the pair, and the rest the first."""
    alone: Floats
    """Shape (groups, 2): the value of the subtree's unit and of the other one, without the price."""
    residents: Floats
    """Shape (groups, 2): the residents of both."""


def best_cuts(trees: Forest, sums: Sums, homes: Ints, pairs: Ints, rules: Rules) -> Cuts:
    """Return the best edge to cut of each tree.

    Args:
        trees: one tree of a pair of units each.
        sums: what is added up of each base unit.
        homes: shape (n,), the unit that a base unit would stay in: who gets another one has moved.
        pairs: shape (groups, 2), the two units of each group.
        rules: bounds and price.
    """
    order, width = trees.order, 1 + 2 * sums.traits
    pair = pairs[trees.group]
    home = homes[order]
    stays = np.where(home[:, None] == pair, sums.residents[order][:, None], 0.0)
    running = np.zeros((len(order) + 1, width + 2))
    np.cumsum(np.concatenate([sums.columns[order], stays], axis=1), axis=0, out=running[1:])
    last = np.append(trees.start[1:], len(order))
    part = running[trees.end] - running[:-1]
    rest = (running[last] - running[trees.start])[trees.group] - part
    value = np.stack([worth(sums, part[:, :width], rules), worth(sums, rest[:, :width], rules)], axis=1)
    gain = value.sum(axis=1)
    straight = part[:, width] + rest[:, width + 1]
    crossed = part[:, width + 1] + rest[:, width]
    swapped = crossed > straight
    gain += rules.price / sums.city * np.where(swapped, crossed, straight)
    gain[trees.start] = -np.inf  # the whole tree is no part
    best = np.maximum.reduceat(gain, trees.start)
    candidates = np.flatnonzero(gain == best[trees.group])
    position = candidates[np.searchsorted(trees.group[candidates], np.arange(len(trees.start)))]
    residents = np.stack([part[position, 0], rest[position, 0]], axis=1)
    return Cuts(position, best, swapped[position], value[position], residents)


def worth(sums: Sums, totals: Floats, rules: Rules) -> Floats:
    """Return of each row of sums what a unit of it has between units, less what is out of bounds."""
    return sums.between(totals) - OUT_OF_BOUNDS / sums.city * out_of_bounds(totals[:, 0], rules)


def out_of_bounds(residents: Floats, rules: Rules) -> Floats:
    """Return how many residents each unit has too many or too few."""
    return np.maximum(rules.least - residents, 0.0) + np.maximum(residents - rules.most, 0.0)


def unlike(sums: Sums, edges: Ints) -> Floats:
    """Return how unlike both ends of each edge are: what they would have within if they were one unit (Ward 1963)."""
    one, other = sums.columns[edges[:, 0]], sums.columns[edges[:, 1]]
    away = sums.between(one) + sums.between(other) - sums.between(one + other)
    return np.asarray(np.maximum(away, 0.0) + 1e-12)
