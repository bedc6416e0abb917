"""The indices of a city, for every Stichtag on every Zuschnitt and Raumebene, from what may leave the office.

It reads the protected figures and nothing else (sql/index/index_angabe.sql), so that whoever holds a release can
compute the same. Counts of a coarser unit are its own published ones; an index is never averaged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from flows.base.db import insert
from flows.base.errors import ConfigError
from flows.base.resources import resource
from flows.base.sql_order import PythonStep
from flows.index.evaluate import Change, evaluate, evaluate_change
from flows.index.level import Level, levels_of
from flows.index.panel import Panel, without_measure
from flows.index.unit_rows import Row, Unit, rows_without_measure, unit_rows
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


def make_indices(con: duckdb.DuckDBPyConnection, indices: Sequence[Index], note: Callable[[str], None]) -> None:
    """Make the tables of sql/index in the working database; `note` hears which ready index the city does not get.

    Raises:
        ConfigError: an index that the city defined itself cannot be computed; names file and key.
    """
    step = PythonStep(
        {"index_ergebnis": "One row per index of a unit at a Stichtag, with its parts and probabilities as lists."},
        frozenset({"index_zahl"}), lambda con: _fill(con, indices, note),
    )  # fmt: skip
    run_folder(con, resource("sql/index"), steps=[step])


def _fill(con: duckdb.DuckDBPyConnection, indices: Sequence[Index], note: Callable[[str], None]) -> None:
    con.execute(_ERGEBNIS)
    levels = list(levels_of(con)) if indices else []
    for index in indices:
        rows, why = list[Row](), dict[str, str]()
        for level in levels:
            for part, reason in _of_level(index, level):
                rows += part
                if reason:
                    why.setdefault(reason.kind, reason.words)
        if any(row.get("klasse_von") for row in rows):
            insert(con, "index_ergebnis", rows)
        else:
            _not_computed(index, why, note)


@dataclass(frozen=True)
class _Reason:
    kind: str
    """``data`` where there are no figures, ``definition`` where they do not fit it."""
    words: str


def _not_computed(index: Index, why: Mapping[str, str], note: Callable[[str], None]) -> None:
    if index.own and "definition" in why:
        raise ConfigError(f"{index.where}.{why['definition']}. Nothing is published.")
    words = why.get("definition") or why.get("data") or "component: expected figures, found none"
    note(f"index {index.id} is not computed: {words} ({index.where})")


def _of_level(index: Index, level: Level) -> Iterator[tuple[list[Row], _Reason | None]]:
    """Yield the rows of an index at each Stichtag by each measure, or why there are none."""
    definition = index.definition
    if absent := [name for name in index.components if name not in level.columns]:
        yield [], _Reason("data", f"component: {', '.join(absent)} has no figures")
        return
    for place, day in enumerate(level.days):
        if definition.until is not None and day > definition.until:
            continue
        panel = level.panel(index, place)
        if np.isnan(panel.figures).all(axis=0).any():
            yield [], _Reason("data", f"component: {_unknown(index, panel)} has no figures")
            continue
        for reference in definition.reference:
            measure, reason = _measure(index, level, panel, reference)
            yield _rows(index, level, place, panel, measure, reference), reason


def _unknown(index: Index, panel: Panel) -> str:
    return ", ".join(
        name for name, column in zip(index.components, panel.figures.T, strict=True) if np.isnan(column).all()
    )


def _measure(index: Index, level: Level, panel: Panel, reference: str) -> tuple[Panel | None, _Reason | None]:
    """Return the panel that the city is measured by; None, and why, where it measures nothing."""
    measure = panel
    if reference == "fixed":
        base = index.definition.base
        if base not in level.by_day:
            return None, _Reason("definition", f"base: expected a Stichtag with figures, found none on {base}")
        measure = level.panel(index, level.by_day[base])
    if words := without_measure(measure, index.components):
        return None, _Reason("definition", f"component: {words}")
    return measure, None


def _rows(
    index: Index, level: Level, place: int, panel: Panel, measure: Panel | None, reference: str
) -> list[Row]:  # fmt: skip
    statuses = level.status[place][:, [level.columns[each] for each in index.components]].tolist()
    units = [Unit(words, reason) for words, reason in zip(statuses, level.left_out(index, place), strict=True)]
    key = {
        "zuschnitt": level.zuschnitt, "raumebene": level.raumebene, "stichtag": str(level.days[place]),
        "index_id": index.id, "index_version": index.definition.version,
        "massstab": "basisjahr" if reference == "fixed" else "jahr",
    }  # fmt: skip
    if measure is None:
        rows = rows_without_measure(index.components, units, panel, "zu wenige vergleichbare Räume")
    else:
        scored, chance = evaluate(index.definition, panel, measure)
        rows = unit_rows(index.components, units, panel, (scored, chance), _change(index, level, place, panel))
        key |= {"gewichte": scored.scale.weights.tolist()}
    return [{**key, "raum_id": unit, **row} for unit, row in zip(level.units, rows, strict=True)]


def _change(index: Index, level: Level, place: int, panel: Panel) -> Change | None:
    """Return the change of an index since the Stichtag that its definition compares with; None where there is none."""
    dynamics, day = index.definition.dynamics, level.days[place]
    earlier = level.by_day.get(_years_before(day, dynamics.years)) if dynamics else None
    if dynamics is None or earlier is None:
        return None
    return evaluate_change(index.definition, dynamics, panel, level.panel(index, earlier))


def _years_before(day: dt.date, years: int) -> dt.date:
    """Return the same day so many years earlier; of 29 February the day before, as to_years() of SQL does."""
    return day.replace(year=day.year - years, day=28 if (day.month, day.day) == (2, 29) else day.day)
