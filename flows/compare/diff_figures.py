"""Which figures differ between two releases, and why: the table temp.unterschied, one row per figure.

Every figure that differs has exactly one cause; sql/compare/unterschied.sql says in which order they are tried. The
releases are attached as `vorher` and `fortschreibung`; `diff_catalogue` has left definition_anders, einheit_anders and
einheit_name.
"""

from __future__ import annotations

from typing import Any

import duckdb

from flows.base.all_figures import all_figures
from flows.base.db import records, set_variables, sql
from flows.compare.diff_model import (
    Changed,
    Earlier,
    IndikatorDiff,
    LevelDiff,
    Moved,
    Mover,
    Severity,
    StichtagChange,
    UnitMoved,
)
from flows.profile.vocabulary import vocabulary

FAR = 0.05
"""A movement that is far: five hundredths of the larger of the two values."""

_MOVERS, _UNITS_SHOWN, _CHANGED_SHOWN, _MOVED_SHOWN = 3, 25, 100, 15


def find_differences(con: duckdb.DuckDBPyConnection, *, other_deliveries: bool) -> None:
    """Leave every figure that differs, with its cause, in temp.unterschied.

    Where the releases were made from the same deliveries, no source can have revised anything.
    """
    set_variables(con, ohne_anlass="revised" if other_deliveries else "computation")
    for view, release in (("zahl_vorher", "vorher"), ("zahl_heute", "fortschreibung")):
        con.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS FROM {all_figures(con, release)}")
    for name in ("unterschied_roh", "stichtag_anders", "unterschied", "unterschied_frueher"):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql(f'compare/{name}')}")
    con.execute("DROP TABLE temp.unterschied_roh")


def causes(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return how many figures differ, by cause."""
    return dict(con.execute("SELECT cause, count(*) FROM temp.unterschied GROUP BY cause").fetchall())


def indikatoren(con: duckdb.DuckDBPyConnection) -> list[IndikatorDiff]:
    """Return what happened to each Indikator, with its severity."""
    return [_judged(row) for row in _rows(con, "unterschied_indikator")]


def levels(con: duckdb.DuckDBPyConnection) -> list[LevelDiff]:
    """Return the differences by Raumebene and Indikator."""
    return [LevelDiff(**row) for row in _rows(con, "unterschied_ebene")]


def movers(con: duckdb.DuckDBPyConnection) -> list[Mover]:
    """Return the figures of each Raumebene and Indikator that moved furthest."""
    return [Mover(**row) for row in _rows(con, "unterschied_groesste", _MOVERS)]


def units_moved(con: duckdb.DuckDBPyConnection) -> list[UnitMoved]:
    """Return the units with the most figures that moved."""
    return [UnitMoved(**row) for row in _rows(con, "unterschied_einheit", _UNITS_SHOWN)]


def stichtage(con: duckdb.DuckDBPyConnection) -> list[StichtagChange]:
    """Return the Stichtage that only one release has, with how many figures."""
    return [StichtagChange(**row) for row in records(con.execute("FROM temp.stichtag_anders ORDER BY stichtag"))]


def earlier(con: duckdb.DuckDBPyConnection) -> Earlier:
    """Return how many figures of the Stichtage that both releases have differ."""
    return Earlier(**_rows(con, "unterschied_umfang")[0])


def changed(con: duckdb.DuckDBPyConnection) -> list[Changed]:
    """Return the changed figures of the Stichtage that both releases have, the gravest first."""
    return [Changed(**row) for row in _rows(con, "unterschied_zahl", _CHANGED_SHOWN)]


def moved(con: duckdb.DuckDBPyConnection) -> list[Moved]:
    """Return what moved most between the last two Stichtage of the release attached as `fortschreibung`."""
    con.execute(f"CREATE OR REPLACE TEMP VIEW zahl_heute AS FROM {all_figures(con, 'fortschreibung')}")
    set_variables(con, gezaehlt=list(vocabulary().base_units))
    return [Moved(**row) for row in _rows(con, "bewegung", _MOVED_SHOWN)]


def _rows(con: duckdb.DuckDBPyConnection, name: str, most: int = 0) -> list[dict[str, Any]]:
    """Return the rows of sql/compare/<name>.sql, `most` of them (or of each group) where it asks how many."""
    set_variables(con, hoechstens=most)
    return records(con.execute(sql(f"compare/{name}")))


def _judged(row: dict[str, Any]) -> IndikatorDiff:
    lost, above = row.pop("lost"), row.pop("movement_above")
    reasons: dict[Severity, list[tuple[bool, str]]] = {
        "high": [
            (row["definition"] > 0, "definition_changed"),
            (lost > 0, "figures_gone"),
            (row["newly_released"] > 0, "figures_released"),
            (above >= FAR, "city_moved_far"),
        ],
        "medium": [
            (row["newly_protected"] > 0, "figures_protected"),
            (row["boundary"] > 0, "boundary_changed"),
            ((row["largest_movement"] or 0) >= FAR, "figure_moved_far"),
        ],
        "low": [(True, "other")],
    }
    for severity, rules in reasons.items():
        why = [words for holds, words in rules if holds]
        if why:
            return IndikatorDiff(**row, severity=severity, why=why)
    raise AssertionError("the last rule always holds")  # pragma: no cover
