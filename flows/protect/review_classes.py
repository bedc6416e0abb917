"""What a release says of the review: three coarse classes of each Sozialraum, and no figure of a base unit.

How mixed a unit is follows from counts of blocks, which no release shows. Published is only which of three classes it
is in, and only by both ends of an interval, so that a unit near a limit is `unsicher`: who knows all blocks but one
learns of that one no more than that. A unit of fewer than MIN_BASE_UNITS inhabited base units gets no class. One of
which a figure that the review reads is suppressed, changed for confidentiality or withdrawn gets none at all
(sql/review/raum_pruefung.sql): size and change of the others follow from published figures, so that the audit need not
ask what these classes bound.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from flows.base.db import insert, set_variables, sql
from flows.redrawing.review import Review, ReviewedUnit

MIN_BASE_UNITS = 5
_READ = ("einwohner", "wohnungen")
_STAND = """
CREATE OR REPLACE TABLE pruefung_stand (
    zuschnitt VARCHAR, raum_id VARCHAR, stichtag DATE, groesse VARCHAR, heterogenitaet VARCHAR, wandel VARCHAR
)
"""


def lay_review(con: duckdb.DuckDBPyConnection, review: Review | None) -> None:
    """Make the table `raum_pruefung`; it is empty without a review, or where nothing is counted below Sozialräume."""
    con.execute(_STAND)
    told = review if review is not None and review.divisible else None
    days = {*told.pooled, *told.cut_pooled, *([told.cut_made] if told.cut_made else [])} if told else set()
    traits = [each.indikator for each in told.units[0].traits] if told and told.units else []
    set_variables(
        con, pruefung_zuschnitt=told.zuschnitt if told else "", pruefung_stichtage=[*map(str, sorted(days))] or [""],
        pruefung_indikatoren=[*traits, *_READ],
    )  # fmt: skip
    if told is not None:
        insert(con, "pruefung_stand", _rows(told))
    con.execute(f"CREATE OR REPLACE TABLE raum_pruefung AS {sql('review/raum_pruefung')}")


def _rows(review: Review) -> Sequence[dict[str, str | None]]:
    return [
        {
            "zuschnitt": review.zuschnitt, "raum_id": unit.id, "stichtag": str(review.stichtag),
            "groesse": _size(unit), "heterogenitaet": _mixed(unit, review.limits["mixed"]),
            "wandel": _changed(unit, review.limits["changed"]),
        }
        for unit in review.units
    ]  # fmt: skip


def _size(unit: ReviewedUnit) -> str | None:
    if not unit.residents:
        return None
    rules = {one.rule for one in unit.breaches}
    return "zu klein" if "too_small" in rules else "zu groß" if "too_large" in rules else "im Rahmen"


def _mixed(unit: ReviewedUnit, limit: float) -> str | None:
    lower, upper = unit.heterogeneity_from, unit.heterogeneity_to
    if unit.inhabited < MIN_BASE_UNITS:
        return None
    if lower is None or upper is None:  # no spread in the city beyond chance: that a few cases decide
        return "unsicher"
    return "hoch" if lower > limit else "gering" if upper <= limit else "unsicher"


def _changed(unit: ReviewedUnit, limit: float) -> str | None:
    if unit.changed is None or unit.changed_at_least is None:
        return None
    return "hoch" if unit.changed_at_least >= limit else "gering" if unit.changed < limit else "unsicher"
