-- One row per smallest place whose counts are known, and a unit that it lies in or gives people to. Such places are the
-- combinations of base units, for all Zuschnitte that share these (gruppe ''), and, where a key leads from one
-- Zuschnitt to another, the units that it leads from (gruppe 'from>to').
WITH schluessel_weg AS (
    SELECT DISTINCT
        von_zuschnitt,
        nach_zuschnitt,
        raumebene,
        von_id,
        nach_id
    FROM schluessel_geschaetzt
),

oberhalb AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        raumebene AS ober_ebene,
        raum_id AS ober_id
    FROM raum

    UNION ALL

    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        unnest(map_keys(eltern)) AS ober_ebene,
        unnest(map_values(eltern)) AS ober_id
    FROM raum
)

SELECT
    '' AS gruppe,
    kombination::VARCHAR AS traeger,
    zuschnitt,
    raumebene,
    raum_id
FROM kombination_raum

UNION ALL

SELECT DISTINCT
    schluessel_weg.von_zuschnitt || '>' || schluessel_weg.nach_zuschnitt AS gruppe,
    schluessel_weg.raumebene || '/' || schluessel_weg.von_id AS traeger,
    oberhalb.zuschnitt,
    oberhalb.ober_ebene AS raumebene,
    oberhalb.ober_id AS raum_id
FROM schluessel_weg
INNER JOIN oberhalb
    ON
        schluessel_weg.raumebene = oberhalb.raumebene
        AND (
            (schluessel_weg.von_zuschnitt = oberhalb.zuschnitt AND schluessel_weg.von_id = oberhalb.raum_id)
            OR (schluessel_weg.nach_zuschnitt = oberhalb.zuschnitt AND schluessel_weg.nach_id = oberhalb.raum_id)
        )
