-- One row per unit and Stichtag near a count that is suppressed, or told, otherwise than when the figures were last
-- looked at (angabe_zuvor). `neu` says that something else is said of it: a change tells counts of two Stichtage, so
-- that this reaches as far as changes do, and what has to be read for it as far again.
WITH jetzt AS (
    SELECT
        *,
        'still' AS art
    FROM angabe_still

    UNION ALL

    SELECT
        *,
        'entzogen' AS art
    FROM angabe_entzogen
),

anders AS (
    (
        FROM jetzt
        EXCEPT
        FROM angabe_zuvor
    )

    UNION

    (
        FROM angabe_zuvor
        EXCEPT
        FROM jetzt
    )
),

weite AS (
    SELECT coalesce(max(jahre_davor), 0)::INTEGER AS jahre
    FROM indikator_seite
),

abstand AS (
    SELECT
        jahre,
        unnest(range(-2 * jahre, 2 * jahre + 1))::INTEGER AS versatz
    FROM weite
)

SELECT
    anders.zuschnitt,
    anders.raumebene,
    anders.raum_id,
    (anders.stichtag + 1 + to_years(abstand.versatz))::DATE - 1 AS stichtag,
    bool_or(abs(abstand.versatz) <= abstand.jahre) AS neu
FROM anders
CROSS JOIN abstand
GROUP BY ALL
