-- One row is a Merkmal of a unit at two successive Stichtage, both on the Zuschnitt of the later one.
-- A pair exists only where the earlier Stichtag is known on the later Zuschnitt: a redraw is no jump.
WITH folge AS (
    SELECT
        zuschnitt,
        stichtag,
        lag(stichtag) OVER (ORDER BY stichtag) AS vorher
    FROM stichtag
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
    ON folge.zuschnitt = jetzt.zuschnitt AND folge.stichtag = jetzt.stichtag
INNER JOIN merkmal_raum AS damals
    ON
        jetzt.zuschnitt = damals.zuschnitt
        AND jetzt.raumebene = damals.raumebene
        AND jetzt.raum_id = damals.raum_id
        AND jetzt.merkmal = damals.merkmal
        AND folge.vorher = damals.stichtag
WHERE jetzt.teile_unbekannt = 0 AND damals.teile_unbekannt = 0
