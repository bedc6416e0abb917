-- One row per unit and Stichtag on a Zuschnitt, with one column per Indikator in the order of the codebook, which is
-- the type indikator_folge; `heutig` as in figur.
WITH zahl AS (
    SELECT
        heutig,
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        indikator_id,
        wert
    FROM memory.figur
)

PIVOT zahl
ON indikator_id IN indikator_folge
USING max(wert)
GROUP BY heutig, zuschnitt, raumebene, raum_id, stichtag
