"""Which figures differ between two releases, and why: the table temp.unterschied, one row per figure.

Every figure that differs has exactly one cause, the first that holds in the order of `_CAUSES`: another
Zuschnitt for its Stichtag or another set of units, then coverage, protection, definition, the unit's outline, and
what is left is the source's doing, or the program's where the deliveries are the same. The releases are attached
as `vorher` and `fortschreibung`; `diff_catalogue` has left definition_anders and einheit_anders.
"""

from __future__ import annotations

from typing import Any

import duckdb

from flows.base.db import records
from flows.compare.diff_model import IndikatorDiff, LevelDiff, Mover, Severity, UnitMoved

FAR = 0.05
"""A movement that is far: five hundredths of the larger of the two values."""

_MOVERS, _UNITS_SHOWN = 3, 25

# one row per figure that is in one release only, or not the same in both
_PAIRED = """
CREATE OR REPLACE TEMP TABLE gepaart AS
SELECT
    zuschnitt, raumebene, raum_id, stichtag, indikator_id,
    before.wert AS alt, after.wert AS neu, before.status AS status_alt, after.status AS status_neu,
    (before.zaehler IS NULL, before.nenner IS NULL) <> (after.zaehler IS NULL, after.nenner IS NULL) AS teil_verdeckt,
    CASE WHEN before.status IS NULL THEN 'come' WHEN after.status IS NULL THEN 'gone' ELSE 'changed' END AS art
FROM vorher.wert AS before
FULL JOIN fortschreibung.wert AS after USING (zuschnitt, raumebene, raum_id, stichtag, indikator_id)
WHERE
    before.status IS DISTINCT FROM after.status
    OR before.wert IS DISTINCT FROM after.wert
    OR before.zaehler IS DISTINCT FROM after.zaehler
    OR before.nenner IS DISTINCT FROM after.nenner
    OR before.methode IS DISTINCT FROM after.methode
    OR before.unsicherheit IS DISTINCT FROM after.unsicherheit
"""

# one row per figure that differs, a figure that went on one Zuschnitt and came on another being one
_CAUSES = """
CREATE OR REPLACE TEMP TABLE unterschied AS
WITH gereiht AS (
    SELECT
        *,
        art <> 'changed' AS einzeln,
        row_number() OVER (PARTITION BY art, raumebene, raum_id, stichtag, indikator_id ORDER BY zuschnitt) AS platz
    FROM temp.gepaart
), umgezogen AS (
    SELECT
        raumebene, raum_id, stichtag, indikator_id, platz, true AS einzeln, come.zuschnitt,
        gone.alt, come.neu, gone.status_alt, come.status_neu
    FROM (FROM gereiht WHERE art = 'gone') AS gone
    JOIN (FROM gereiht WHERE art = 'come') AS come USING (raumebene, raum_id, stichtag, indikator_id, platz)
), ersetzt AS (
    SELECT raumebene, stichtag, indikator_id
    FROM temp.gepaart
    GROUP BY ALL
    HAVING min(zuschnitt) FILTER (art = 'come') <> min(zuschnitt) FILTER (art = 'gone')
), gemeinsam AS (
    SELECT zuschnitt FROM vorher.zuschnitt
    INTERSECT
    SELECT zuschnitt FROM fortschreibung.zuschnitt
), anderswo AS (
    SELECT zuschnitt, raumebene, raum_id, change FROM temp.einheit_anders WHERE change <> 'name'
)
SELECT
    zuschnitt, raumebene, raum_id, stichtag, indikator_id, alt, neu, status_alt, status_neu, 'changed' AS art,
    'boundary' AS cause
FROM umgezogen
UNION ALL
SELECT
    zuschnitt, raumebene, raum_id, stichtag, indikator_id, alt, neu, status_alt, status_neu, art,
    CASE
        WHEN
            art <> 'changed' AND (
                ersetzt.indikator_id IS NOT NULL
                OR (anderswo.change IS NOT NULL AND gemeinsam.zuschnitt IS NOT NULL)
            )
            THEN 'boundary'
        WHEN art <> 'changed' THEN 'coverage'
        WHEN (status_alt = 'geschuetzt') <> (status_neu = 'geschuetzt') THEN 'protection'
        WHEN (alt IS NULL) <> (neu IS NULL) THEN 'coverage'
        WHEN definition_anders.indikator_id IS NOT NULL THEN 'definition'
        WHEN teil_verdeckt AND alt IS NOT DISTINCT FROM neu THEN 'protection'
        WHEN anderswo.change IS NOT NULL THEN 'boundary'
        ELSE {otherwise}
    END AS cause
FROM (FROM gereiht ANTI JOIN umgezogen USING (raumebene, raum_id, stichtag, indikator_id, platz, einzeln)) AS bleibt
LEFT JOIN anderswo USING (zuschnitt, raumebene, raum_id)
LEFT JOIN ersetzt USING (raumebene, stichtag, indikator_id)
LEFT JOIN gemeinsam USING (zuschnitt)
LEFT JOIN temp.definition_anders USING (indikator_id)
"""

