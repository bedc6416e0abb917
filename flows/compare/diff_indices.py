"""What became of the indices: why classes changed since the Stichtag before, and what differs between two releases.

The releases are attached as `vorher` and `fortschreibung`; `diff_catalogue` has left einheit_name.
"""

from __future__ import annotations

import duckdb

from flows.base.db import has_table, records, set_variables, sql
from flows.compare.diff_model import ClassMoved, IndexDiff, IndexMoved
from flows.release.main_index import find_main_index

TABLES = ("index_definition", "index_klasse", "index_komponente", "index_wert", "index_wert_zuschnitt")
"""What two releases are compared by; one made before there were indices has none of them."""
CAUSES = "index_ursache"
_SHOWN = 50


def has_causes(con: duckdb.DuckDBPyConnection) -> bool:
    """Return whether the release attached as `fortschreibung` says why its indices changed."""
    return has_table(con, CAUSES, "fortschreibung")


def indices_moved(con: duckdb.DuckDBPyConnection) -> list[IndexMoved]:
    """Return how many units are in another class than at the Stichtag before, for each index."""
    return [IndexMoved(**row) for row in records(con.execute(sql("compare/index_wechsel")))]


def classes_moved(con: duckdb.DuckDBPyConnection) -> list[ClassMoved]:
    """Return the units whose class of the main index changed, the largest changes first."""
    find_main_index(con, "fortschreibung")
    set_variables(con, hoechstens=_SHOWN)
    return [ClassMoved(**row) for row in records(con.execute(sql("compare/index_wechsel_raum")))]


def index_differences(con: duckdb.DuckDBPyConnection) -> list[IndexDiff]:
    """Return the indices that differ between the releases at Stichtage that both have."""
    return [IndexDiff(**row) for row in records(con.execute(sql("compare/unterschied_index")))]
