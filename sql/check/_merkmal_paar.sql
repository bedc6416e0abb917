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
),

jetzt AS MATERIALIZED ( -- else the planner pairs each Stichtag with all others first
    SELECT
        merkmal_raum.*,
        folge.vorher
    FROM merkmal_raum
    INNER JOIN folge
        ON
            merkmal_raum.zuschnitt = folge.zuschnitt
            AND merkmal_raum.stichtag = folge.stichtag
            AND merkmal_raum.herkunft IS NOT DISTINCT FROM folge.herkunft
    WHERE merkmal_raum.teile_unbekannt = 0
)

SELECT
    jetzt.zuschnitt,
    jetzt.raumebene,
    jetzt.raum_id,
    jetzt.merkmal,
    jetzt.vorher AS stichtag_vorher,
    jetzt.stichtag,
    damals.wert AS wert_vorher,
    jetzt.wert
FROM jetzt
INNER JOIN merkmal_raum AS damals
    ON
        jetzt.zuschnitt = damals.zuschnitt
        AND jetzt.raumebene = damals.raumebene
        AND jetzt.raum_id = damals.raum_id
        AND jetzt.merkmal = damals.merkmal
        AND jetzt.herkunft IS NOT DISTINCT FROM damals.herkunft
        AND jetzt.vorher = damals.stichtag
WHERE damals.teile_unbekannt = 0