# one row per Indikator with a difference, in codebook order
_INDIKATOREN = """
WITH gemessen AS (
    SELECT *, abs(neu - alt) / greatest(abs(neu), abs(alt)) AS weg FROM temp.unterschied
), oben AS (
    SELECT arg_max(raumebene, rang) AS raumebene FROM fortschreibung.raumebene
), namen AS (
    SELECT indikator_id, label_de, label_en, einheit, position, 0 AS folge FROM fortschreibung.indikator
    UNION ALL
    SELECT indikator_id, label_de, label_en, einheit, position, 1 FROM vorher.indikator
    ANTI JOIN fortschreibung.indikator AS heute USING (indikator_id)
)
SELECT
    indikator_id, label_de, label_en, einheit,
    count(*) AS different,
    count(*) FILTER (cause = 'revised') AS revised,
    count(*) FILTER (cause = 'boundary') AS boundary,
    count(*) FILTER (cause = 'definition') AS definition,
    count(*) FILTER (cause = 'protection') AS protection,
    count(*) FILTER (cause = 'coverage') AS coverage,
    count(*) FILTER (cause = 'computation') AS computation,
    count(*) FILTER (art = 'come') AS come,
    count(*) FILTER (art = 'gone') AS gone,
    count(*) FILTER (status_neu = 'geschuetzt' AND status_alt <> 'geschuetzt') AS newly_protected,
    count(*) FILTER (status_alt = 'geschuetzt' AND status_neu <> 'geschuetzt') AS newly_released,
    count(*) FILTER (alt <> neu) AS moved,
    max(weg) FILTER (alt <> neu) AS largest_movement,
    count(*) FILTER (cause = 'coverage' AND alt IS NOT NULL AND neu IS NULL) AS lost,
    coalesce(max(weg) FILTER (alt <> neu AND raumebene IN (FROM oben)), 0) AS movement_above
FROM gemessen
JOIN namen USING (indikator_id)
GROUP BY ALL
ORDER BY any_value(namen.folge), any_value(namen.position)
"""

# one row per Raumebene and Indikator with a difference
_LEVELS = """
SELECT
    raumebene, indikator_id,
    count(*) FILTER (art = 'changed') AS geaendert,
    count(*) FILTER (art = 'come') AS hinzugekommen,
    count(*) FILTER (art = 'gone') AS entfallen,
    arg_max(neu - alt, (abs(neu - alt), raum_id, stichtag)) FILTER (neu <> alt) AS groesste_abweichung,
    arg_max(raum_id, (abs(neu - alt), raum_id, stichtag)) FILTER (neu <> alt) AS raum_id,
    arg_max(stichtag, (abs(neu - alt), raum_id, stichtag)) FILTER (neu <> alt) AS stichtag
FROM temp.unterschied
GROUP BY raumebene, indikator_id
ORDER BY raumebene, indikator_id
"""

# one row per figure among those of its Raumebene and Indikator that moved furthest
_LARGEST = """
SELECT
    raumebene, indikator_id, zuschnitt, raum_id, name, stichtag, cause, alt AS before, neu AS after,
    neu - alt AS difference
FROM temp.unterschied
LEFT JOIN temp.einheit_name USING (zuschnitt, raumebene, raum_id)
WHERE neu <> alt
QUALIFY row_number() OVER (
    PARTITION BY raumebene, indikator_id ORDER BY abs(neu - alt) DESC, zuschnitt, raum_id, stichtag
) <= {most}
ORDER BY raumebene, indikator_id, abs(neu - alt) DESC, zuschnitt, raum_id, stichtag
"""

