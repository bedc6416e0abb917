"""Iterative proportional fitting of many tables at once: scaled to the old and to the new counts in turn.

Tables stand side by side in one list of cells, each with its own units. What has settled is no longer scaled: most
islands need a round or two, and a few, whose counts contradict each other, need all that there are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.space.links import Flags, Floats, Ints, quotient, sums_of

MOST_ROUNDS = 2_000
"""When to give up. Where the counts of the two dates contradict each other the fit settles, with the old counts met, on
what comes nearest to the new ones; what stays far from them is reported."""
SETTLED = 1e-14
"""An island is settled when its new counts are met to this share of its residents: what is left is rounding."""
MIN_ROUNDS, SORTED_OUT_EVERY = 3, 16
"""What has settled is looked for in the first rounds, which are enough for most islands, and then now and again."""


@dataclass(frozen=True)
class Margins:
    """What the cells of all tables must sum to."""

    old_of: Ints
    """For each cell its old unit; the old units of all tables are numbered through, so are the new ones."""
    new_of: Ints
    old_margin: Floats
    new_margin: Floats
    island_of_new: Ints
    """For each new unit the component of cells above 0 that it belongs to, numbered through all tables."""
    table_of_new: Ints


@dataclass(frozen=True)
class _Open:
    """The cells that are still scaled, with their units numbered anew."""

    cell: Ints
    old_of: Ints
    new_of: Ints
    new: Ints
    """The number that each new unit has in the margins."""
    old_margin: Floats
    new_margin: Floats
    residents: Floats
    """Of the island of each new unit."""
    island: Ints
    table: Ints

    @staticmethod
    def of(cell: Ints, margins: Margins, residents: Floats) -> _Open:
        old, old_of = np.unique(margins.old_of[cell], return_inverse=True)
        new, new_of = np.unique(margins.new_of[cell], return_inverse=True)
        return _Open(
            cell, old_of, new_of, new, margins.old_margin[old], margins.new_margin[new], residents[new],
            margins.island_of_new[new], margins.table_of_new[new],
        )  # fmt: skip

    def scaled_to_old(self, flow: Floats) -> Floats:
        """Return the flows of the cells scaled to the old counts."""
        factor = quotient(self.old_margin, sums_of(self.old_of, flow, len(self.old_margin)))
        scaled: Floats = flow * factor[self.old_of]
        return scaled


def scaled_in_turn(margins: Margins, start: Floats, tolerance: float) -> tuple[Floats, Floats]:
    """Return the flow of each cell, which meets the old counts, and how far each new unit stays from its own.

    A table is done as soon as each of its new units is met to `tolerance`, as a share of its island's residents.
    """
    islands, tables = (int(each.max(initial=-1)) + 1 for each in (margins.island_of_new, margins.table_of_new))
    residents = np.maximum(sums_of(margins.island_of_new, margins.new_margin, islands), 1e-300)[margins.island_of_new]
    result, off = start.copy(), np.zeros_like(margins.new_margin)
    part = _Open.of(np.flatnonzero(start > 0), margins, residents)
    flow = start[part.cell]
    for number in range(MOST_ROUNDS + 1):
        flow = part.scaled_to_old(flow)
        reached = sums_of(part.new_of, flow, len(part.new))
        miss = abs(reached - part.new_margin)
        left = ~_some(part.table, miss > tolerance * part.residents, tables)
        if number < MIN_ROUNDS or number % SORTED_OUT_EVERY == 0:
            left |= ~_some(part.island, miss > SETTLED * part.residents, islands)
        left |= number == MOST_ROUNDS
        if left.any():
            leaving = left[part.new_of]
            result[part.cell[leaving]], off[part.new[left]] = flow[leaving], miss[left]
            part = _Open.of(part.cell[~leaving], margins, residents)
            flow, reached = flow[~leaving], reached[~left]
        if not len(flow):
            break
        flow = flow * quotient(part.new_margin, reached)[part.new_of]
    return result, off


def _some(group: Ints, is_so: Flags, number_of_groups: int) -> Flags:
    """Return for each member whether `is_so` of any member of its group."""
    there: Flags = (np.bincount(group[is_so], minlength=number_of_groups) > 0)[group]
    return there
