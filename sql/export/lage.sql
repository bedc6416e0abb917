-- One row per unit of a Raumebene (variable raumebene) on a Zuschnitt (variable zuschnitt), with its figures at the
-- newest Stichtag that has any there, and its outline in a coordinate system (variable crs); the view einheit holds the
-- units.
WITH figur AS (
    SELECT
        raum_id AS figur_raum_id,
        COLUMNS(* EXCLUDE (heutig, zuschnitt, raumebene, raum_id))
    FROM memory.wert_breit
    WHERE
        heutig
        AND zuschnitt = getvariable('zuschnitt')
        AND raumebene = getvariable('raumebene')
        AND stichtag = (
            SELECT max(newest.stichtag)
            FROM memory.wert_breit AS newest
            WHERE
                newest.heutig
                AND newest.zuschnitt = getvariable('zuschnitt')
                AND newest.raumebene = getvariable('raumebene')
        )
),

beschrieben AS (
    SELECT
        einheit.*,
        figur.*
    FROM einheit
    LEFT JOIN figur ON einheit.raum_id = figur.figur_raum_id
    WHERE einheit.zuschnitt = getvariable('zuschnitt')
)

SELECT
    COLUMNS(* EXCLUDE (raum_id, figur_raum_id, geometrie)),
    st_setcrs(st_geomfromwkb(geometrie), getvariable('crs')) AS geometrie
FROM beschrieben
ORDER BY raum_id
