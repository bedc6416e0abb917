"""The indices of a city, for every Stichtag on every Zuschnitt and Raumebene, from what may leave the office.

It reads the protected figures and nothing else (sql/index/index_angabe.sql), so that whoever holds a release can
compute the same. Counts of a coarser unit are its own published ones; an index is never averaged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

import duckdb
import numpy as np

from flows.base.db import Block, insert, insert_arrays, insert_blocks
from flows.base.errors import ConfigError
from flows.base.resources import resource
from flows.base.sql_order import PythonStep
from flows.index.city_causes import History, write_causes
from flows.index.level import Level, levels_of
from flows.index.panel import FEWEST
from flows.index.robustness import Varied, dominated, explained, variations, varied
from flows.index.standing import Reason, Standing, standings_of
from flows.index.unit_rows import Columns, plain, probability, reasons_without_measure, rounded, unit_columns
from flows.profile.indices import Index
from flows.transform.transform_counts import run_folder

_TABLES = """
CREATE OR REPLACE TABLE index_stand (
    stand INTEGER, zuschnitt VARCHAR, raumebene VARCHAR, stichtag DATE, index_id VARCHAR, index_version VARCHAR,
    massstab VARCHAR
);
CREATE OR REPLACE TABLE index_ergebnis (
    stand INTEGER, einheit INTEGER, index_status VARCHAR, index_grund VARCHAR, punkte DOUBLE, punkte_von DOUBLE,
    punkte_bis DOUBLE, klasse INTEGER, klasse_von INTEGER, klasse_bis INTEGER, klassen_90 VARCHAR, rang_von INTEGER,
    rang_bis INTEGER, veraenderung DOUBLE, veraenderung_klasse INTEGER, veraenderung_urteil VARCHAR, robust BOOLEAN
);
CREATE OR REPLACE TABLE index_teil (
    stand INTEGER, einheit INTEGER, stelle INTEGER, teilwert DOUBLE, teilgewicht DOUBLE
);
CREATE OR REPLACE TABLE index_chance (stand INTEGER, einheit INTEGER, klasse INTEGER, wahrscheinlichkeit DOUBLE);
CREATE OR REPLACE TABLE index_wahl (
    zuschnitt VARCHAR, raumebene VARCHAR, stichtag DATE, index_id VARCHAR, index_version VARCHAR, massstab VARCHAR,
    variation VARCHAR, indikator_id VARCHAR, raeume INTEGER, klasse_bleibt DOUBLE, varianz_anteil DOUBLE
);
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
            "index_stand": "One row per index of a Raumebene at a Stichtag by a measure: what its units share.",
            "index_ergebnis": "One row per unit of index_stand: score, class and how sure it is.",
            "index_teil": "One row per component of an index of a unit: its figure, standardised, and its weight.",
            "index_chance": "One row per class that an index of a unit may be in: how probable that is.",
            "index_wahl": "One row per choice of an index made otherwise: the share of units in the same class.",
            "index_wandel": "One row per index of a unit at a Stichtag: why it is not what it was at the one before.",
            "index_wandel_teil": "One row per component of an index: its parts in that change.",
        },
        frozenset({"index_zahl", "index_dauer"}), lambda con: _fill(con, indices, note),
    )  # fmt: skip
    run_folder(con, resource("sql/index"), steps=[step, *beside])


def _fill(con: duckdb.DuckDBPyConnection, indices: Sequence[Index], note: Callable[[str], None]) -> None:
    con.execute(_TABLES)
    levels = list(levels_of(con)) if indices else []
    newest = {level.raumebene: level.zuschnitt for level in levels}  # they come by Zuschnitt
    computed, choices = list[Standing](), list[Sequence[Varied]]()
    for index in indices:
        standings, why = standings_or_reasons(index, levels)
        if not why:
            computed += standings
            otherwise = list(variations(index.definition))
            today = [newest[one.level.raumebene] == one.level.zuschnitt for one in standings]
            choices += [varied(one, otherwise) if now else [] for one, now in zip(standings, today, strict=True)]
        else:
            _not_computed(index, why, note)
    insert(con, "index_stand", [{"stand": place, **one.key} for place, one in enumerate(computed)])
    insert_arrays(con, "index_ergebnis", map(_results, count(), computed, choices))
    insert_arrays(con, "index_teil", filter(None, map(_parts, count(), computed)))
    insert_arrays(con, "index_chance", filter(None, map(_chances, count(), computed)))
    insert_blocks(con, "index_wahl", filter(None, map(_choices, computed, choices)))
    same_unit = {(level, then, unit): was for level, unit, then, was in con.execute(_DAUER).fetchall()}
    write_causes(con, History.of(computed, same_unit))


