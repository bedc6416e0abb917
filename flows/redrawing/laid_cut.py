"""A proposed Zuschnitt beside today's in a working database, so that the transform makes every figure on both.

What a proposal does to figures is computed by the code that a refresh uses; nothing here computes a figure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import duckdb

from flows.base.db import insert, set_variables, sql
from flows.profile.load import Profile
from flows.redrawing.city_ground import CityGround
from flows.redrawing.ground import Ints
from flows.stage.kept_space import assignments_can_be_added
from flows.transform.transform_counts import transform


def transform_with(
    con: duckdb.DuckDBPyConnection, profile: Profile, ground: CityGround, labels: Ints, ids: Sequence[str],
    valid_from: dt.date,
) -> str:  # fmt: skip
    """Add the proposed cut as a Zuschnitt, make every figure of every Zuschnitt, and return what it is called.

    The working database is good for nothing else afterwards: it has a Zuschnitt that nobody decided.

    Raises:
        ConfigError: as the transform does.
    """
    zuschnitt = valid_from.isoformat()
    set_variables(con, zuschnitt=ground.zuschnitt, vorschlag=zuschnitt)
    con.execute(
        "UPDATE katalog.zuschnitt SET gueltig_bis = getvariable('vorschlag')::DATE - 1 WHERE gueltig_bis IS NULL"
    )
    con.execute(
        "INSERT INTO katalog.zuschnitt SELECT * REPLACE (getvariable('vorschlag') AS zuschnitt, "
        "getvariable('vorschlag')::DATE AS gueltig_ab, NULL AS gueltig_bis) "
        "FROM katalog.zuschnitt WHERE zuschnitt = getvariable('zuschnitt')"
    )
    con.execute(
        "INSERT INTO katalog.schachtelung SELECT * REPLACE (getvariable('vorschlag') AS zuschnitt) "
        "FROM katalog.schachtelung WHERE zuschnitt = getvariable('zuschnitt')"
    )
    con.execute(
        "INSERT INTO stage.geometrie SELECT * REPLACE (getvariable('vorschlag') AS zuschnitt) "
        "FROM stage.geometrie WHERE zuschnitt = getvariable('zuschnitt')"  # others hold for every Zuschnitt
    )
    _assign(con, profile, ground, labels, ids, zuschnitt)
    transform(con)
    return zuschnitt


def _assign(
    con: duckdb.DuckDBPyConnection, profile: Profile, ground: CityGround, labels: Ints, ids: Sequence[str],
    zuschnitt: str,
) -> None:  # fmt: skip
    """Assign base units as the file of the proposal does (flows.redrawing.proposed_cut), by the SQL that stages it."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE roh_zuordnung AS SELECT * REPLACE (getvariable('vorschlag') AS zuschnitt) "
        "FROM stage.zuordnung LIMIT 0"
    )
    unit_of = {each: ids[label] for label, members in zip(labels, ground.members, strict=True) for each in members}
    levels = [level.id for level in profile.city.raumebene if level.membership == "assignment"]
    rows = con.execute(
        "SELECT basis, basis_id, raumebene, raum_id FROM stage.zuordnung "
        "WHERE zuschnitt = getvariable('zuschnitt') ORDER BY ALL"
    ).fetchall()
    insert(
        con, "roh_zuordnung",
        [{"zuschnitt": zuschnitt, "basis": basis, "basis_id": basis_id, "raumebene": level,
          "raum_id": unit_of.get(basis_id, unit) if level == "sozialraum" else unit}
         for basis, basis_id, level, unit in rows if level in levels],
    )  # fmt: skip
    assignments_can_be_added(con)
    con.execute(
        f"INSERT INTO stage.zuordnung BY NAME SELECT * FROM ({sql('stage/zuordnung')}) "  # noqa: S608 -- our file
        "WHERE zuschnitt = getvariable('vorschlag')"
    )
