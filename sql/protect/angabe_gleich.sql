-- One row per count that an earlier release told as it is now: it is known, and stays published.
SELECT DISTINCT
    angabe.zuschnitt,
    angabe.raumebene,
    angabe.raum_id,
    angabe.stichtag,
    angabe.seite
FROM angabe
SEMI JOIN angabe_frueher
    ON
        angabe.zuschnitt = angabe_frueher.zuschnitt
        AND angabe.raumebene = angabe_frueher.raumebene
        AND angabe.raum_id = angabe_frueher.raum_id
        AND angabe.stichtag = angabe_frueher.stichtag
        AND angabe.seite = angabe_frueher.seite
        AND angabe.wert = angabe_frueher.wert