def standings_or_reasons(index: Index, levels: Sequence[Level]) -> tuple[list[Standing], list[Reason]]:
    """Return an index of all levels at each Stichtag by each measure; or why a city does not get it."""
    found = [one for level in levels for one in standings_of(index, level)]
    standings = [one for one in found if isinstance(one, Standing)]
    why = [*_ruled(standings), *(one for one in found if isinstance(one, Reason))]
    if any(one.scored is not None and one.scored.highest.any() for one in standings) and not _refused(why):
        return standings, []
    return [], why or [Reason("data", "component: expected figures, found none")]


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
        raise ConfigError(f"{index.where}.{wrong}. Nothing is published.", code="FS-CONFIG-07")
    words = wrong or why["data"]
    note(f"index {index.id} is not computed: {words} ({index.where})")


def _results(stand: int, standing: Standing, choices: Sequence[Varied]) -> Columns:
    """Return the rows of an index of a level at a Stichtag by a measure."""
    units, panel = len(standing.level.units), standing.panel
    key = {"stand": np.full(units, stand), "einheit": np.arange(units)}
    if standing.evaluated is None:
        few = (~np.isnan(panel.measure)).all(axis=1).sum() < FEWEST
        why = "zu wenige vergleichbare Räume" if few else "Zahlen, an denen sich nichts vergleichen lässt"
        status, reason = reasons_without_measure(standing.reasons, standing.left_out, panel, why)
        return {**key, "index_status": status, "index_grund": reason}
    columns = unit_columns(panel, standing.evaluated, standing.reasons, standing.change)
    if not choices:
        return {**key, **columns}
    core = np.all([each.stays for each in choices], axis=0)
    return {**key, **columns, "robust": np.where(np.isnan(standing.evaluated[0].score), np.nan, core)}


def _parts(stand: int, standing: Standing) -> Columns | None:
    """Return the standardised figures and weights of the units that have a score."""
    if standing.scored is None:
        return None
    units, weights = np.flatnonzero(~np.isnan(standing.scored.score)), standing.scored.scale.weights
    return {
        "stand": np.full(len(units) * len(weights), stand), "einheit": np.repeat(units, len(weights)),
        "stelle": np.tile(np.arange(1, len(weights) + 1), len(units)),
        "teilwert": rounded(standing.scored.parts[units]).ravel(), "teilgewicht": np.tile(weights, len(units)),
    }  # fmt: skip


def _chances(stand: int, standing: Standing) -> Columns | None:
    """Return the probabilities of the classes that are possible."""
    if standing.evaluated is None:
        return None
    probable = np.where(standing.panel.placed[:, None], probability(standing.evaluated[1]), 0)
    units, classes = np.nonzero(probable > 0)
    return {
        "stand": np.full(len(units), stand), "einheit": units, "klasse": classes + 1,
        "wahrscheinlichkeit": probable[units, classes],
    }  # fmt: skip


def _choices(standing: Standing, choices: Sequence[Varied]) -> Block | None:
    """Return how many units stay in their class when a choice of the index is made otherwise."""
    if not choices or standing.scored is None or standing.measure is None:
        return None
    units = int((~np.isnan(standing.scored.score)).sum())
    shares = explained(standing.scored.scale, standing.measure)
    explains = dict(zip(standing.index.components, plain(rounded(shares)), strict=True))
    return Block(
        {**standing.key, "raeume": units},
        {
            "variation": [each.variation.name for each in choices],
            "indikator_id": [each.variation.indikator for each in choices],
            "klasse_bleibt": plain(rounded(np.array([each.stays.sum() for each in choices]) / max(units, 1))),
            "varianz_anteil": [
                explains[each.variation.indikator] if each.variation.kind == "ohne" and each.variation.indikator
                else None for each in choices
            ],
        },
    )  # fmt: skip
