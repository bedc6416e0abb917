"""Secondary suppression: which counts must not be published so that no protected sum follows from those that are.

Figures are looked at from coarse to fine, those of the Stichtag's own Zuschnitt first, large before small; each is
published unless a protected sum would follow from all that is published (`flows.protect.elimination`), or it has been
suppressed so far. So a city or Bezirk is hardly ever lost, and what is suppressed are the smallest
siblings. A 0 is never suppressed for the sake of another, and a reader is taken to know where nobody is, unless a rule
says otherwise (`flows.protect.groups`).

The system falls into *blocks*: the connected Stadtteile (units of the second Raumebene) of one kind of people at one
Stichtag. Where one of these units has to be suppressed itself, its block is taken with that of the next Raumebene.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from flows.base.years_before import text_years_before
from flows.protect.blocks import Day, Node, Unknowns
from flows.protect.classes import components
from flows.protect.elimination import Known, Row
from flows.protect.given import Given
from flows.protect.groups import groups_of
from flows.protect.protected import Sum, small_sums, together
from flows.protect.town import Numbers, Town

FIRST_RANK = 2


class Solved(NamedTuple):
    """What is decided of a block."""

    silent: frozenset[int]
    """Cells that must not be published."""
    whole: bool
    """Whether its coarsest units are all told, so that nothing follows for what is around."""
    doubtful: frozenset[int] = frozenset()
    """Of the silent cells, those that would tell nothing but what only helps to protect others."""
    for_sets: frozenset[int] = frozenset()
    """Of these, those that would tell nothing but sums of small counts that may each be 0."""


class Block(NamedTuple):
    """Protected sums that are looked at together, and what is decided of them."""

    rank: int
    """Of the coarsest units that are looked at."""
    sums: Sequence[Sum]
    nodes: set[Node]
    solved: Solved


class Secondary:
    """Decides which cells are not told; it can be asked again for some days and kinds of people.

    A block is solved anew only where something has changed in it since: a repair touches few of them.
    """

    def __init__(self, town: Town) -> None:
        self.town, self._days, self._balance = town, dict[int, Day](), _balances(town)
        self._solved: dict[Hashable, Solved] = {}
        self._small: dict[int, list[Sum]] = {}

    def silent(self, given: Given, days: Iterable[int], groups: frozenset[int] | None = None) -> dict[int, bool]:
        """Say of the cells of these days that may matter to a protected sum whether they must not be published.

        `groups` are the groups of classes to look at, if not all.
        """
        silent: dict[int, bool] = {}
        for day in days:
            silent |= self.decision(given, day, groups).silent()
        return silent

    def decision(self, given: Given, day: int, groups: frozenset[int] | None = None) -> Decision:
        """Return what decides about the cells of a day."""
        if day not in self._small:
            self._small[day] = small_sums(self.day(day))
        return Decision(self.day(day), given, self._small[day], self._balance.get(day, []), groups, self._solved)

    def day(self, number: int) -> Day:
        """Return what is counted at a Stichtag."""
        if number not in self._days:
            self._days[number] = Day(self.town, number)
        return self._days[number]


class Decision:
    """Which cells of one Stichtag are published."""

    def __init__(
        self, day: Day, given: Given, small: list[Sum], balance: list[tuple[Sum, bool]], groups: frozenset[int] | None,
        solved: dict[Hashable, Solved],
    ) -> None:  # fmt: skip
        town, number = day.town, day.day
        self.town, self.day, self.given, self.groups, self.solved = town, day, given, groups, solved
        self.sums = [*small, *(one for one, protected in balance if protected)]
        self.uniform = groups_of(self.day, given)
        self.hidden = self.uniform.hidden.tobytes()
        self.known = [*(one for one, protected in balance if not protected), *self.uniform.known]
        forbidden = [cell for cell in sorted(given.silent) if town.cells.day[cell] == number]
        self.sums += [*self.uniform.sums, *(self._kept(cell) for cell in forbidden if town.cells.value[cell] > 0)]
        withdrawn = {cell for cell in given.withdrawn if town.cells.day[cell] == number}
        self.forbidden = {*forbidden, *self.uniform.silent, *withdrawn}
        self._nodes: dict[tuple[int, int], set[Node]] = {}
        self._blocks_of: dict[int, list[list[Sum]]] = {}

    def _kept(self, cell: int) -> Sum:
        """Return the count of a cell that must stay unknown, though it is large."""
        unit, side = int(self.town.cells.unit[cell]), int(self.town.cells.side[cell])
        pieces, weights = self.day.pieces_of(unit, side)
        vector = tuple(sorted(self.day.vectors[side].items()))
        return Sum(vector, pieces, weights, float(self.town.cells.value[cell]), 0, "kept", cell,
                   soft=cell in self.given.repaired)  # fmt: skip

    def nodes(self, sums: Iterable[Sum], rank: int) -> set[Node]:
        """Return the groups and components that sums touch."""
        found: set[Node] = set()
        for one in sums:
            key = (id(one), rank)
            if key not in self._nodes:
                self._nodes[key] = self.day.nodes(one.classes, one.pieces, rank)
            found |= self._nodes[key]
        return found

    def silent(self) -> dict[int, bool]:
        """Say of the cells of this day that were looked at whether they must not be published."""
        counted = self.day.cells[self.town.cells.value[self.day.cells] != 0].tolist()
        small = {one.cell for one in self.sums if one.kind == "unit"}
        stay = self.given.quiet | self.given.withdrawn | self.forbidden | small
        if all(cell in stay or cell in self.given.published for cell in counted):  # nothing is left to decide
            return dict.fromkeys([*(cell for cell in counted if cell in stay), *sorted(self.forbidden)], True)
        found: dict[int, bool] = {}
        for block in self.decided():
            for cell in self.day.cells_of(block.rank, block.nodes):
                found.setdefault(cell, cell in block.solved.silent)
        return found | dict.fromkeys(self.forbidden, True)

    def decided(self) -> list[Block]:
        """Return what is decided block by block, the coarse ones first; of a cell in two of them the first decides."""
        ranks = self.day.ranks
        first = ranks[min(FIRST_RANK, len(ranks)) - 1]
        waiting = [
            (first, block) for block in self._blocks(first)
            if self.groups is None or any(group in self.groups for group, _ in self.nodes(block, first))
        ]  # fmt: skip
        done = list[Block]()
        while waiting:
            rank, sums = waiting.pop()
            solved = self._solved(rank, sums)
            if solved.whole or rank == ranks[-1]:
                done.append(Block(rank, sums, self.nodes(sums, rank), solved))
                continue
            higher = ranks[ranks.index(rank) + 1]
            reached = self.nodes(sums, higher)
            joined = next(block for block in self._blocks(higher) if reached & self.nodes(block, higher))
            inside = {id(one) for one in joined}
            waiting = [(at, block) for at, block in waiting if id(block[0]) not in inside]
            waiting.append((higher, joined))
        return sorted(done, key=lambda block: -block.rank)

    def _blocks(self, rank: int) -> list[list[Sum]]:
        """Return the protected sums that have to be looked at together."""
        if rank in self._blocks_of:
            return self._blocks_of[rank]
        touched = [sorted(self.nodes([one], rank)) for one in self.sums]
        number = {node: at for at, node in enumerate(sorted({node for nodes in touched for node in nodes}))}
        found = components(len(number), [[number[node] for node in nodes] for nodes in touched])
        blocks: dict[int, list[Sum]] = {}
        for one, nodes in zip(self.sums, touched, strict=True):
            blocks.setdefault(found[number[nodes[0]]], []).append(one)
        self._blocks_of[rank] = [blocks[at] for at in sorted(blocks)]
        return self._blocks_of[rank]

    def _solved(self, rank: int, sums: Sequence[Sum]) -> Solved:
        """Return what is decided of a block, as it was before where nothing in it has changed."""
        nodes = self.nodes(sums, rank)
        cells = self.day.cells_of(rank, nodes)
        given = (frozenset(each.intersection(cells)) for each in
                 (self.given.published, self.given.quiet, self.given.withdrawn))  # fmt: skip
        known = [one.key for one in self.known if one.kind == "known"]
        key = (self.day.day, rank, frozenset(nodes), *given, *(one.key for one in sums), *known, self.hidden)
        if (found := self.solved.get(key)) is None:
            found = self.solved[key] = self._solve(rank, sums, nodes, cells)
        return found

    def _solve(self, rank: int, sums: Sequence[Sum], nodes: set[Node], cells: Sequence[int]) -> Solved:
        day = self.day
        before = [cell for cell in cells if cell in self.given.published]
        protected = [*sums, *together(sums, self._places(cells))]
        known, rows = self._known(rank, nodes, protected, before)
        lost = [one for one, hidden in zip(protected, known.hidden, strict=True) if not hidden]
        if any(one.kind != "saldo" for one in lost) and rank < day.ranks[-1]:
            return Solved(frozenset(), whole=False)  # it follows from a coarser unit, which has to be looked at too
        small = {one.cell for one in sums if one.kind in ("unit", "kept", "group")}
        silent, doubtful, for_sets = {cell for cell in cells if cell in small}, set[int](), set[int]()
        for cell in sorted(set(cells) - set(before) - silent, key=self.order):
            if self.town.cells.value[cell] == 0:
                continue
            if cell in self.given.quiet or cell in self.given.withdrawn:
                silent.add(cell)
            elif not known.published(row := self._row(rows, cell)):
                silent.add(cell)
                needed_by = [protected[number] for number in known.telling(row)]
                if all(one.soft for one in needed_by):
                    doubtful.add(cell)
                    for_sets.update({cell} if all(one.kind == "together" for one in needed_by) else ())
        whole = not any(day.rank[self.town.cells.unit[cell]] == rank for cell in silent)
        return Solved(frozenset(silent), whole, frozenset(doubtful), frozenset(for_sets))

    def spared(
        self, block: Block, silent: frozenset[int], loose: Sequence[int], opened_by: Callable[[int], bool]
    ) -> Iterator[int]:  # fmt: skip
        """Yield the silent cells of a block that can be published: `loose` ones, and those that nobody else needs.

        `silent` are all that are not told so far; `opened_by` says whether a count would open another, by bounds too.
        """
        cells = self.day.cells_of(block.rank, block.nodes)
        sums = [
            one
            for one in (*block.sums, *together(block.sums, self._places(cells)))
            if not (one.kind == "together" and one.soft) and not (one.kind == "kept" and one.cell in loose)
        ]
        told = [cell for cell in cells if cell not in silent and self.town.cells.value[cell] != 0]
        known, rows = self._known(block.rank, block.nodes, sums, told)
        for cell in (*loose, *sorted((block.solved.doubtful & silent) - set(loose), key=self.order)):
            row = self._row(rows, cell)
            if not known.telling(row) and not opened_by(cell):
                known.add(row)
                yield cell

    def _places(self, cells: Sequence[int]) -> list[Numbers]:
        """Return the pieces of each unit, but for the finest ones, that has some of these cells."""
        rank = self.day.rank
        coarse = {unit for unit in self.town.cells.unit[cells].tolist() if rank[unit] > 1}
        return [self.day.pieces[unit] for unit in sorted(coarse, key=lambda unit: (rank[unit], unit))]

    def _known(
        self, rank: int, nodes: set[Node], protected: Sequence[Sum], told: Iterable[int]
    ) -> tuple[Known, Unknowns]:  # fmt: skip
        """Return what a reader of some cells knows of a block, and the unknowns that it is about."""
        unknowns = Unknowns(self.day, nodes, rank, self.uniform.hidden)
        known = Known((unknowns.row(one.classes, one.pieces, one.weights) for one in protected), unknowns.size)
        for row in (*self._known_rows(unknowns, nodes, rank), *(self._row(unknowns, cell) for cell in told)):
            known.add(row)
        return known, unknowns

    def order(self, cell: int) -> tuple[int, bool, float, int, int]:
        """Return where a cell stands in the order in which they are looked at."""
        unit = self.town.units[self.town.cells.unit[cell]]
        elsewhere = unit.zuschnitt != self.town.own[self.day.day]
        return (-unit.rank, elsewhere, -float(self.town.cells.value[cell]),
                int(self.town.cells.side[cell]), int(self.town.cells.unit[cell]))  # fmt: skip

    def _row(self, unknowns: Unknowns, cell: int) -> Row:
        unit, side = int(self.town.cells.unit[cell]), int(self.town.cells.side[cell])
        return unknowns.row(self.day.vectors[side].items(), *self.day.pieces_of(unit, side))

    def _known_rows(self, unknowns: Unknowns, nodes: set[Node], rank: int) -> Iterator[Row]:
        """Yield what a reader knows anyway: equations, balances, and the whole of each component from above."""
        classes = self.town.classes
        groups = {group for group, _ in nodes}
        for equation in classes.equations:
            if classes.group[next(iter(equation))] in groups:
                for piece in sorted({piece for pieces in unknowns.pieces_of.values() for piece in pieces}):
                    yield unknowns.row(equation.items(), np.array([piece]))
        for one in self.known:
            if self.nodes([one], rank) <= nodes:
                yield unknowns.row(one.classes, one.pieces)
        if rank < self.day.ranks[-1]:
            for group, part in sorted(nodes):
                for side, vector in self.day.vectors.items():
                    if self.day.group[side] == group:
                        yield unknowns.row(vector.items(), np.array(unknowns.pieces_of[part]))


def _balances(town: Town) -> dict[int, list[tuple[Sum, bool]]]:
    """Return by day the change of each stock in each unit, and whether it is protected: where the stock is too small.

    Where a stock is published of two years, its change is known, and with it the balance of its flows.
    """
    found: dict[int, list[tuple[Sum, bool]]] = {}
    for stock, change in town.classes.balances:
        if stock not in town.sides:
            continue
        side = town.sides.index(stock)
        at = town.cells.side == side
        cells = {(int(day), int(unit)): int(cell) for day, unit, cell in
                 zip(town.cells.day[at], town.cells.unit[at], np.flatnonzero(at), strict=True)}  # fmt: skip
        numbers = {day: number for number, day in enumerate(town.days)}
        for (day, unit), cell in cells.items():
            earlier = cells.get((numbers.get(text_years_before(town.days[day], 1), -1), unit))
            if (day, unit, stock) in town.split or earlier is None:
                continue
            small = any(0 < town.cells.value[each] < town.cells.at_least[each] for each in (cell, earlier))
            grown = float(town.cells.value[cell] - town.cells.value[earlier])
            one = Sum(tuple(sorted(change.items())), town.pieces(day, unit), None, grown, 0, "saldo")
            found.setdefault(day, []).append((one, small))
    return found
