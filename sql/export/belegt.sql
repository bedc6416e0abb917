-- One row per Raumebene and Indikator, on the Zuschnitt on which a Stichtag is read (heutig) or on others: how many of
-- its units and Stichtage have a figure.
WITH gezaehlt AS (
    SELECT
        raumebene,
        heutig,
        count(COLUMNS(* EXCLUDE (heutig, zuschnitt, raumebene, raum_id, stichtag)))
    FROM memory.wert_breit
    GROUP BY raumebene, heutig
)

UNPIVOT gezaehlt
ON COLUMNS(* EXCLUDE (raumebene, heutig))
INTO NAME indikator_id VALUE zahlen
