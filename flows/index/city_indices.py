"""The indices of a city, for every Stichtag on every Zuschnitt and Raumebene, from what may leave the office.

It reads the protected figures and nothing else (sql/index/index_angabe.sql), so that whoever holds a release can
compute the same. Counts of a coarser unit are its own published ones; an index is never averaged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb

from flows.base.db import Block, insert_blocks
from flows.base.errors import ConfigError
from flows.base.resources import resource
from flows.base.sql_order import PythonStep
from flows.index.city_causes import History, write_causes
from flows.index.level import levels_of
from flows.index.standing import Reason, Standing, standings_of
from flows.index.unit_rows import columns_without_measure, unit_columns
from flows.profile.indices import Index
from flows.transform.transform_counts import run_folder

_ERGEBNIS = """
CREATE OR REPLACE TABLE index_ergebnis (
    zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, stichtag DATE, index_id VARCHAR, index_version VARCHAR,
    massstab VARCHAR, index_status VARCHAR, index_grund VARCHAR, punkte DOUBLE, punkte_von DOUBLE, punkte_bis DOUBLE,
    klasse INTEGER, klasse_von INTEGER, klasse_bis INTEGER, klassen_90 VARCHAR, rang_von INTEGER, rang_bis INTEGER,
    veraenderung DOUBLE, veraenderung_klasse INTEGER, veraenderung_urteil VARCHAR,
    teile DOUBLE[], gewichte DOUBLE[], sicherheit DOUBLE[]
)
"""
_DAUER = "SELECT raumebene, raum_id, von_zuschnitt, von_id FROM index_dauer ORDER BY ALL"


def make_indices(con: duckdb.DuckDBPyConnection, indices: Sequence[Index], note: Callable[[str], None]) -> None:
    """Make the tables of sql/index in the working database; `note` hears which ready index the city does not get.

    Raises:
        ConfigError: an index that the city defined itself cannot be computed; names file and key.
    """
    step = PythonStep(
        {
            "index_ergebnis": "One row per index of a unit at a Stichtag, with its parts and probabilities as lists.",
            "index_ursache": "One row per index of a unit at a Stichtag: why it is not what it was at the one before.",
            "index_ursache_beitrag": "One row per component of an index: its parts in that change.",
        },
        frozenset({"index_zahl", "index_dauer"}), lambda con: _fill(con, indices, note),
    )  # fmt: skip
    run_folder(con, resource("sql/index"), steps=[step])


def _fill(con: duckdb.DuckDBPyConnection, indices: Sequence[Index], note: Callable[[str], None]) -> None:
    con.execute(_ERGEBNIS)
    levels = list(levels_of(con)) if indices else []
    computed = list[Standing]()
    for index in indices:
        found = [one for level in levels for one in standings_of(index, level)]
        standings = [one for one in found if isinstance(one, Standing)]
        if any(one.scored is not None and one.scored.highest.any() for one in standings):
            insert_blocks(con, "index_ergebnis", map(_block, standings))
            computed += standings
        else:
            _not_computed(index, [one for one in found if isinstance(one, Reason)], note)
    same_unit = {(level, then, unit): was for level, unit, then, was in con.execute(_DAUER).fetchall()}
    write_causes(con, History.of(computed, same_unit))


def _not_computed(index: Index, reasons: Sequence[Reason], note: Callable[[str], None]) -> None:
    why = {reason.kind: reason.words for reason in reversed(reasons)}  # of each kind the first
    if index.own and "definition" in why:
        raise ConfigError(f"{index.where}.{why['definition']}. Nothing is published.")
    words = why.get("definition") or why.get("data") or "component: expected figures, found none"
    note(f"index {index.id} is not computed: {words} ({index.where})")


def _block(standing: Standing) -> Block:
    """Return the rows of an index of a level at a Stichtag by a measure."""
    index, level, panel = standing.index, standing.level, standing.panel
    key = {
        "zuschnitt": level.zuschnitt, "raumebene": level.raumebene, "stichtag": str(standing.day),
        "index_id": index.id, "index_version": index.definition.version, "massstab": standing.massstab,
    }  # fmt: skip
    if standing.evaluated is None:
        why = "zu wenige vergleichbare Räume"
        return Block(
            key,
            {"raum_id": list(level.units), **columns_without_measure(index.components, standing.units, panel, why)},
        )
    columns = unit_columns(index.components, standing.units, panel, standing.evaluated, standing.change)
    weights = standing.evaluated[0].scale.weights.tolist()
    return Block({**key, "gewichte": weights}, {"raum_id": list(level.units), **columns})
