"""Differencing by geography: unions of units of two Zuschnitte that hold almost the same people.

If both divisions of a city publish a count, the difference of two unions that overlap nearly everywhere is a count of
the few in between (Duke-Williams and Rees 1998; Costemalle 2019, INSEE). Looked at is every connected union of
units of the first division: what of it lies outside the units of the second that are whole inside it (``internal``),
and what of the units that touch it lies outside it (``external``).

A union can only differ little if every unit of the second that lies in it with many people lies in it whole: so the
search adds what must be added, and ends where more would be than asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from flows.base.texts import Text, text

LARGEST = 10
"""Units of a union; larger ones hide their differences among more people and are not searched."""
Side = Literal["internal", "external"]
SIDES: tuple[Side, Side] = ("internal", "external")


class Difference(BaseModel):
    """A union of units, and the people that it differs by from one of the other division."""

    model_config = ConfigDict(frozen=True)

    units: tuple[str, ...]
    side: Side
    people: int
    first: str = ""
    second: str = ""

    @property
    def words(self) -> Text:
        """Say it in a line."""
        known = {"first": self.first, "second": self.second, "people": self.people, "units": " + ".join(self.units)}
        if self.side == "internal":
            return text("{first} against {second}: {people} residents within {units}", **known)
        return text("{first} against {second}: {people} residents outside {units}", **known)


def differences(people: Mapping[tuple[str, str], int], at_least: int, largest: int = LARGEST) -> list[Difference]:
    """Return the smallest unions whose difference holds fewer than `at_least` people, but somebody.

    Each difference stands once, with the smallest of the unions that have it; those that are several others together
    are left out.

    `people` are the counts of the pieces: unit of the first division, unit of the second -> people.
    """
    there = {pair: count for pair, count in people.items() if count > 0}
    search = _Search(there, at_least, largest)
    found: dict[frozenset[tuple[str, str]], tuple[frozenset[str], Side]] = {}
    for side in SIDES:
        for units, count in search.unions(side):
            if 0 < count < at_least:
                between = search.between(units, side)
                found[between] = min(found.get(between, (units, side)), (units, side), key=_size)
    smallest = [(found[between], between) for between in found if not _made_of_others(between, found)]
    return [
        Difference(units=tuple(sorted(units)), side=side, people=sum(there[pair] for pair in between))
        for (units, side), between in sorted(smallest, key=lambda each: _size(each[0]))
    ]


def _size(each: tuple[frozenset[str], Side]) -> tuple[int, list[str], Side]:
    return len(each[0]), sorted(each[0]), each[1]


def _made_of_others(between: frozenset[tuple[str, str]], found: Iterable[frozenset[tuple[str, str]]]) -> bool:
    """Say whether a difference is nothing but smaller ones together."""
    inner = [other for other in found if other < between]
    return bool(inner) and frozenset[tuple[str, str]]().union(*inner) == between


class _Search:
    def __init__(self, people: Mapping[tuple[str, str], int], at_least: int, largest: int) -> None:
        self.at_least, self.largest = at_least, largest
        self.firsts: dict[str, dict[str, int]] = {}
        self.seconds: dict[str, dict[str, int]] = {}
        for (first, second), count in people.items():
            self.firsts.setdefault(first, {})[second] = count
            self.seconds.setdefault(second, {})[first] = count
        self.whole = {second: sum(parts.values()) for second, parts in self.seconds.items()}

    def unions(self, side: Side) -> Iterator[tuple[frozenset[str], int]]:
        """Yield the connected unions with their differences, those that are too large left out."""
        seen: set[frozenset[str]] = set()
        waiting = [frozenset([first]) for first in sorted(self.firsts)]
        while waiting:
            union = waiting.pop()
            if union in seen or len(union) > self.largest:
                continue
            seen.add(union)
            cut = list(self._cut(union))
            heavy = [(second, outside) for second, inside, outside in cut
                     if (inside if side == "internal" else outside) >= self.at_least]  # fmt: skip
            if heavy:  # one of these must lie in it whole, or all but whole
                second, _ = min(heavy, key=lambda each: (len(self.seconds[each[0]]), each[0]))
                missing = sorted(set(self.seconds[second]) - union)
                waiting += [union | set(missing)] if side == "internal" else [union | {one} for one in missing]
                continue
            total = sum(inside if side == "internal" else outside for _, inside, outside in cut)
            if total < self.at_least:
                yield union, total
            waiting += [union | {one} for second, _, _ in cut for one in sorted(set(self.seconds[second]) - union)]

    def between(self, union: frozenset[str], side: Side) -> frozenset[tuple[str, str]]:
        """Return the pieces that a union differs by."""
        return frozenset(
            (first, second) for second, _, _ in self._cut(union) for first in self.seconds[second]
            if (first in union) == (side == "internal")
        )  # fmt: skip

    def _cut(self, union: Iterable[str]) -> Iterator[tuple[str, int, int]]:
        """Yield the units of the second division that lie in it partly: people inside, and outside."""
        inside: dict[str, int] = {}
        for first in union:
            for second, count in self.firsts[first].items():
                inside[second] = inside.get(second, 0) + count
        for second in sorted(inside):
            whole = self.whole[second]
            if inside[second] < whole:
                yield second, inside[second], whole - inside[second]


def released_differences(database: Path, at_least: int) -> list[Difference]:
    """Return the differences between two Zuschnitte of a release, by the residents that `raum_ereignis` tells."""
    import duckdb  # noqa: PLC0415

    with duckdb.connect(str(database), read_only=True) as con:
        rows = con.execute(
            "SELECT von_zuschnitt, nach_zuschnitt, von_id, nach_id, einwohner::BIGINT FROM raum_ereignis "
            "WHERE raumebene = (SELECT arg_min(raumebene, rang) FROM raumebene) AND einwohner > 0 "
            "AND von_id IS NOT NULL AND nach_id IS NOT NULL ORDER BY ALL"
        ).fetchall()
    pairs: dict[tuple[str, str], dict[tuple[str, str], int]] = {}
    for first, second, old, new, count in rows:
        pairs.setdefault((first, second), {})[old, new] = count
    return [
        one.model_copy(update={"first": first, "second": second})
        for (first, second), people in pairs.items() for one in differences(people, at_least)
    ]  # fmt: skip
