"""The indices of a city, for every Stichtag on every Zuschnitt and Raumebene, from what may leave the office.

It reads the protected figures and nothing else (sql/index/index_angabe.sql), so that whoever holds a release can
compute the same. Counts of a coarser unit are its own published ones; an index is never averaged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb
import numpy as np

from flows.base.db import Block, insert_blocks
from flows.base.errors import ConfigError
from flows.base.resources import resource
from flows.base.sql_order import PythonStep
from flows.index.city_causes import History, write_causes
from flows.index.level import levels_of
from flows.index.robustness import Varied, dominated, explained, varied
from flows.index.standing import Reason, Standing, standings_of
from flows.index.unit_rows import columns_without_measure, numbers, unit_columns
from flows.profile.indices import Index
from flows.transform.transform_counts import run_folder

_ERGEBNIS = """
CREATE OR REPLACE TABLE index_ergebnis (
    zuschnitt VARCHAR, raumebene VARCHAR, raum_id VARCHAR, stichtag DATE, index_id VARCHAR, index_version VARCHAR,
    massstab VARCHAR, index_status VARCHAR, index_grund VARCHAR, punkte DOUBLE, punkte_von DOUBLE, punkte_bis DOUBLE,
    klasse INTEGER, klasse_von INTEGER, klasse_bis INTEGER, klassen_90 VARCHAR, rang_von INTEGER, rang_bis INTEGER,
    veraenderung DOUBLE, veraenderung_klasse INTEGER, veraenderung_urteil VARCHAR,
    robust BOOLEAN, teile DOUBLE[], gewichte DOUBLE[], sicherheit DOUBLE[]
)
"""
_ROBUSTHEIT = """
CREATE OR REPLACE TABLE index_wahl (
    zuschnitt VARCHAR, raumebene VARCHAR, stichtag DATE, index_id VARCHAR, index_version VARCHAR, massstab VARCHAR,
    variation VARCHAR, indikator_id VARCHAR, raeume INTEGER, klasse_bleibt DOUBLE, varianz_anteil DOUBLE
)
"""
_DAUER = "SELECT raumebene, raum_id, von_zuschnitt, von_id FROM index_dauer ORDER BY ALL"


def make_indices(
    con: duckdb.DuckDBPyConnection, indices: Sequence[Index], note: Callable[[str], None],
    beside: Sequence[PythonStep] = (),
) -> None:  # fmt: skip
    """Make the tables of sql/index in the working database; `note` hears which ready index the city does not get.

    `beside` are steps that make what sql/index reads besides indices.

    Raises:
        ConfigError: an index that the city defined itself cannot be computed; names file and key.
    """
    step = PythonStep(
        {
            "index_ergebnis": "One row per index of a unit at a Stichtag, with its parts and probabilities as lists.",
            "index_wahl": "One row per choice of an index made otherwise: the share of units in the same class.",
            "index_wandel": "One row per index of a unit at a Stichtag: why it is not what it was at the one before.",
            "index_wandel_teil": "One row per component of an index: its parts in that change.",
        },
        frozenset({"index_zahl", "index_dauer"}), lambda con: _fill(con, indices, note),
    )  # fmt: skip
    run_folder(con, resource("sql/index"), steps=[step, *beside])


def _fill(con: duckdb.DuckDBPyConnection, indices: Sequence[Index], note: Callable[[str], None]) -> None:
    con.execute(_ERGEBNIS)
    con.execute(_ROBUSTHEIT)
    levels = list(levels_of(con)) if indices else []
    newest = {level.raumebene: level.zuschnitt for level in levels}  # they come by Zuschnitt
    computed = list[Standing]()
    for index in indices:
        found = [one for level in levels for one in standings_of(index, level)]
        standings = [one for one in found if isinstance(one, Standing)]
        why = [*_ruled(standings), *(one for one in found if isinstance(one, Reason))]
        if any(one.scored is not None and one.scored.highest.any() for one in standings) and not _refused(why):
            today = [newest[one.level.raumebene] == one.level.zuschnitt for one in standings]
            choices = [varied(one) if now else [] for one, now in zip(standings, today, strict=True)]
            insert_blocks(con, "index_ergebnis", map(_block, standings, choices))
            insert_blocks(con, "index_wahl", filter(None, map(_choices, standings, choices)))
            computed += standings
        else:
            _not_computed(index, why, note)
    same_unit = {(level, then, unit): was for level, unit, then, was in con.execute(_DAUER).fetchall()}
    write_causes(con, History.of(computed, same_unit))


def _ruled(standings: Sequence[Standing]) -> list[Reason]:
    """Return which component rules an index, where it has the most units: on the newest Zuschnitt and Stichtag."""
    judged = [one for one in standings if one.scored is not None and one.measure is not None]
    if not judged:
        return []
    last = max(judged, key=lambda one: (one.level.zuschnitt, one.day, len(one.level.units)))
    assert last.scored is not None  # noqa: S101 -- it is judged
    assert last.measure is not None  # noqa: S101
    words = dominated(last.scored.scale, last.measure, last.index.components)
    return [Reason("refused", f"component: {words}")] if words else []


def _refused(why: Sequence[Reason]) -> bool:
    return any(reason.kind == "refused" for reason in why)


def _not_computed(index: Index, reasons: Sequence[Reason], note: Callable[[str], None]) -> None:
    why = {reason.kind: reason.words for reason in reversed(reasons)}  # of each kind the first
    wrong = why.get("refused") or why.get("definition")
    if index.own and wrong:
        raise ConfigError(f"{index.where}.{wrong}. Nothing is published.")
    words = wrong or why.get("data") or "component: expected figures, found none"
    note(f"index {index.id} is not computed: {words} ({index.where})")


def _block(standing: Standing, choices: Sequence[Varied]) -> Block:
    """Return the rows of an index of a level at a Stichtag by a measure."""
    index, level, panel = standing.index, standing.level, standing.panel
    key: dict[str, object] = dict(standing.key)
    if standing.evaluated is None:
        why = "zu wenige vergleichbare Räume"
        return Block(
            key,
            {"raum_id": list(level.units), **columns_without_measure(index.components, standing.units, panel, why)},
        )
    columns = dict(unit_columns(index.components, standing.units, panel, standing.evaluated, standing.change))
    scored = standing.evaluated[0]
    if choices:
        core = np.all([each.stays for each in choices], axis=0)
        known = ~np.isnan(scored.score)
        columns |= {"robust": [stays if there else None for stays, there in zip(core.tolist(), known, strict=True)]}
    return Block({**key, "gewichte": scored.scale.weights.tolist()}, {"raum_id": list(level.units), **columns})


def _choices(standing: Standing, choices: Sequence[Varied]) -> Block | None:
    """Return how many units stay in their class when a choice of the index is made otherwise."""
    if not choices or standing.scored is None or standing.measure is None:
        return None
    units = int((~np.isnan(standing.scored.score)).sum())
    shares = explained(standing.scored.scale, standing.measure)
    explains = dict(zip(standing.index.components, numbers(shares), strict=True))
    return Block(
        {**standing.key, "raeume": units},
        {
            "variation": [each.variation.name for each in choices],
            "indikator_id": [each.variation.indikator for each in choices],
            "klasse_bleibt": numbers(np.array([each.stays.sum() for each in choices]) / max(units, 1)),
            "varianz_anteil": [
                explains[each.variation.indikator] if each.variation.kind == "ohne" and each.variation.indikator
                else None for each in choices
            ],
        },
    )  # fmt: skip
