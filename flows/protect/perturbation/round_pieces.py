"""Rounds what is counted in the pieces between the lines, in the working database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

import duckdb
import numpy as np

from flows.base.db import Block, insert_blocks
from flows.base.errors import ConfigError
from flows.protect.classes import Classes, classes_of
from flows.protect.perturbation.keyed_draw import Draws
from flows.protect.perturbation.piece_tree import Node, Units, roots
from flows.protect.perturbation.rounded_counts import Counts, Elementary, RoundedDay, Rounding, age_bands
from flows.stage.register_merkmale import REGISTER_MERKMALE


class Relations(NamedTuple):
    """What the codebook says of the Merkmale that are rounded."""

    bases: Mapping[str, int]
    """Merkmal -> the base to which it is rounded."""
    parts: Mapping[str, tuple[str, ...]]
    """Whole -> its parts, which add up to it; bands of age are no parts here."""
    wholes: Mapping[str, tuple[str, ...]]
    """Merkmal -> the Merkmale of which it counts a part."""


def is_age_band(merkmal: str) -> bool:
    """Say whether a Merkmal counts everybody of some age."""
    who = REGISTER_MERKMALE.get(merkmal)
    return who is not None and who.group is None and not who.resident_years


def round_pieces(con: duckdb.DuckDBPyConnection, relations: Relations, draws: Draws) -> None:
    """Fill ``kombination_spielraum``: what the count of each rounded Merkmal becomes in each piece.

    Raises:
        ConfigError: a Merkmal is no whole number, or the bands of a Stichtag do not tell how many people of each age
            there are.
    """
    trees = _trees(con)
    counted = _counted(con, relations)
    blocks: list[Block] = []
    for (day, basis), merkmale in sorted(counted.items()):
        tree = trees.get(basis, [])
        for sound in (True, False):
            chosen = [root for root in tree if _is_sound(root, merkmale, relations, day) is sound]
            if not chosen:
                continue
            pieces = [piece for root in chosen for piece in root.pieces]
            inside = {name: {at: count for at, count in counts.items() if at in set(pieces)}
                      for name, counts in merkmale.items()}  # fmt: skip
            rounded = RoundedDay(day, chosen, _rounding(inside, relations, day, sound=sound), draws)
            blocks += _blocks(day, chosen, rounded, inside, relations)
    insert_blocks(con, "kombination_spielraum", blocks)


def _blocks(
    day: str, tree: Sequence[Node], rounded: RoundedDay, merkmale: Mapping[str, Counts], relations: Relations
) -> Iterator[Block]:  # fmt: skip
    leaves = [*_leaves(tree)]
    for name in merkmale.keys() & relations.bases.keys():
        found = [(piece, rounded.merkmal(name, node)) for node in leaves for piece in node.pieces
                 if piece in merkmale[name]]  # fmt: skip
        if found:
            yield Block({"stichtag": day, "merkmal": name}, {
                "kombination": [piece for piece, _ in found], "wert": [limits.value for _, limits in found],
                "unter": [limits.value - limits.low for _, limits in found],
                "ueber": [limits.high - limits.value for _, limits in found],
            })  # fmt: skip


def _leaves(tree: Iterable[Node]) -> Iterator[Node]:
    for node in tree:
        yield from _leaves(node.parts) if node.parts else (node,)


def _trees(con: duckdb.DuckDBPyConnection) -> dict[str, list[Node]]:
    """Return the tree of the pieces of each numbering of base units."""
    units: dict[str, dict[int, dict[str, Units]]] = {}
    rows = con.execute(
        "SELECT DISTINCT basis, kombination, zuschnitt, raumebene, raum_id FROM kombination "
        "LEFT JOIN kombination_raum USING (kombination) ORDER BY ALL"
    ).fetchall()
    zuschnitte: dict[str, set[str]] = {}
    for basis, piece, zuschnitt, level, unit in rows:
        there = units.setdefault(basis, {}).setdefault(piece, {})
        if zuschnitt is not None:
            there[zuschnitt] = (*there.get(zuschnitt, ()), (level, unit))
            zuschnitte.setdefault(basis, set()).add(zuschnitt)
    return {basis: roots(sorted(zuschnitte[basis]), of) for basis, of in units.items() if basis in zuschnitte}


def _counted(con: duckdb.DuckDBPyConnection, relations: Relations) -> dict[tuple[str, str], dict[str, dict[int, int]]]:
    """Return the counts of rounded Merkmale, and of their wholes, by Stichtag and numbering, Merkmal and piece."""
    asked = relations.bases.keys() | {whole for wholes in relations.wholes.values() for whole in wholes}
    found: dict[tuple[str, str], dict[str, dict[int, int]]] = {}
    rows = con.execute(
        "SELECT stichtag::VARCHAR, basis, merkmal, list(kombination ORDER BY kombination), "
        "list(wert ORDER BY kombination) FROM merkmal_kombination "
        "INNER JOIN (SELECT DISTINCT basis, kombination FROM kombination) USING (kombination) GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    for day, basis, merkmal, pieces, counts in rows:
        if merkmal not in asked:
            continue
        odd = next((count for count in counts if count != round(count) or count < 0), None)
        if odd is not None and merkmal in relations.bases:
            raise ConfigError(
                f"city.toml: method = 'round': expected whole counts of {merkmal}, found {odd:g} at {day}. Let its "
                "class suppress, or say in the codebook that it is no count (whole = false)."
            )
        if odd is None:
            found.setdefault((day, basis), {})[merkmal] = dict(zip(pieces, map(round, counts), strict=True))
    return found


def _ages(merkmale: Mapping[str, Counts], relations: Relations) -> list[str]:
    return sorted(name for name in merkmale if name in relations.bases and is_age_band(name))


def _bands(
    merkmale: Mapping[str, Counts], relations: Relations, pieces: Sequence[int], day: str
) -> tuple[Classes, np.ndarray[tuple[int, ...], np.dtype[np.int64]]]:  # fmt: skip
    names = _ages(merkmale, relations)
    classes = classes_of(names)
    counts = np.array([[float(merkmale[name].get(piece, 0)) for piece in pieces] for name in names])
    found = age_bands(classes, names, counts)
    if found is None:
        raise ConfigError(
            "city.toml: method = 'round': expected bands of age that tell how many people there are between their "
            f"limits, found at {day} {', '.join(names)}, which overlap. Deliver the bands between them, or let the "
            "class suppress."
        )
    return classes, found


def _is_sound(root: Node, merkmale: Mapping[str, Counts], relations: Relations, day: str) -> bool:
    """Say whether the counts in a root add up: bands of age, and parts to their wholes, wherever anybody is counted."""
    names = _ages(merkmale, relations)
    for piece in root.pieces:
        if names and len({piece in merkmale[name] for name in names}) > 1:
            return False
        for whole, parts in relations.parts.items():
            there = [name for name in (whole, *parts) if name in merkmale]
            if len(there) == len(parts) + 1 and merkmale[whole].get(piece, 0) != sum(
                merkmale[part].get(piece, 0) for part in parts
            ):
                return False
    if not names:
        return True
    classes, found = _bands(merkmale, relations, root.pieces, day)
    if (found < 0).any():
        return False
    return all(
        merkmale[name].get(piece, 0) == sum(found[each, at] for each in classes.of_merkmal[name])
        for name in names for at, piece in enumerate(root.pieces)
    )  # fmt: skip


def _rounding(merkmale: Mapping[str, Counts], relations: Relations, day: str, *, sound: bool) -> Rounding:
    """Return how the Merkmale are made of what is rounded; where counts are not `sound`, each is rounded by itself."""
    ages = _ages(merkmale, relations) if sound else []
    sums: dict[str, tuple[str, ...]] = {}
    made: dict[str, Elementary] = {}
    if ages:
        pieces = sorted(merkmale[ages[0]])
        classes, found = _bands(merkmale, relations, pieces, day)
        base = max(relations.bases[name] for name in ages)
        for name in ages:
            sums[name] = tuple(classes.names[each] for each in classes.of_merkmal[name])
        for each in sorted({each for name in ages for each in classes.of_merkmal[name]}):
            counts = dict(zip(pieces, found[each].tolist(), strict=True))
            made[classes.names[each]] = Elementary(classes.names[each], counts, base)
    divided = {whole: parts for whole, parts in relations.parts.items() if sound and whole in merkmale
               and all(part in merkmale for part in parts)}  # fmt: skip
    own = [name for name in sorted(merkmale) if name in relations.bases and name not in ages]
    for name in own:
        sums[name] = tuple(_undivided(name, divided))
    for name in own:
        if name not in divided:
            wholes = tuple(whole for whole in relations.wholes.get(name, ())
                           if whole in merkmale and name not in sums.get(whole, ()))  # fmt: skip
            made[name] = Elementary(name, merkmale[name], relations.bases[name], wholes)
    left = {name: counts for name, counts in merkmale.items() if name not in relations.bases}
    return Rounding(tuple(_wholes_first(made, sums)), sums, left)


def _undivided(name: str, divided: Mapping[str, Sequence[str]]) -> Iterator[str]:
    if name not in divided:
        yield name
    for part in divided.get(name, ()):
        yield from _undivided(part, divided)


def _wholes_first(made: Mapping[str, Elementary], sums: Mapping[str, Sequence[str]]) -> Iterator[Elementary]:
    before = {name: sorted({each for whole in one.wholes for each in sums.get(whole, ())})
              for name, one in made.items()}  # fmt: skip
    try:
        yield from (made[name] for name in TopologicalSorter(before).static_order())
    except CycleError as circle:
        raise ConfigError(
            f"codebook.toml: part_of: expected that no Merkmal is a part of its own part, found "
            f"{' -> '.join(circle.args[1])}. Take one of them out."
        ) from None
