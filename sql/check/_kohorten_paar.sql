-- One row per cohort of a unit at two Stichtage on the Zuschnitt of the later one: the same people, some years older.
-- The newborn are counted as well: those aged 0-2 were born in the year of the Stichtag and the two before.
WITH bekannt AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        merkmal,
        herkunft,
        wert
    FROM merkmal_raum
    WHERE teile_unbekannt = 0
),

eigene AS (
    SELECT bekannt.*
    FROM bekannt
    SEMI JOIN stichtag
        ON bekannt.zuschnitt = stichtag.zuschnitt AND bekannt.stichtag = stichtag.stichtag
),

kohorte_heute AS ( -- before anything else is joined: two Stichtage of a unit have many pairs of Merkmale
    SELECT
        eigene.*,
        kohorte.damals,
        kohorte.heute,
        kohorte.mindestens,
        kohorte.hoechstens,
        (eigene.stichtag + 1 - to_years(kohorte.jahre))::DATE - 1 AS frueher
    FROM eigene
    INNER JOIN _kohorte AS kohorte ON eigene.merkmal = kohorte.heute
),

gealtert AS (
    SELECT
        heute.zuschnitt,
        heute.raumebene,
        heute.raum_id,
        concat(heute.damals, ' to ', heute.heute) AS merkmal,
        damals.stichtag AS stichtag_vorher,
        heute.stichtag,
        damals.wert AS wert_vorher,
        heute.wert,
        heute.mindestens,
        heute.hoechstens
    FROM kohorte_heute AS heute
    INNER JOIN bekannt AS damals
        ON
            heute.damals = damals.merkmal
            AND heute.zuschnitt = damals.zuschnitt
            AND heute.raumebene = damals.raumebene
            AND heute.raum_id = damals.raum_id
            AND heute.herkunft = damals.herkunft
            AND heute.frueher = damals.stichtag
),

geboren AS (
    SELECT
        heute.zuschnitt,
        heute.raumebene,
        heute.raum_id,
        'geburten to einwohner_0_2' AS merkmal,
        min(geburt.stichtag) AS stichtag_vorher,
        heute.stichtag,
        sum(geburt.wert) AS wert_vorher,
        heute.wert,
        0.70 AS mindestens,
        1.40 AS hoechstens
    FROM eigene AS heute
    INNER JOIN bekannt AS geburt
        ON
            heute.zuschnitt = geburt.zuschnitt
            AND heute.raumebene = geburt.raumebene
            AND heute.raum_id = geburt.raum_id
            AND heute.herkunft = geburt.herkunft
            AND geburt.stichtag IN (
                heute.stichtag, (heute.stichtag + 1 - to_years(1))::DATE - 1,
                (heute.stichtag + 1 - to_years(2))::DATE - 1
            )
    WHERE heute.merkmal = 'einwohner_0_2' AND geburt.merkmal = 'geburten'
    GROUP BY heute.zuschnitt, heute.raumebene, heute.raum_id, heute.stichtag, heute.wert
    HAVING count(*) = 3
)

FROM gealtert
UNION ALL
FROM geboren
