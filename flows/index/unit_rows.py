"""The rows that say of each unit its score, class, how sure that is, and why there may be none.

Both doors, a release and `--try`, hand these out; the names are those of the columns of sql/release.toml.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flows.index.chance import likely_classes
from flows.index.evaluate import Scored, verdicts
from flows.index.panel import Panel

Row = dict[str, Any]
_DECIMALS = 9
"""Of a score: what sums in another order change lies beyond."""


@dataclass(frozen=True)
class Unit:
    """A unit by the status of each component's figure, and why it is left out, if it is."""

    statuses: Sequence[str]
    left_out: str | None = None


def unit_rows(
    components: Sequence[str], units: Sequence[Unit], panel: Panel, scored: Scored, change: Scored | None = None
) -> list[Row]:
    """Return one row for each unit of `panel`, in its order; `components` are the names of its columns."""
    placed, classes = panel.placed, scored.classes
    changes = _changes(change) if change else [Row()] * len(units)
    return [
        _without(components, unit, panel, place)
        if not placed[place]
        else {
            **_why(components, unit),
            "punkte": _number(scored.score[place]), "punkte_von": _number(scored.low[place]),
            "punkte_bis": _number(scored.high[place]), "klasse": int(classes[place]) or None,
            "klasse_von": int(scored.lowest[place]), "klasse_bis": int(scored.highest[place]),
            "sicherheit": [round(float(share), 3) for share in scored.chance.probability[place]],
            "klassen_90": " ".join(map(str, likely_classes(scored.chance.probability[place]))),
            "rang_von": int(scored.chance.best_rank[place]), "rang_bis": int(scored.chance.worst_rank[place]),
            "teile": [_number(part) for part in scored.parts[place]],
            **changes[place],
        }
        for place, unit in enumerate(units)
    ]  # fmt: skip


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
    return ", ".join(f"{name} ({status})" for name, status in named if status not in ("ok", "unvollstaendig"))


def _changes(change: Scored) -> list[Row]:
    classes = change.classes
    return [
        {
            "veraenderung": _number(change.score[place]), "veraenderung_klasse": int(classes[place]) or None,
            "veraenderung_urteil": verdict,
        }
        if verdict
        else {}
        for place, verdict in enumerate(verdicts(change))
    ]  # fmt: skip


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), _DECIMALS) + 0.0
