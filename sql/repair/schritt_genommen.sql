-- One row per count that is suppressed for the sake of an attack: of the figures that it adds and subtracts, the
-- smallest of the finest Raumebene; never one of the whole city.
WITH ort AS (
    SELECT
        schritt.*,
        ebene.rang
    FROM schritt
    INNER JOIN katalog.raumebene AS ebene ON schritt.raumebene = ebene.raumebene
    WHERE ebene.rang < (SELECT max(oberste.rang) FROM katalog.raumebene AS oberste)
),

genommen AS (
    SELECT ort.*
    FROM ort
    SEMI JOIN angabe
        ON
            ort.zuschnitt = angabe.zuschnitt
            AND ort.raumebene = angabe.raumebene
            AND ort.raum_id = angabe.raum_id
            AND ort.stichtag = angabe.stichtag
            AND ort.seite = angabe.seite
    ANTI JOIN angabe_still
        ON
            ort.zuschnitt = angabe_still.zuschnitt
            AND ort.raumebene = angabe_still.raumebene
            AND ort.raum_id = angabe_still.raum_id
            AND ort.stichtag = angabe_still.stichtag
            AND ort.seite = angabe_still.seite
    QUALIFY row_number() OVER (PARTITION BY ort.nummer ORDER BY ort.rang, ort.wert, ort.raum_id, ort.seite) = 1
)

SELECT DISTINCT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    seite
FROM genommen
