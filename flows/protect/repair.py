"""What else must not be published after an audit: the cheapest sibling of each count that it could bound.

Elimination alone leaves counts that follow from bounds ("three suppressed counts that add up to 3 are each 1"). For
each, the smallest published count of the same kind of people beside it is suppressed too, and the elimination runs
again with it; where none is left, that of the unit around it, then the smallest beside that one, and so on.

In a small town a count can follow from figures that are no siblings of it. Then the attack itself says what to take
away: of the published figures that it adds and subtracts, the smallest of the finest Raumebene.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from flows.base.db import insert, sql
from flows.protect.audit import Finding


def suppress_siblings(
    con: duckdb.DuckDBPyConnection, findings: Iterable[Finding], related: Iterable[tuple[str, str]], each: int = 1
) -> int:
    """Add to ``angabe_nachgebessert`` siblings of each count that follows, `each` of them; return how many are new.

    `related` are pairs of sides that count people of one group.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE verwandt (seite VARCHAR, andere VARCHAR)")
    insert(con, "verwandt", [{"seite": one, "andere": other} for one, other in related])
    con.execute("CREATE OR REPLACE TEMP TABLE befund (nummer INTEGER, zuschnitt VARCHAR, raumebene VARCHAR, "
                "raum_id VARCHAR, stichtag DATE, seite VARCHAR)")  # fmt: skip
    units = [(finding, *unit) for finding in findings if finding.kind != "change"
             for unit in finding.units]  # fmt: skip
    insert(
        con, "befund",
        [{"nummer": number, "zuschnitt": zuschnitt, "raumebene": finding.raumebene, "raum_id": unit,
          "stichtag": finding.stichtag, "seite": finding.merkmal.rpartition(" ohne ")[2]}
         for number, (finding, zuschnitt, unit) in enumerate(units)],
    )  # fmt: skip
    (before,) = con.execute("SELECT count(*) FROM angabe_nachgebessert").fetchone() or (0,)
    con.execute(f"SET VARIABLE geschwister = {each}")
    con.execute(f"INSERT INTO angabe_nachgebessert {sql('repair/geschwister')}")
    (now,) = con.execute("SELECT count(*) FROM angabe_nachgebessert").fetchone() or (0,)
    return int(now) - int(before)


def suppress_zeros(con: duckdb.DuckDBPyConnection, findings: Iterable[Finding]) -> int:
    """Add to ``angabe_nachgebessert`` each 0 of too few people that would be published; return how many are new.

    The elimination takes it for known that nobody lives in a piece between the lines. A reader may not know it, and
    then a 0 of a new unit says more than that of the larger unit around the inhabited rest of it.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE ausgesprochen (stichtag DATE, zuschnitt VARCHAR, raumebene VARCHAR, "
                "raum_id VARCHAR, seite VARCHAR)")  # fmt: skip
    insert(
        con, "ausgesprochen",
        [{"stichtag": finding.stichtag, "zuschnitt": zuschnitt, "raumebene": finding.raumebene, "raum_id": unit,
          "seite": finding.merkmal}
         for finding in findings
         for zuschnitt, unit in finding.units],
    )  # fmt: skip
    (before,) = con.execute("SELECT count(*) FROM angabe_nachgebessert").fetchone() or (0,)
    con.execute("INSERT INTO angabe_nachgebessert BY NAME FROM ausgesprochen ANTI JOIN angabe_nachgebessert "
                "USING (stichtag, zuschnitt, raumebene, raum_id, seite)")  # fmt: skip
    (now,) = con.execute("SELECT count(*) FROM angabe_nachgebessert").fetchone() or (0,)
    return int(now) - int(before)


def suppress_steps(con: duckdb.DuckDBPyConnection, findings: Iterable[Finding], version: str) -> int:
    """Add to ``angabe_nachgebessert`` one figure of `version` of each attack; return how many there were to add."""
    con.execute("CREATE OR REPLACE TEMP TABLE schritt (nummer INTEGER, zuschnitt VARCHAR, raumebene VARCHAR, "
                "raum_id VARCHAR, stichtag DATE, seite VARCHAR, wert DOUBLE)")  # fmt: skip
    insert(
        con, "schritt",
        [{"nummer": number, "zuschnitt": step.zuschnitt, "raumebene": step.raumebene, "raum_id": step.raum_id,
          "stichtag": step.stichtag, "seite": step.merkmal, "wert": step.value}
         for number, finding in enumerate(findings) for step in finding.attack if step.version == version],
    )  # fmt: skip
    (before,) = con.execute("SELECT count(*) FROM angabe_nachgebessert").fetchone() or (0,)
    con.execute(f"INSERT INTO angabe_nachgebessert {sql('repair/schritt_genommen')}")
    (now,) = con.execute("SELECT count(*) FROM angabe_nachgebessert").fetchone() or (0,)
    return int(now) - int(before)
