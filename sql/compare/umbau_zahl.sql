-- One row per figure, at the Stichtag of a redraw, of a unit of one of the two Zuschnitte that it changed.
WITH veraendert AS (
    SELECT *
    FROM raum_ereignis
    WHERE
        von_zuschnitt = getvariable('von_zuschnitt')
        AND nach_zuschnitt = getvariable('nach_zuschnitt')
        AND NOT list_contains(getvariable('gleiche_einheit'), vorgang_art)
),

beteiligt AS (
    SELECT
        von_zuschnitt AS zuschnitt,
        raumebene,
        von_id AS raum_id
    FROM veraendert

    UNION

    SELECT
        nach_zuschnitt AS zuschnitt,
        raumebene,
        nach_id AS raum_id
    FROM veraendert
)

SELECT
    wert.zuschnitt,
    wert.raumebene,
    wert.raum_id,
    wert.indikator_id,
    wert.wert,
    wert.status,
    wert.methode,
    wert.unsicherheit
FROM wert_alle AS wert
SEMI JOIN beteiligt
    ON
        wert.zuschnitt = beteiligt.zuschnitt
        AND wert.raumebene = beteiligt.raumebene
        AND wert.raum_id = beteiligt.raum_id
INNER JOIN indikator ON wert.indikator_id = indikator.indikator_id
WHERE wert.stichtag = getvariable('stichtag')::DATE
ORDER BY wert.zuschnitt, wert.raumebene, wert.raum_id, indikator.position
