-- One row per Merkmal of a unit at two successive Stichtage, both on the Zuschnitt of the later one.
-- A pair exists only where the earlier Stichtag is known on the later Zuschnitt: a redraw is no jump. Nor is the step
-- between a count and an official total; so those of either kind follow one another.
WITH geliefert AS (
    SELECT DISTINCT
        stichtag,
        herkunft
    FROM merkmal_raum
),

folge AS (
    SELECT
        stichtag.zuschnitt,
        stichtag.stichtag,
        geliefert.herkunft,
        lag(stichtag.stichtag) OVER (PARTITION BY geliefert.herkunft ORDER BY stichtag.stichtag) AS vorher
    FROM stichtag
    INNER JOIN geliefert ON stichtag.stichtag = geliefert.stichtag
)

SELECT
    jetzt.zuschnitt,
    jetzt.raumebene,
    jetzt.raum_id,
    jetzt.merkmal,
    folge.vorher AS stichtag_vorher,
    folge.stichtag,
    damals.wert AS wert_vorher,
    jetzt.wert
FROM folge
INNER JOIN merkmal_raum AS jetzt
    ON
        folge.zuschnitt = jetzt.zuschnitt
        AND folge.stichtag = jetzt.stichtag
        AND folge.herkunft IS NOT DISTINCT FROM jetzt.herkunft
INNER JOIN merkmal_raum AS damals
    ON
        jetzt.zuschnitt = damals.zuschnitt
        AND jetzt.raumebene = damals.raumebene
        AND jetzt.raum_id = damals.raum_id
        AND jetzt.merkmal = damals.merkmal
        AND jetzt.herkunft IS NOT DISTINCT FROM damals.herkunft
        AND folge.vorher = damals.stichtag
WHERE jetzt.teile_unbekannt = 0 AND damals.teile_unbekannt = 0
