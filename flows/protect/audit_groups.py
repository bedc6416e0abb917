"""What the audit asks of groups: that nobody, or everybody, of too few people has something must not be known.

What a larger group tells of each of its parts is known anyway, and is not asked: where nobody receives a benefit, no
child does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from flows.protect.audit_states import Floats
from flows.protect.audit_system import System
from flows.protect.classes import Vector, less, parts_within

Question = tuple[str, int, int, int, dict[int, float], float]
"""Kind, place or piece, side, the side that it is a rest of or -1, factors of unknowns, and the part that is known."""


def group_questions(system: System, live: Sequence[int], apart: Sequence[int]) -> Iterator[Question]:
    """Yield the questions about groups of places, and of the pieces `apart`; `live` are the sides of the state."""
    said = system.said
    pairs = [pair for pair in said.groups if pair[0] in live and pair[1] in live]
    vectors = {side: said.classes.side(said.sides[side]) for side in live}
    nobody = _nobody(system, pairs, vectors) if pairs else np.zeros((0, 0), dtype=bool)
    for above, below, least in pairs:
        everybody = _everybody(system, above, below, least)
        rest = less(vectors[below], vectors[above])
        open_, many = system.by_piece(vectors[below])
        few = ~open_ & _between(many, least)
        somebody = open_ | (many != 0)
        small = [("group", place) for place in _small_places(system, vectors[below], below, least)]
        for kind, at in (*small, *(("group piece", piece) for piece in apart if few[piece])):
            sum_of = system.of_place if kind == "group" else system.of_piece
            pieces = np.flatnonzero(system.inside[at]) if kind == "group" else np.array([at])
            inhabited = pieces[somebody[pieces]]
            for vector, of, told in (
                (vectors[above], -1, nobody[np.ix_(list(vectors[above]), inhabited.tolist())].all()),
                (rest, below, everybody[inhabited].all()),
            ):
                factors, known = sum_of(vector, at)
                if told or (not factors and round(known, 6) != 0):
                    continue
                outright = kind == "group" and not np.isnan(system.state.value[at, above])
                yield ("told" if outright else kind, at, above, of, factors, known)


def _between(count: Floats, least: int) -> NDArray[np.bool_]:
    rounded = np.round(count, 6)
    return (rounded > 0) & (rounded < least)


def _small_places(system: System, vector: Vector, side: int, least: int) -> list[int]:
    """Return the places of which it is known that too few people are there, published or by their pieces."""
    open_, many = system.by_place(vector)
    published = system.state.value[:, side]
    many = np.where(np.isnan(published), many, published)
    known = ~np.isnan(published) | ~open_
    return np.flatnonzero(known & _between(many, least) & system.inside.any(axis=1)).tolist()


def _nobody(
    system: System, pairs: Sequence[tuple[int, int, int]], vectors: dict[int, Vector]
) -> NDArray[np.bool_]:  # fmt: skip
    """Say of each class and piece whether a published 0 tells that nobody is there, which is of no small group."""
    value, nobody = system.state.value, np.zeros(system.known.shape, dtype=bool)
    for side in vectors:
        zero = value[:, side] == 0
        for above, below, least in pairs:
            if above == side:
                zero &= ~((value[:, below] > 0) & (value[:, below] < least))
        for part in parts_within(side, system.said.parts):
            classes = list(vectors.get(part, {}))
            nobody[np.ix_(classes, system.inside[zero].any(axis=0))] = True
    return nobody


def _everybody(system: System, above: int, below: int, least: int) -> NDArray[np.bool_]:
    """Say of each piece whether it lies in a place in which, as is published, everybody of many people is counted."""
    value = system.state.value
    found: NDArray[np.bool_] = system.inside[(value[:, above] == value[:, below]) & (value[:, below] >= least)].any(
        axis=0
    )
    return found
