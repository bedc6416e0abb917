"""Why the indices of a city changed from one Stichtag to the next, on the Zuschnitt of today.

A change starts from what was in force at the Stichtag before: the Zuschnitt of that day, for units whose line is still
the same, and a version of the index that ended with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import duckdb
import numpy as np
from numpy.typing import NDArray

from flows.base.db import insert_arrays
from flows.index.causes import Before, Causes, causes_of
from flows.index.level import Level
from flows.index.standing import Standing
from flows.index.unit_rows import Columns, rounded

TABLES = """
CREATE OR REPLACE TABLE index_wandel (
    stand INTEGER, einheit INTEGER, von_stichtag DATE, von_zuschnitt VARCHAR, von_version VARCHAR,
    punkte_differenz DOUBLE, teil_raum DOUBLE, teil_zufall DOUBLE, teil_stadt DOUBLE, teil_zuschnitt DOUBLE,
    teil_definition DOUBLE, von_klasse INTEGER, klasse INTEGER, klasse_ursache VARCHAR
);
CREATE OR REPLACE TABLE index_wandel_teil (
    stand INTEGER, einheit INTEGER, stelle INTEGER, teil_eigen DOUBLE, teil_stadt DOUBLE, teil_zuschnitt DOUBLE
);
"""
Key = tuple[str, str, str, str, str, str]
"""Index, version, measure, Zuschnitt, Raumebene and Stichtag."""


@dataclass(frozen=True)
class History:
    """All indices of a city, and who a unit of today was on earlier Zuschnitte."""

    by_key: Mapping[Key, Standing]
    same_unit: Mapping[tuple[str, str, str], str]
    """Raumebene, earlier Zuschnitt and unit of today -> the unit with the same line."""
    zuschnitte: tuple[str, ...]
    places: Mapping[Key, int]
    """Where each index stands in the table index_stand."""

    @classmethod
    def of(cls, standings: Sequence[Standing], same_unit: Mapping[tuple[str, str, str], str]) -> History:
        """Return the history of a city; `standings` are the rows of index_stand."""
        found = {_key(one): one for one in standings if one.scored is not None}
        zuschnitte = tuple(sorted({one.level.zuschnitt for one in standings}))
        return cls(found, same_unit, zuschnitte, {_key(one): place for place, one in enumerate(standings)})

    def newest(self) -> Iterator[tuple[Standing, Standing]]:
        """Yield the indices of the newest Zuschnitt of each Raumebene as pairs: the one before, the one after."""
        newest = {level: max(key[3] for key in self.by_key if key[4] == level) for *_, level, _ in self.by_key}
        series: dict[tuple[str, ...], list[Standing]] = {}
        for key, one in self.by_key.items():
            if key[3] == newest[key[4]]:
                series.setdefault(key[:5], []).append(one)
        for each in series.values():
            yield from pairwise(sorted(each, key=lambda one: one.day))

    def before(self, first: Standing, second: Standing) -> Before:
        """Return what the change from the first to the second starts from."""
        then, ended = self._in_force(first), self._ended(first, second)
        there = None if then == self._in_force(second) else self.by_key.get(_key(first, zuschnitt=then))
        if there is None or there is first:
            return Before(first, ended=ended)
        former = self.by_key.get(_key(ended, zuschnitt=then)) if ended else None
        return Before(first, (there, _places(first.level, there.level, self.same_unit)), ended, former)

    def _in_force(self, standing: Standing) -> str:
        """Return the Zuschnitt of a Stichtag: they are named by the date from which they are valid."""
        return max((name for name in self.zuschnitte if name <= str(standing.day)), default=self.zuschnitte[0])

    def _ended(self, first: Standing, second: Standing) -> Standing | None:
        """Return the version of an index that has the first Stichtag as its last one, before the second."""
        for key, one in self.by_key.items() if first.index.id in self._ending else ():
            same = key[0] == first.index.id and key[2:] == _key(first)[2:]
            until = one.index.definition.until
            if same and one.index is not first.index and until and first.day <= until < second.day:
                return one
        return None

    @cached_property
    def _ending(self) -> set[str]:
        """The indices of which a version ends."""
        return {key[0] for key, one in self.by_key.items() if one.index.definition.until}


def _key(one: Standing, zuschnitt: str | None = None) -> Key:
    return (
        one.index.id, one.index.definition.version, one.massstab, zuschnitt or one.level.zuschnitt,
        one.level.raumebene, str(one.day),
    )  # fmt: skip


def _places(now: Level, then: Level, same_unit: Mapping[tuple[str, str, str], str]) -> NDArray[np.int64]:
    """Return the place of each unit of today on an earlier Zuschnitt; -1 where its line was another."""
    place = {unit: at for at, unit in enumerate(then.units)}
    named = (same_unit.get((now.raumebene, then.zuschnitt, unit), "") for unit in now.units)
    return np.array([place.get(unit, -1) for unit in named], dtype=np.int64)


def write_causes(con: duckdb.DuckDBPyConnection, history: History) -> None:
    """Fill the tables index_wandel and index_wandel_teil."""
    con.execute(TABLES)
    units, parts = list[Columns](), list[Columns]()
    for first, second in history.newest():
        before, stand = history.before(first, second), history.places[_key(second)]
        causes = causes_of(before, second)
        known = np.flatnonzero(~np.isnan(causes.total))
        units.append(_of_units(stand, (before, second), causes, known))
        parts.append(_of_components(stand, causes, known))
    insert_arrays(con, "index_wandel", units)
    insert_arrays(con, "index_wandel_teil", parts)


def _of_units(stand: int, change: tuple[Before, Standing], causes: Causes, known: NDArray[np.int64]) -> Columns:
    before, second = change
    now, index = second.level.zuschnitt, second.index
    then = before.redrawn[0].level.zuschnitt if before.redrawn else now
    version = before.ended.index.definition.version if before.ended else index.definition.version
    return {
        "stand": np.full(len(known), stand), "einheit": known,
        "von_stichtag": np.full(len(known), str(before.standing.day), dtype=object),
        "von_zuschnitt": np.where(causes.moved_unit[known], then, now).astype(object),
        "von_version": np.where(causes.moved_version[known], version, index.definition.version).astype(object),
        "punkte_differenz": rounded(causes.total[known]), "teil_raum": rounded(causes.raum[known]),
        "teil_zufall": rounded(causes.zufall[known]), "teil_stadt": rounded(causes.stadt[known]),
        "teil_zuschnitt": rounded(causes.zuschnitt[known]), "teil_definition": rounded(causes.definition[known]),
        "von_klasse": causes.class_before[known], "klasse": causes.class_after[known],
        "klasse_ursache": np.array(causes.class_cause, dtype=object)[known],
    }  # fmt: skip


def _of_components(stand: int, causes: Causes, known: NDArray[np.int64]) -> Columns:
    components = causes.eigen_by.shape[1]
    return {
        "stand": np.full(len(known) * components, stand), "einheit": np.repeat(known, components),
        "stelle": np.tile(np.arange(1, components + 1), len(known)),
        "teil_eigen": rounded(causes.eigen_by[known]).ravel(), "teil_stadt": rounded(causes.stadt_by[known]).ravel(),
        "teil_zuschnitt": rounded(causes.zuschnitt_by[known]).ravel(),
    }  # fmt: skip
