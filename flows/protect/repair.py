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

from flows.base.db import insert
from flows.protect.audit import Finding


def suppress_siblings(
    con: duckdb.DuckDBPyConnection, findings: Iterable[Finding], related: Iterable[tuple[str, str]]
) -> int:
    """Add to ``angabe_nachgebessert`` one sibling of each count that follows; return how many there were to add.

    `related` are pairs of sides that count people of one group.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE verwandt (seite VARCHAR, andere VARCHAR)")
    insert(con, "verwandt", [{"seite": one, "andere": other} for one, other in related])
    con.execute("CREATE OR REPLACE TEMP TABLE befund (nummer INTEGER, zuschnitt VARCHAR, raumebene VARCHAR, "
                "raum_id VARCHAR, stichtag DATE, seite VARCHAR)")  # fmt: skip
    units = [(finding, *unit) for finding in findings if finding.kind != "change"
             for unit in zip(finding.zuschnitt.split(" / "), finding.raum_id.split(" / "), strict=True)]  # fmt: skip
    insert(
        con, "befund",
        [{"nummer": number, "zuschnitt": zuschnitt, "raumebene": finding.raumebene, "raum_id": unit,
          "stichtag": finding.stichtag, "seite": finding.merkmal.rpartition(" ohne ")[2]}
         for number, (finding, zuschnitt, unit) in enumerate(units)],
    )  # fmt: skip
    (before,) = con.execute("SELECT count(*) FROM angabe_nachgebessert").fetchone() or (0,)
    con.execute(
        """
        INSERT INTO angabe_nachgebessert
        WITH drueber AS (
            SELECT raum.zuschnitt, raum.raumebene, raum.raum_id, ebene.rang, ober.raumebene AS ober,
                raum.eltern[ober.raumebene] AS ober_id
            FROM raum
            INNER JOIN katalog.raumebene AS ebene ON raum.raumebene = ebene.raumebene
            LEFT JOIN katalog.raumebene AS ober ON list_contains(map_keys(raum.eltern), ober.raumebene)
            QUALIFY ober.rang IS NOT DISTINCT FROM min(ober.rang) OVER (
                PARTITION BY raum.zuschnitt, raum.raumebene, raum.raum_id)
        ),
        kette AS (
            SELECT nummer, zuschnitt, raumebene, raum_id FROM befund
            UNION
            SELECT befund.nummer, raum.zuschnitt, unnest(map_keys(raum.eltern)), unnest(map_values(raum.eltern))
            FROM befund INNER JOIN raum USING (zuschnitt, raumebene, raum_id)
        ),
        anderes AS (
            SELECT kette.nummer, andere.zuschnitt, andere.raumebene, andere.raum_id, andere.rang,
                andere.raum_id = kette.raum_id AS enthaelt,
                andere.raum_id = befund.raum_id AND andere.raumebene = befund.raumebene AS selbst
            FROM kette
            INNER JOIN befund ON kette.nummer = befund.nummer
            INNER JOIN drueber AS seine
                ON kette.zuschnitt = seine.zuschnitt AND kette.raumebene = seine.raumebene
                AND kette.raum_id = seine.raum_id
            INNER JOIN drueber AS andere
                ON seine.zuschnitt = andere.zuschnitt AND seine.raumebene = andere.raumebene
                AND seine.ober IS NOT DISTINCT FROM andere.ober AND seine.ober_id IS NOT DISTINCT FROM andere.ober_id
        ),
        billigstes AS (
            SELECT befund.nummer, angabe.*
            FROM befund
            INNER JOIN anderes ON befund.nummer = anderes.nummer
            INNER JOIN verwandt ON befund.seite = verwandt.seite AND (befund.seite = verwandt.andere OR anderes.selbst)
            INNER JOIN angabe
                ON angabe.zuschnitt = anderes.zuschnitt AND angabe.raumebene = anderes.raumebene
                AND angabe.raum_id = anderes.raum_id AND angabe.stichtag = befund.stichtag
                AND angabe.seite = verwandt.andere AND angabe.wert > 0
            WHERE NOT EXISTS (
                FROM angabe_still AS still
                WHERE still.zuschnitt = angabe.zuschnitt AND still.raumebene = angabe.raumebene
                AND still.raum_id = angabe.raum_id AND still.stichtag = angabe.stichtag AND still.seite = angabe.seite
            )
            QUALIFY row_number() OVER (
                PARTITION BY befund.nummer
                ORDER BY
                    anderes.rang, befund.seite <> verwandt.andere, NOT anderes.enthaelt, angabe.wert, angabe.raum_id,
                    angabe.seite
            ) = 1
        )
        SELECT DISTINCT zuschnitt, raumebene, raum_id, stichtag, seite FROM billigstes
        """
    )
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
    con.execute(
        """
        INSERT INTO angabe_nachgebessert
        WITH ort AS (
            SELECT schritt.*, ebene.rang
            FROM schritt
            INNER JOIN katalog.raumebene AS ebene ON schritt.raumebene = ebene.raumebene
            WHERE ebene.rang < (SELECT max(rang) FROM katalog.raumebene)
        ),
        genommen AS (
            SELECT ort.*
            FROM ort
            SEMI JOIN angabe USING (zuschnitt, raumebene, raum_id, stichtag, seite)
            ANTI JOIN angabe_still AS still USING (zuschnitt, raumebene, raum_id, stichtag, seite)
            QUALIFY row_number() OVER (PARTITION BY nummer ORDER BY rang, wert, raum_id, seite) = 1
        )
        SELECT DISTINCT zuschnitt, raumebene, raum_id, stichtag, seite FROM genommen
        """
    )
    (now,) = con.execute("SELECT count(*) FROM angabe_nachgebessert").fetchone() or (0,)
    return int(now) - int(before)
