-- One row per unit of a Raumebene (variable raumebene) and Stichtag, with its name and its figures; the view einheit
-- holds the units.
WITH figur AS (
    SELECT *
    FROM memory.wert_breit
    WHERE raumebene = getvariable('raumebene')
),

benannt AS (
    SELECT
        einheit.name,
        figur.*
    FROM figur
    INNER JOIN einheit ON figur.zuschnitt = einheit.zuschnitt AND figur.raum_id = einheit.raum_id
)

SELECT
    zuschnitt,
    raum_id,
    name,
    stichtag,
    COLUMNS(* EXCLUDE (zuschnitt, raumebene, raum_id, name, stichtag))
FROM benannt
ORDER BY zuschnitt, raum_id, stichtag
