"""What a redraw did: change events with the area and the residents that moved, and identities that survive renumbering.

An event belongs to a connected component of old and new units: nothing outside it was touched. Inside, every pair of
an old and a new unit says what happened between the two, in words that sql/protect/raum_ereignis.sql turns into
sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from flows.space.links import Floats, Links

UNVERAENDERT, UMBENANNT, UMNUMMERIERT = "unveraendert", "umbenannt", "umnummeriert"
GETEILT, ZUSAMMENGELEGT, TEIL_UEBERTRAGEN = "geteilt", "zusammengelegt", "teil_uebertragen"
NEU, AUFGELOEST, KOMPLEX = "neu", "aufgeloest", "komplex"


@dataclass(frozen=True)
class Step:
    """What happened between one old and one new unit."""

    event: str
    old: str
    new: str
    area: float
    residents: float


@dataclass(frozen=True)
class Event:
    """What happened to the old units `before` and the new ones `after`."""

    event: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    steps: tuple[Step, ...]
    area_moved: float
    residents_moved: float
    """Those who now live in a unit that does not continue theirs."""
    continues: tuple[tuple[str, str], ...]
    """Old and new unit that are each other's main part."""


@dataclass(frozen=True)
class Names:
    """The names of the units in both Zuschnitte; only to see that one was changed, never as a key."""

    old: Mapping[str, str]
    new: Mapping[str, str]


def change_events(links: Links, area: Floats, residents: Floats, names: Names | None = None) -> list[Event]:
    """Return the events of a redraw, ordered by their first unit.

    Args:
        links: The pairs of old and new units that share more than a sliver, or share base units.
        area: Of each pair.
        residents: Of each pair: counted through base units, or a key's spread of the old counts.
        names: The names of the units, if known.
    """
    of_old, of_new = links.components()
    steps = _steps(links, area, residents)
    members: dict[int, tuple[list[str], list[str], list[Step]]] = {}
    for unit, number in zip(links.old, of_old.tolist(), strict=True):
        members.setdefault(number, ([], [], []))[0].append(unit)
    for unit, number in zip(links.new, of_new.tolist(), strict=True):
        members.setdefault(number, ([], [], []))[1].append(unit)
    for step, number in zip(steps, of_old[links.old_of].tolist(), strict=True):
        members[number][2].append(step)
    events = [_event(before, after, inside, names) for before, after, inside in members.values()]
    return sorted(events, key=lambda event: (*event.before, *event.after))


def _steps(links: Links, area: Floats, residents: Floats) -> list[Step]:
    parts, sources = links.partners_of_old(), links.partners_of_new()
    gives, takes = parts[links.old_of], sources[links.new_of]
    most_takes, most_gives = np.ones(len(links.old), dtype=np.int64), np.ones(len(links.new), dtype=np.int64)
    np.maximum.at(most_takes, links.old_of, takes)
    np.maximum.at(most_gives, links.new_of, gives)
    return [
        Step(_step_event(old == new, *shape), old, new, *moved)
        for (old, new), shape, moved in zip(
            links.pairs(),
            zip(gives.tolist(), takes.tolist(), most_takes[links.old_of].tolist(), most_gives[links.new_of].tolist(),
                strict=True),
            zip(area.tolist(), residents.tolist(), strict=True),
            strict=True,
        )
    ]  # fmt: skip


def _step_event(same_id: bool, gives: int, takes: int, most_takes: int, most_gives: int) -> str:
    if gives == takes == 1:
        return UNVERAENDERT if same_id else UMNUMMERIERT
    if gives > 1 and (most_takes == 1 or (takes == 1 and not same_id)):
        return GETEILT
    if takes > 1 and (most_gives == 1 or (gives == 1 and not same_id)):
        return ZUSAMMENGELEGT
    return TEIL_UEBERTRAGEN


def _event(before: list[str], after: list[str], steps: list[Step], names: Names | None) -> Event:
    continues = _continuing(steps)
    kept = set(continues)
    moved = [step for step in steps if (step.old, step.new) not in kept]
    return Event(
        event=_kind(before, after, continues, names),
        before=tuple(before),
        after=tuple(after),
        steps=tuple(steps),
        area_moved=sum(step.area for step in moved),
        residents_moved=sum(step.residents for step in moved),
        continues=continues,
    )


def _kind(
    before: Sequence[str], after: Sequence[str], continues: Sequence[tuple[str, str]], names: Names | None
) -> str:
    if len(before) == len(after) == 1:
        if before[0] != after[0]:
            return UMNUMMERIERT
        renamed = names and names.old.get(before[0], "") != names.new.get(after[0], "")
        return UMBENANNT if renamed else UNVERAENDERT
    by_number = {(0, 1): NEU, (1, 0): AUFGELOEST}
    if (len(before), len(after)) in by_number:
        return by_number[len(before), len(after)]
    if len(before) == 1:
        return GETEILT
    if len(after) == 1:
        return ZUSAMMENGELEGT
    return TEIL_UEBERTRAGEN if len(continues) == len(before) == len(after) else KOMPLEX


def _continuing(steps: Sequence[Step]) -> tuple[tuple[str, str], ...]:
    """Return the pairs that are the largest part of their old and of their new unit: by residents, then by area."""
    largest_of_old: dict[str, Step] = {}
    largest_of_new: dict[str, Step] = {}
    for step in steps:
        largest_of_old[step.old] = max(largest_of_old.get(step.old, step), step, key=_size)
        largest_of_new[step.new] = max(largest_of_new.get(step.new, step), step, key=_size)
    return tuple(
        (step.old, step.new) for step in steps if largest_of_old[step.old] is step and largest_of_new[step.new] is step
    )


def _size(step: Step) -> tuple[float, float]:
    return step.residents, step.area


def stable_ids(redraws: Iterable[tuple[str, str, Sequence[Event]]]) -> dict[tuple[str, str], str]:
    """Return for each Zuschnitt and unit an identity that it keeps as long as its boundary does, whatever its number.

    Args:
        redraws: Old Zuschnitt, new Zuschnitt and their events, in the order of time.
    """
    identity: dict[tuple[str, str], str] = {}
    for von, nach, events in redraws:
        for event in events:
            for unit in event.before:
                identity.setdefault((von, unit), f"{von}/{unit}")
            same = event.event in (UNVERAENDERT, UMBENANNT, UMNUMMERIERT)
            for unit in event.after:
                identity[nach, unit] = identity[von, event.before[0]] if same else f"{nach}/{unit}"
    return identity
