"""What is said of each unit: its score, class, how sure that is, and why there may be none.

Both doors, a release and `--try`, hand this out; the names are those of the columns of sql/release.toml. It is made
column by column, as arrays, since a release has many rows of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.index.chance import Chance, likely_classes
from flows.index.evaluate import Change, Scored
from flows.index.panel import Panel
from flows.index.scale import Numbers

Row = dict[str, Any]
Words = NDArray[np.object_]
"""Texts; None where there is none."""
Columns = Mapping[str, NDArray[Any]]
"""Numbers, whatever a table makes of them, are NaN where there is none."""
DECIMALS = 9
"""Of a score: what sums in another order change lies beyond."""
_OF_DRAWS = 3


def unit_columns(
    panel: Panel, index: tuple[Scored, Chance], reasons: tuple[Words, Words], change: Change | None = None
) -> Columns:
    """Return what is said of the units of `panel`, in its order; `reasons` are what `unit_reasons` says of them."""
    (scored, chance), placed = index, panel.placed
    columns = {
        "index_status": reasons[0], "index_grund": reasons[1],
        "punkte": rounded(scored.score), "punkte_von": rounded(scored.low), "punkte_bis": rounded(scored.high),
        "klasse": _where(scored.classes > 0, scored.classes),
        "klasse_von": _where(placed, scored.lowest), "klasse_bis": _where(placed, scored.highest),
        "klassen_90": _words_where(placed, likely_classes(probability(chance))),
        "rang_von": _where(placed, chance.best_rank), "rang_bis": _where(placed, chance.worst_rank),
    }  # fmt: skip
    return {**columns, **(_changes(change, placed) if change else {})}


def probability(chance: Chance) -> Numbers:
    """Return the probability of each class (units x classes) as it is published."""
    return np.asarray(np.round(chance.probability, _OF_DRAWS))


def unit_rows(columns: Columns, whole: Sequence[str]) -> list[Row]:
    """Return what is said of the units as a row for each; of one without an index only why.

    `whole` are the columns with whole numbers.
    """
    lists = {name: plain(column, whole=name in whole) for name, column in columns.items()}
    rows = [dict(zip(lists, line, strict=True)) for line in zip(*lists.values(), strict=True)]
    return [row if row["klasse_von"] else {name: row[name] for name in ("index_status", "index_grund")} for row in rows]


def rounded(values: Numbers) -> Numbers:
    """Return values as a table has them."""
    return np.asarray(np.round(values, DECIMALS) + 0.0)


def plain(values: NDArray[Any], *, whole: bool = False) -> list[Any]:
    """Return values as a list, None where there is none."""
    if values.dtype == object:
        return list(values.tolist())
    known = values.astype(object)
    if whole:
        there = ~np.isnan(values)
        known[there] = values[there].astype(int)
    known[np.isnan(values)] = None
    return list(known.tolist())


def _where(known: NDArray[np.bool_], values: NDArray[Any]) -> Numbers:
    """Return `values`, NaN where they are not `known`."""
    return np.where(known, values, np.nan)


def _words_where(known: NDArray[np.bool_], words: Words) -> Words:
    words[~known] = None
    return words


def unit_reasons(
    components: Sequence[str], statuses: Words, left_out: Sequence[str | None] | Words, panel: Panel
) -> tuple[Words, Words]:
    """Return the status of each unit's index, and its reason.

    `statuses` are those of the figures (units x components); `left_out` says why a unit is, None if it is not.
    """
    out = np.array(left_out, dtype=object)
    status, reason = np.full(len(out), "ok", dtype=object), np.full(len(out), None, dtype=object)
    lacks = np.isnan(panel.low) | np.isnan(panel.high)
    for at in np.flatnonzero((statuses != "ok").any(axis=1) | np.array([each is not None for each in left_out])):
        status[at], reason[at] = _reason(components, statuses[at].tolist(), out[at], lacks[at].tolist())
    return status, reason


def _reason(
    components: Sequence[str], statuses: Sequence[str], left_out: str | None, missing: Sequence[bool]
) -> tuple[str, str | None]:
    if left_out:
        return "ausgelassen", left_out
    words = ", ".join(f"{name} ({of})" for name, of in zip(components, statuses, strict=True) if of != "ok")
    if any(lacks and of != "geschuetzt" for of, lacks in zip(statuses, missing, strict=True)):
        return "fehlt", words
    return ("geschuetzt", words) if "geschuetzt" in statuses else ("ok", None)


def reasons_without_measure(
    reasons: tuple[Words, Words], left_out: Sequence[str | None], panel: Panel, why: str
) -> tuple[Words, Words]:
    """Return status and reason of units that nothing measures, since there is only one of them, say."""
    kept = np.array([each is not None for each in left_out], dtype=bool)
    alone = ~kept & ~np.isnan(panel.figures).any(axis=1)
    return np.where(alone, "kein_massstab", reasons[0]), np.where(alone, why, reasons[1])


def _changes(change: Change, placed: NDArray[np.bool_]) -> Columns:
    scored, verdicts = change.scored, change.verdicts
    said = placed & np.array([verdict is not None for verdict in verdicts])
    return {
        "veraenderung": rounded(np.where(said, scored.score, np.nan)),
        "veraenderung_klasse": _where(said & (scored.classes > 0), scored.classes),
        "veraenderung_urteil": _words_where(said, np.array(verdicts, dtype=object)),
    }
