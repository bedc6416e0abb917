-- One row per official total of the city that stands as a figure: its Merkmal is not counted at base units on that
-- Stichtag. Where it is, the counts are the figures, and the official total only serves the checks.
WITH allein AS (
    SELECT amtlich.*
    FROM stage.amtlich
    ANTI JOIN merkmal_geliefert
        ON amtlich.stichtag = merkmal_geliefert.stichtag AND amtlich.merkmal = merkmal_geliefert.merkmal
)

SELECT
    zuschnitt.zuschnitt,
    zuschnitt.basis,
    allein.quelle,
    allein.stichtag,
    allein.raumebene,
    allein.raum_id,
    allein.merkmal,
    allein.wert,
    allein.status
FROM allein
ASOF INNER JOIN katalog.zuschnitt ON allein.stichtag >= zuschnitt.gueltig_ab
QUALIFY row_number() OVER (PARTITION BY allein.stichtag, allein.merkmal ORDER BY allein.quelle) = 1
