-- One row per count that earlier releases suppressed and none told: it stays suppressed. `entzogen` says that one of
-- them withdrew it.
WITH frueher AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        seite,
        bool_or(entzogen) AS entzogen
    FROM angabe_frueher
    GROUP BY ALL
    HAVING max(wert) IS NULL
)

SELECT
    angabe.zuschnitt,
    angabe.raumebene,
    angabe.raum_id,
    angabe.stichtag,
    angabe.seite,
    frueher.entzogen
FROM angabe
INNER JOIN frueher
    ON
        angabe.zuschnitt = frueher.zuschnitt
        AND angabe.raumebene = frueher.raumebene
        AND angabe.raum_id = frueher.raum_id
        AND angabe.stichtag = frueher.stichtag
        AND angabe.seite = frueher.seite
