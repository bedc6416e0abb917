"""The pieces between the lines of all Zuschnitte as a tree: the oldest Zuschnitt first, then what each later one cuts.

Counts are rounded from the root: what a later Zuschnitt cuts is shared out so that the parts add up to what the whole
was rounded to before. So a new Zuschnitt changes no figure on the older ones, and no difference of two releases tells
anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Units = tuple[tuple[str, str], ...]
"""The units in which a piece lies on one Zuschnitt, by Raumebene."""


@dataclass(frozen=True)
class Node:
    """A part of the city that the Zuschnitte so far do not cut."""

    name: str
    """What it is called in every release: the units in which it lies."""
    pieces: tuple[int, ...]
    parts: tuple[Node, ...] = ()
    """What later Zuschnitte cut it into; empty for a piece."""


def roots(zuschnitte: Sequence[str], units: Mapping[int, Mapping[str, Units]]) -> list[Node]:
    """Return the nodes of the first Zuschnitt; `units` says of each piece where it lies on each."""
    return _cut("", tuple(sorted(units)), zuschnitte, units)


def _cut(
    name: str, pieces: tuple[int, ...], zuschnitte: Sequence[str], units: Mapping[int, Mapping[str, Units]]
) -> list[Node]:  # fmt: skip
    zuschnitt, later = zuschnitte[0], zuschnitte[1:]
    groups: dict[str, list[int]] = {}
    for piece in pieces:
        lies = ",".join(f"{level}={unit}" for level, unit in units[piece].get(zuschnitt, ()))
        groups.setdefault(f"{name}{zuschnitt}:{lies};", []).append(piece)
    return [_node(of, tuple(inside), later, units) for of, inside in sorted(groups.items())]


def _node(
    name: str, pieces: tuple[int, ...], later: Sequence[str], units: Mapping[int, Mapping[str, Units]]
) -> Node:  # fmt: skip
    if not later or len(pieces) == 1:
        return Node(name, pieces)
    parts = _cut(name, pieces, later, units)
    if len(parts) == 1:  # nothing is cut: the name stays, so that the draw does
        return Node(name, pieces, parts[0].parts)
    return Node(name, pieces, tuple(parts))