# one row per unit among those with the most figures that moved
_BY_UNIT = """
WITH gemessen AS (
    SELECT *, abs(neu - alt) / greatest(abs(neu), abs(alt)) AS weg FROM temp.unterschied WHERE neu <> alt
)
SELECT
    zuschnitt, raumebene, raum_id, any_value(name) AS name, count(*) AS figures,
    count(DISTINCT indikator_id) AS indikatoren, max(weg) AS largest_movement,
    arg_max(indikator_id, (weg, indikator_id, stichtag)) AS indikator_id,
    arg_max(stichtag, (weg, indikator_id, stichtag)) AS stichtag,
    arg_max(alt, (weg, indikator_id, stichtag)) AS before,
    arg_max(neu, (weg, indikator_id, stichtag)) AS after
FROM gemessen
LEFT JOIN temp.einheit_name USING (zuschnitt, raumebene, raum_id)
GROUP BY zuschnitt, raumebene, raum_id
ORDER BY figures DESC, largest_movement DESC, zuschnitt, raumebene, raum_id
LIMIT {most}
"""


def find_differences(con: duckdb.DuckDBPyConnection, *, other_deliveries: bool) -> None:
    """Leave every figure that differs, with its cause, in temp.unterschied.

    Where the releases were made from the same deliveries, no source can have revised anything.
    """
    con.execute(_PAIRED)
    con.execute(_CAUSES.format(otherwise="'revised'" if other_deliveries else "'computation'"))
    con.execute("DROP TABLE temp.gepaart")


def causes(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return how many figures differ, by cause."""
    return dict(con.execute("SELECT cause, count(*) FROM temp.unterschied GROUP BY cause").fetchall())


def indikatoren(con: duckdb.DuckDBPyConnection) -> list[IndikatorDiff]:
    """Return what happened to each Indikator, with its severity."""
    return [_judged(row) for row in records(con.execute(_INDIKATOREN))]


def levels(con: duckdb.DuckDBPyConnection) -> list[LevelDiff]:
    """Return the differences by Raumebene and Indikator."""
    return [LevelDiff(**row) for row in records(con.execute(_LEVELS))]


def movers(con: duckdb.DuckDBPyConnection) -> list[Mover]:
    """Return the figures of each Raumebene and Indikator that moved furthest."""
    return [Mover(**row) for row in records(con.execute(_LARGEST.format(most=_MOVERS)))]


def units_moved(con: duckdb.DuckDBPyConnection) -> list[UnitMoved]:
    """Return the units with the most figures that moved."""
    return [UnitMoved(**row) for row in records(con.execute(_BY_UNIT.format(most=_UNITS_SHOWN)))]


def stichtage_only_in(con: duckdb.DuckDBPyConnection, here: str, not_there: str) -> list[Any]:
    """Return the Stichtage with figures in the release `here` and none in `not_there`."""
    rows = con.execute(
        f"SELECT stichtag FROM {here}.wert EXCEPT SELECT stichtag FROM {not_there}.wert ORDER BY 1"  # noqa: S608
    ).fetchall()
    return [day for (day,) in rows]


def _judged(row: dict[str, Any]) -> IndikatorDiff:
    lost, above = row.pop("lost"), row.pop("movement_above")
    reasons: dict[Severity, list[tuple[bool, str]]] = {
        "high": [
            (row["definition"] > 0, "definition_changed"),
            (lost > 0, "figures_gone"),
            (row["newly_released"] > 0, "figures_released"),
            (above >= FAR, "city_moved_far"),
        ],
        "medium": [
            (row["newly_protected"] > 0, "figures_protected"),
            (row["boundary"] > 0, "boundary_changed"),
            ((row["largest_movement"] or 0) >= FAR, "figure_moved_far"),
        ],
        "low": [(True, "other")],
    }
    for severity, rules in reasons.items():
        why = [words for holds, words in rules if holds]
        if why:
            return IndikatorDiff(**row, severity=severity, why=why)
    raise AssertionError("the last rule always holds")  # pragma: no cover
