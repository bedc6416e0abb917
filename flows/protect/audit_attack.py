"""How a count follows: which published figures, added and subtracted, tell it or bound it.

The factors are the dual values of the programme that maximises the count over what is published around it (linear
programming's proof that it cannot be larger), so a reader can check them with a pencil. Where only whole numbers bound
a count so closely, they are the figures that bound it from above, though less closely.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from flows.protect.audit import Step
from flows.protect.audit_asked import Asked, Interval
from flows.protect.audit_reading import Said
from flows.protect.audit_states import State
from flows.protect.audit_system import Balance, Label, System
from flows.protect.classes import less

_NO_FACTOR = 1e-6


def attack_on(system: System, interval: Interval) -> list[Step]:
    """Return the figures that tell a count or bound it from above; none where nothing around it is published."""
    said, asked = system.said, interval.asked
    here = np.arange(system.inside.shape[1]) == asked.where if asked.of_piece else system.inside[asked.where]
    steps: list[Step] = []
    for rank in sorted({place.rank for place in said.places})[1:]:
        region = here.copy()
        for at, place in enumerate(said.places):
            if place.rank == rank and (system.inside[at] & here).any():
                region |= system.inside[at]
        for wholes in (False, True):
            found, high = _within(system, asked, here, region, wholes=wholes)
            steps = found or steps
            if found and high <= interval.high:
                return found
    return steps


def _within(
    system: System, asked: Asked, here: NDArray[np.bool_], region: NDArray[np.bool_], *, wholes: bool
) -> tuple[list[Step], int]:
    """Return the figures inside a region that bound a count from above, and the bound.

    With `wholes`, those of what it is a part of are among them (no more children receive a benefit than live there).
    """
    from scipy.optimize import linprog  # noqa: PLC0415 -- imports for half a second
    from scipy.sparse import csr_array  # noqa: PLC0415

    said, state = system.said, system.state
    vector = _vector(said, asked)
    parts = _parts_of(system, {said.classes.group[each] for each in vector}) if wholes else []
    groups = {said.classes.group[each] for each in (*vector, *(each for part in parts for each in part))}
    pieces = np.flatnonzero(region)
    classes = [each for each, group in enumerate(said.classes.group) if group in groups]
    column = {(each, piece): at for at, (each, piece) in enumerate((e, p) for e in classes for p in pieces.tolist())}
    equal, right, least, lower = [], [], [], []
    labels: list[Label | Balance] = []
    for one in system.balances:
        of = {said.classes.group[each] for each in one.change}
        if of <= groups and not (system.inside[one.place] & ~region).any():
            equal.append(_row(one.change, np.flatnonzero(system.inside[one.place]), column))
            right.append(one.value)
            labels.append(one)
    for at in np.flatnonzero(system.inside.any(axis=1) & ~(system.inside & ~region).any(axis=1)).tolist():
        for side, name in enumerate(said.sides):
            form = said.classes.side(name)
            told = not np.isnan(state.value[at, side])
            if not (told or state.silent[at, side]) or said.classes.group[next(iter(form))] not in groups:
                continue
            row = _row(form, np.flatnonzero(system.inside[at]), column)
            if told:
                equal.append(row)
                right.append(state.value[at, side])
                labels.append((at, side))
            else:
                least.append(-row)
                lower.append(-1.0)
    if not equal:
        return [], 0
    for part in parts:
        least += [-_row(part, [piece], column) for piece in pieces.tolist()]
        lower += [0.0] * len(pieces)
    solved = linprog(
        -_row(vector, np.flatnonzero(here), column), A_eq=csr_array(np.array(equal)), b_eq=right,
        A_ub=csr_array(np.array(least)) if least else None, b_ub=lower or None, bounds=(0, None), method="highs-ds",
    )  # fmt: skip
    if not solved.success:
        return [], 0
    steps = [
        step
        for label, factor in zip(labels, solved.eqlin.marginals.tolist(), strict=True)
        if abs(factor) > _NO_FACTOR
        for step in _steps(said, state, label, factor)
    ]
    return steps, round(-solved.fun)


def _row(form: dict[int, int], pieces: Iterable[int], column: dict[tuple[int, int], int]) -> NDArray[np.float64]:
    row = np.zeros(len(column))
    for each, count in form.items():
        row[[column[each, int(piece)] for piece in pieces]] += count
    return row


def _parts_of(system: System, groups: set[int]) -> list[dict[int, int]]:
    """Return what is left of wholes beside parts, of which one is of these groups of classes."""
    said, found = system.said, []
    for part, whole in said.parts:
        some, all_ = said.classes.side(said.sides[part]), said.classes.side(said.sides[whole])
        of = {said.classes.group[each] for each in (*some, *all_)}
        if of & groups and of <= system.state.groups:
            found.append(less(all_, some))
    return found


def _steps(said: Said, state: State, label: Label | Balance, factor: float) -> list[Step]:
    """Return the figures that an equation is made of, without zeros: one, or the stocks of two years."""
    if isinstance(label, Balance):
        at = (label.place, label.stock)
        return [_step(said, state, at, factor), _step(said, label.before, at, -factor)]
    return [_step(said, state, label, factor)] if state.value[label] else []


def _step(said: Said, state: State, label: Label, factor: float) -> Step:
    place, side = said.places[label[0]], said.sides[label[1]]
    return Step(
        factor=round(-factor, 6) + 0.0, figure=f"{side}, {place}, {state.day}", value=float(state.value[label]),
        version=said.versions[state.source[label]], merkmal=side, zuschnitt=place.zuschnitt, raumebene=place.level,
        raum_id=place.id, stichtag=state.day,
    )  # fmt: skip


def _vector(said: Said, asked: Asked) -> dict[int, int]:
    """Return the classes that a count is of."""
    vector = said.classes.side(said.sides[asked.side])
    return less(said.classes.side(said.sides[asked.below]), vector) if asked.below >= 0 else vector
