"""The rows that say of each unit its score, class, how sure that is, and why there may be none.

Both doors, a release and `--try`, hand these out; the names are those of the columns of sql/release.toml.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flows.index.chance import Chance, likely_classes
from flows.index.evaluate import Change, Scored
from flows.index.panel import Panel
from flows.index.scale import Numbers

Row = dict[str, Any]
_DECIMALS = 9
"""Of a score: what sums in another order change lies beyond."""
_OF_DRAWS = 3


@dataclass(frozen=True)
class Unit:
    """A unit by the status of each component's figure, and why it is left out, if it is."""

    statuses: Sequence[str]
    left_out: str | None = None


def unit_rows(
    components: Sequence[str], units: Sequence[Unit], panel: Panel, index: tuple[Scored, Chance],
    change: Change | None = None,
) -> list[Row]:  # fmt: skip
    """Return one row for each unit of `panel`, in its order; `components` are the names of its columns."""
    scored, chance = index
    columns = {
        "punkte": _numbers(scored.score), "punkte_von": _numbers(scored.low), "punkte_bis": _numbers(scored.high),
        "klasse": [each or None for each in scored.classes.tolist()],
        "klasse_von": scored.lowest.tolist(), "klasse_bis": scored.highest.tolist(),
        "sicherheit": np.round(chance.probability, _OF_DRAWS).tolist(),
        "rang_von": chance.best_rank.tolist(), "rang_bis": chance.worst_rank.tolist(),
        "teile": _numbers(scored.parts),
    }  # fmt: skip
    columns["klassen_90"] = [" ".join(map(str, likely_classes(tuple(each)))) for each in columns["sicherheit"]]
    changes = _changes(change) if change else [Row()] * len(units)
    lines = zip(*columns.values(), strict=True)
    return [
        {**_why(components, unit), **dict(zip(columns, line, strict=True)), **changed}
        if placed
        else _without(components, unit, panel, place)
        for place, (placed, unit, line, changed) in enumerate(zip(panel.placed, units, lines, changes, strict=True))
    ]


def rows_without_measure(components: Sequence[str], units: Sequence[Unit], panel: Panel, reason: str) -> list[Row]:
    """Return the rows of units that nothing measures, since there is only one of them, say."""
    return [
        {"index_status": "kein_massstab", "index_grund": reason}
        if not unit.left_out and not np.isnan(panel.figures[place]).any()
        else _without(components, unit, panel, place)
        for place, unit in enumerate(units)
    ]


def _without(components: Sequence[str], unit: Unit, panel: Panel, place: int) -> Row:
    if unit.left_out:
        return {"index_status": "ausgelassen", "index_grund": unit.left_out}
    missing = np.isnan(panel.low[place]) | np.isnan(panel.high[place])
    if all(status == "geschuetzt" for status, lacks in zip(unit.statuses, missing, strict=True) if lacks):
        return _why(components, unit)
    return {"index_status": "fehlt", "index_grund": _named(components, unit)}


def _why(components: Sequence[str], unit: Unit) -> Row:
    if "geschuetzt" in unit.statuses:
        return {"index_status": "geschuetzt", "index_grund": _named(components, unit)}
    return {"index_status": "ok", "index_grund": None}


def _named(components: Sequence[str], unit: Unit) -> str:
    """Return the components without a figure, each with its status."""
    named = zip(components, unit.statuses, strict=True)
    return ", ".join(f"{name} ({status})" for name, status in named if status != "ok")


def _changes(change: Change) -> list[Row]:
    scored = change.scored
    found = zip(_numbers(scored.score), scored.classes.tolist(), change.verdicts, strict=True)
    return [
        {"veraenderung": score, "veraenderung_klasse": number or None, "veraenderung_urteil": verdict}
        if verdict
        else {}
        for score, number, verdict in found
    ]


def _numbers(values: Numbers) -> list[Any]:
    """Return values as a table has them: rounded, None where there is none."""
    rounded = np.round(values, _DECIMALS) + 0.0
    known = rounded.astype(object)
    known[np.isnan(rounded)] = None
    return list(known.tolist())
