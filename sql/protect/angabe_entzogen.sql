-- One row per count of which the release says nothing, not even that it is 0, since an earlier one did not either and
-- none told it. A repair adds to them.
WITH frueher AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        seite
    FROM angabe_frueher
    GROUP BY ALL
    HAVING max(wert) IS NULL AND bool_or(entzogen)
)

SELECT
    angabe.zuschnitt,
    angabe.raumebene,
    angabe.raum_id,
    angabe.stichtag,
    angabe.seite
FROM angabe
SEMI JOIN frueher
    ON
        angabe.zuschnitt = frueher.zuschnitt
        AND angabe.raumebene = frueher.raumebene
        AND angabe.raum_id = frueher.raum_id
        AND angabe.stichtag = frueher.stichtag
        AND angabe.seite = frueher.seite
