"""What is said of each unit: its score, class, how sure that is, and why there may be none.

Both doors, a release and `--try`, hand this out; the names are those of the columns of sql/release.toml. It is made
column by column, since a release has many rows of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.index.chance import Chance, likely_classes
from flows.index.evaluate import Change, Scored
from flows.index.panel import Panel
from flows.index.scale import Numbers

Row = dict[str, Any]
Columns = Mapping[str, list[Any]]
_DECIMALS = 9
"""Of a score: what sums in another order change lies beyond."""
_OF_DRAWS = 3


@dataclass(frozen=True)
class Unit:
    """A unit by the status of each component's figure, and why it is left out, if it is."""

    statuses: Sequence[str]
    left_out: str | None = None


def unit_columns(
    components: Sequence[str], units: Sequence[Unit], panel: Panel, index: tuple[Scored, Chance],
    change: Change | None = None,
) -> Columns:  # fmt: skip
    """Return what is said of the units of `panel`, in its order; `components` are the names of its columns."""
    (scored, chance), placed = index, panel.placed
    probability = np.round(chance.probability, _OF_DRAWS)
    columns = {
        **unit_reasons(components, units, panel),
        "punkte": numbers(scored.score), "punkte_von": numbers(scored.low), "punkte_bis": numbers(scored.high),
        "klasse": _where(scored.classes > 0, scored.classes),
        "klasse_von": _where(placed, scored.lowest), "klasse_bis": _where(placed, scored.highest),
        "sicherheit": _where(placed, probability), "klassen_90": _where(placed, likely_classes(probability)),
        "rang_von": _where(placed, chance.best_rank), "rang_bis": _where(placed, chance.worst_rank),
        "teile": _where(placed, numbers(scored.parts)),
    }  # fmt: skip
    return {**columns, **(_changes(change, placed) if change else {})}


def unit_rows(columns: Columns) -> list[Row]:
    """Return what is said of the units as a row for each; of one without an index only why."""
    rows = [dict(zip(columns, line, strict=True)) for line in zip(*columns.values(), strict=True)]
    return [row if row["klasse_von"] else {name: row[name] for name in ("index_status", "index_grund")} for row in rows]


def columns_without_measure(components: Sequence[str], units: Sequence[Unit], panel: Panel, reason: str) -> Columns:
    """Return what is said of units that nothing measures, since there is only one of them, say."""
    columns = unit_reasons(components, units, panel)
    known = np.asarray(~np.isnan(panel.figures).any(axis=1))
    alone = [not unit.left_out and complete for unit, complete in zip(units, known.tolist(), strict=True)]
    otherwise = {"index_status": "kein_massstab", "index_grund": reason}
    return {
        name: [otherwise[name] if one else said for one, said in zip(alone, column, strict=True)]
        for name, column in columns.items()
    }


def numbers(values: Numbers) -> list[Any]:
    """Return values as a table has them: rounded, None where there is none."""
    rounded = np.round(values, _DECIMALS) + 0.0
    missing = np.isnan(rounded)
    if not missing.any():
        return list(rounded.tolist())
    known = rounded.astype(object)
    known[missing] = None
    return list(known.tolist())


def _where(known: NDArray[np.bool_], values: Any) -> list[Any]:
    """Return a list of `values`, None where they are not `known`."""
    plain = values.tolist() if isinstance(values, np.ndarray) else values
    return [value if each else None for each, value in zip(known.tolist(), plain, strict=True)]


def unit_reasons(components: Sequence[str], units: Sequence[Unit], panel: Panel) -> Columns:
    """Return the status of each unit's index, and its reason."""
    lacks = (np.isnan(panel.low) | np.isnan(panel.high)).tolist()
    found = [
        ("ok", None) if unit.left_out is None and set(unit.statuses) <= {"ok"} else _reason(components, unit, missing)
        for unit, missing in zip(units, lacks, strict=True)
    ]
    return {"index_status": [status for status, _ in found], "index_grund": [reason for _, reason in found]}


def _reason(components: Sequence[str], unit: Unit, missing: Sequence[bool]) -> tuple[str, str | None]:
    if unit.left_out:
        return "ausgelassen", unit.left_out
    named = zip(components, unit.statuses, strict=True)
    words = ", ".join(f"{name} ({status})" for name, status in named if status != "ok")
    if any(lacks and status != "geschuetzt" for status, lacks in zip(unit.statuses, missing, strict=True)):
        return "fehlt", words
    return ("geschuetzt", words) if "geschuetzt" in unit.statuses else ("ok", None)


def _changes(change: Change, placed: NDArray[np.bool_]) -> Columns:
    scored, verdicts = change.scored, change.verdicts
    said = placed & np.array([verdict is not None for verdict in verdicts])
    return {
        "veraenderung": numbers(np.where(said, scored.score, np.nan)),
        "veraenderung_klasse": _where(said & (scored.classes > 0), scored.classes),
        "veraenderung_urteil": _where(said, verdicts),
    }
