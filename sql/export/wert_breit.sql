-- One row per unit and Stichtag on a Zuschnitt, with one column per Indikator in the order of the codebook, which is
-- the type indikator_folge.
WITH zahl AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        indikator_id,
        wert
    FROM wert
)

PIVOT zahl
ON indikator_id IN indikator_folge
USING max(wert)
GROUP BY zuschnitt, raumebene, raum_id, stichtag
