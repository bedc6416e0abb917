"""How a count follows: which published figures, added and subtracted, tell it or bound it.

The factors are the dual values of the programme that maximises the count over what is published around it (linear
programming's proof that it cannot be larger), so a reader can check them with a pencil.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flows.protect.audit import Step
from flows.protect.audit_bounds import Asked, Interval
from flows.protect.audit_reading import Said, State
from flows.protect.audit_system import System


def attack_on(system: System, interval: Interval) -> list[Step]:
    """Return the figures that tell a count or bound it from above; none where parts and wholes are needed besides."""
    said, asked = system.said, interval.asked
    here = np.arange(system.inside.shape[1]) == asked.where if asked.kind == "piece" else system.inside[asked.where]
    for rank in sorted({place.rank for place in said.places})[1:]:
        region = here.copy()
        for at, place in enumerate(said.places):
            if place.rank == rank and (system.inside[at] & here).any():
                region |= system.inside[at]
        steps = _within(system, interval, here, region)
        if steps:
            return steps
    return []


def _within(system: System, interval: Interval, here: NDArray[np.bool_], region: NDArray[np.bool_]) -> list[Step]:
    from scipy.optimize import linprog  # noqa: PLC0415

    said, state, asked = system.said, system.state, interval.asked
    vector = _vector(said, asked)
    groups = {said.classes.group[each] for each in vector}
    pieces = np.flatnonzero(region)
    classes = [each for each, group in enumerate(said.classes.group) if group in groups]
    column = {(each, piece): at for at, (each, piece) in enumerate((e, p) for e in classes for p in pieces.tolist())}
    equal, right, labels, least = [], [], [], []
    for at in np.flatnonzero(system.inside.any(axis=1) & ~(system.inside & ~region).any(axis=1)).tolist():
        for side, name in enumerate(said.sides):
            form = said.classes.side(name)
            told = not np.isnan(state.value[at, side])
            if not (told or state.silent[at, side]) or said.classes.group[next(iter(form))] not in groups:
                continue
            row = np.zeros(len(column))
            for each, count in form.items():
                row[[column[each, piece] for piece in np.flatnonzero(system.inside[at]).tolist()]] += count
            if told:
                equal.append(row)
                right.append(state.value[at, side])
                labels.append((at, side))
            else:
                least.append(-row)
    if not equal:
        return []
    goal = np.zeros(len(column))
    for each, count in vector.items():
        goal[[column[each, piece] for piece in np.flatnonzero(here).tolist()]] += count
    solved = linprog(
        -goal, A_eq=np.array(equal), b_eq=np.array(right), A_ub=np.array(least) if least else None,
        b_ub=-np.ones(len(least)) if least else None, bounds=(0, None), method="highs-ds",
    )  # fmt: skip
    if not solved.success or round(-solved.fun) > interval.high:
        return []
    return [
        _step(said, state, labels[at], float(factor), float(right[at]))
        for at, factor in enumerate(solved.eqlin.marginals)
        if abs(factor) > 1e-6 and right[at]
    ]


def _step(said: Said, state: State, label: tuple[int, int], factor: float, value: float) -> Step:
    place, side = said.places[label[0]], said.sides[label[1]]
    return Step(
        factor=round(-factor, 6) + 0.0, figure=f"{side}, {place}, {state.day}", value=value,
        version=said.versions[state.source[label]], merkmal=side, zuschnitt=place.zuschnitt, raumebene=place.level,
        raum_id=place.id, stichtag=state.day,
    )  # fmt: skip


def _vector(said: Said, asked: Asked) -> dict[int, int]:
    """Return the classes that a count is of."""
    vector = dict(said.classes.side(said.sides[asked.below if asked.below >= 0 else asked.side]))
    if asked.below >= 0:
        for each, count in said.classes.side(said.sides[asked.side]).items():
            vector[each] = vector.get(each, 0) - count
    return vector
