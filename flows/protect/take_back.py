"""After the repairs: take back what is suppressed without need.

A repair suppresses a sibling of each count that follows, and one would often have done for two of them; what the
elimination suppressed for the sake of a sibling, or of small counts that may each be 0, is not always needed either.
Each of these is asked about alone, from coarse to fine and large to small: it is published if neither elimination nor
bounds let anything follow from it. The audit after it looks at all that has changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import duckdb

from flows.base.db import Value, insert, literal
from flows.protect.count_key import CountKey
from flows.protect.given import cells_named_in, given_before

if TYPE_CHECKING:
    from flows.protect.audit_told_too import Count, Examined
    from flows.protect.secondary import Decision, Secondary
    from flows.protect.town import Town

_TABLES = ("angabe_still", "angabe_nachgebessert")


def taken_back(
    con: duckdb.DuckDBPyConnection, secondary: Secondary, examined: Mapping[str, Sequence[Examined]]
) -> frozenset[str]:  # fmt: skip
    """Publish what is suppressed without need, and return the Stichtage at which there was any.

    `examined` is what the audit that found nothing has left, by Stichtag.
    """
    town = secondary.town
    days = [number for number, day in enumerate(town.days) if examined.get(day)]
    given = given_before(con, town, days)
    silent = cells_named_in(con, town, days, "angabe_still")
    found: list[int] = []
    for number in days:
        found += _of_day(secondary.decision(given, number), silent, examined[town.days[number]])
    for table in _TABLES:
        _take_out(con, table, [town.key(cell) for cell in found])
    return frozenset(town.days[town.cells.day[cell]] for cell in found)


class Kept:
    """What was suppressed, so that it can be put back."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        for table in _TABLES:
            con.execute(f"CREATE OR REPLACE TEMP TABLE {table}_vorher AS FROM {table}")

    def put_back(self, days: frozenset[str]) -> None:
        """Let what was suppressed at some Stichtage be suppressed again."""
        here = f"WHERE list_contains({literal(sorted(days))}, stichtag::VARCHAR)"
        for table in _TABLES:
            self.con.execute(f"DELETE FROM {table} {here}")  # noqa: S608 -- fixed names
            self.con.execute(f"INSERT INTO {table} FROM {table}_vorher {here}")


def _of_day(decision: Decision, silent: frozenset[int], examined: Sequence[Examined]) -> list[int]:
    """Return the cells of a Stichtag that can be published."""
    town, given = decision.town, decision.given
    stay = given.quiet | given.withdrawn | decision.uniform.silent
    states = _States(town, examined)
    found, seen = list[int](), set[int]()
    for block in decision.decided():
        here = frozenset(decision.day.cells_of(block.rank, block.nodes)) - seen
        seen |= here
        small = {one.cell for one in block.sums if one.kind == "unit"}
        candidates = (here & silent & given.repaired) - stay - small
        wanted = [cell for cell in sorted(candidates, key=decision.order) if town.cells.value[cell] > 0]
        loose = [cell for cell in wanted if not states.opened_by(cell)]
        if loose or block.solved.for_sets & here & silent:
            for cell in decision.spared(block, silent & here, loose, states.opened_by):
                states.tell(cell)
                found.append(cell)
    return found


class _States:
    """The states of a Stichtag in which the audit sees what a release suppresses."""

    def __init__(self, town: Town, examined: Sequence[Examined]) -> None:
        self.town, self.examined = town, examined

    def opened_by(self, cell: int) -> bool:
        """Say whether a count would open another, or whether nobody can say: the audit reads no estimates."""
        count = self._count(cell)
        shown = [one for one in self.examined if one.shows(count)]
        return not shown or any(one.opened_by(count) for one in shown)

    def tell(self, cell: int) -> None:
        """Take a count for published from now on."""
        for one in self.examined:
            one.tell(self._count(cell))

    def _count(self, cell: int) -> Count:
        from flows.protect.audit_told_too import Count  # noqa: PLC0415 -- scipy, only where there is an audit

        zuschnitt, level, unit, _, side = self.town.key(cell)
        return Count(zuschnitt, level, unit, side, float(self.town.cells.value[cell]))


def _take_out(con: duckdb.DuckDBPyConnection, table: str, keys: Sequence[CountKey]) -> None:
    """Delete the rows of a table that name these counts."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE angabe_gesagt AS FROM {table} LIMIT 0")
    rows: list[dict[str, Value]] = [key._asdict() for key in keys]
    insert(con, "angabe_gesagt", rows)
    same = " AND ".join(f"{table}.{column} = gesagt.{column}" for column in CountKey._fields)
    con.execute(f"DELETE FROM {table} USING angabe_gesagt AS gesagt WHERE {same}")  # noqa: S608 -- fixed names
