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

gealtert AS (
    SELECT
        heute.zuschnitt,
        heute.raumebene,
        heute.raum_id,
        concat(kohorte.damals, ' to ', kohorte.heute) AS merkmal,
        damals.stichtag AS stichtag_vorher,
        heute.stichtag,
        damals.wert AS wert_vorher,
        heute.wert,
        kohorte.mindestens,
        kohorte.hoechstens
    FROM _kohorte AS kohorte
    INNER JOIN eigene AS heute
        ON kohorte.heute = heute.merkmal
    INNER JOIN bekannt AS damals
        ON
            kohorte.damals = damals.merkmal
            AND heute.zuschnitt = damals.zuschnitt
            AND heute.raumebene = damals.raumebene
            AND heute.raum_id = damals.raum_id
            AND heute.herkunft = damals.herkunft
            AND damals.stichtag = (heute.stichtag + 1 - to_years(kohorte.jahre))::DATE - 1
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
