"""Which counts must not be known: those that a release suppresses, and those that nobody has asked to publish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from flows.protect.audit_groups import group_questions
from flows.protect.audit_system import System
from flows.protect.classes import Vector, less


@dataclass(frozen=True)
class Asked:
    """A count that must not be known: factors of unknowns, a known part, and the threshold."""

    kind: str
    """``place``, ``piece``, ``rest``, ``rest piece``; ``part``: above the line of a suppressed share, or rounded, so
    that it may be 0; ``group``, or ``group piece``: of too few people, of whom nobody may know that it is 0;
    ``forbidden``: by a rule, however large it is; ``told``: a count that a release states outright."""
    where: int
    """The place, or the piece."""
    side: int
    below: int
    """The side that a rest is left of, else -1."""
    factors: dict[int, float]
    known: float
    at_least: int

    @property
    def nonzero(self) -> bool:
        """Whether it is said not to be 0."""
        return self.kind == "place"

    @property
    def safe_if_zero(self) -> bool:
        """Whether it may be known to be 0."""
        return self.kind not in ("place", "group", "group piece")

    @property
    def of_piece(self) -> bool:
        """Whether it is counted in a piece."""
        return self.kind in ("piece", "rest piece", "group piece")


@dataclass(frozen=True)
class Interval:
    """What follows about a count: it lies between these, if not more closely."""

    asked: Asked
    low: int
    high: int


def asked_of(system: System) -> list[Asked]:
    """Return every count that must not be known: suppressed ones, those of pieces, and what shares leave over."""
    said, state = system.said, system.state
    vectors = [said.classes.side(name) for name in said.sides]
    live = [side for side, vector in enumerate(vectors) if said.classes.group[next(iter(vector))] in state.groups]
    single = np.eye(system.inside.shape[1], dtype=bool)
    whole = {row.tobytes() for row in system.inside}
    apart = [piece for piece in range(len(single)) if single[piece].tobytes() not in whole]
    found = []
    for place, side in np.argwhere(state.forbidden & np.isnan(state.value)).tolist():
        factors, known = system.of_place(vectors[side], place)
        found.append(Asked("forbidden", place, side, -1, factors, known, 0))
    for place, side in np.argwhere(state.silent & np.isnan(state.value)).tolist():
        factors, known = system.of_place(vectors[side], place)
        found.append(Asked("place", place, side, -1, factors, known, int(said.at_least[side])))
    counted = (said.at_least > 0) & ~state.forbidden
    for place, side in np.argwhere(state.withheld & ~state.silent & np.isnan(state.value) & counted).tolist():
        factors, known = system.of_place(vectors[side], place)
        found.append(Asked("part", place, side, -1, factors, known, int(said.at_least[side])))
    for place, side in np.argwhere(state.ranged & (state.low < said.at_least) & counted).tolist():
        factors, known = system.of_place(vectors[side], place)
        found.append(Asked("part", place, side, -1, factors, known, int(said.at_least[side])))
    small = (state.value > 0) & ((state.value < said.at_least) | state.forbidden)
    found += [
        Asked("told", place, side, -1, {}, float(state.value[place, side]), int(said.at_least[side]))
        for place, side in np.argwhere(small).tolist()
    ]
    for side in live:
        unsure, sums = system.by_piece(vectors[side])
        for piece in apart:
            factors, known = system.of_piece(vectors[side], piece) if unsure[piece] else ({}, float(sums[piece]))
            found.append(Asked("piece", piece, side, -1, factors, known, int(said.at_least[side])))
    found += [Asked(*one, 1) for one in group_questions(system, live, apart)]
    return [*found, *_rests(system, vectors, live, apart)]


def _rests(
    system: System, vectors: Sequence[Vector], live: Sequence[int], apart: Sequence[int]
) -> Iterator[Asked]:  # fmt: skip
    """Yield what shares leave over in places, and in the pieces `apart`."""
    said, state = system.said, system.state
    unknown = np.isnan(system.known)
    for above, below in said.shares:
        if above not in live or below not in live:
            continue
        rest = less(vectors[below], vectors[above])
        least = int(said.at_least[above])
        open_ = system.inside[:, unknown[list(rest)].any(axis=0)].any(axis=1)
        both = state.value[:, below] - state.value[:, above]
        for place in np.flatnonzero(open_ & np.isnan(both)).tolist():
            factors, known = system.of_place(rest, place)
            yield Asked("rest", place, above, below, factors, known, least)
        sums = np.nansum([count * system.known[each] for each, count in rest.items()], axis=0)
        left = np.where(np.isnan(both), np.round(system.inside @ sums, 6), both)
        clear = (left > 0) & (left < least) & ~(open_ & np.isnan(both))
        for place in np.flatnonzero(clear).tolist():
            yield Asked("rest", place, above, below, {}, float(left[place]), least)
        unsure, sums = system.by_piece(rest)
        for piece in apart:
            factors, known = system.of_piece(rest, piece) if unsure[piece] else ({}, float(sums[piece]))
            yield Asked("rest piece", piece, above, below, factors, known, least)


def told(asked: Sequence[Asked]) -> list[Interval]:
    """Return those that follow exactly, and must not."""
    return [Interval(one, round(one.known), round(one.known)) for one in asked if not one.factors and _must_not(one)]


def _must_not(one: Asked) -> bool:
    known = round(one.known, 6)
    if one.kind in ("group", "group piece"):
        return known == 0
    return one.kind == "told" or (known > 0 and (one.kind == "forbidden" or known < one.at_least))
