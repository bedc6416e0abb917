-- One row per unit of a Raumebene in a Zuschnitt: name, parents, validity, area and polygon.
-- A unit of which no part has a polygon, or only an invalid one, has neither polygon nor area.
WITH lage AS (
    SELECT
        zuschnitt,
        'basis' AS art,
        kombination::VARCHAR AS lage,
        raumebene,
        raum_id
    FROM kombination_raum

    UNION ALL

    SELECT
        raum_lage.zuschnitt,
        raum_lage.ebene AS art,
        raum_lage.id AS lage,
        raum_lage.raumebene,
        raum_lage.raum_id
    FROM stage.raum_lage
    SEMI JOIN stage.raum_geometrie
        ON
            raum_lage.zuschnitt = raum_geometrie.zuschnitt
            AND raum_lage.ebene = raum_geometrie.raumebene
            AND raum_lage.id = raum_geometrie.raum_id
),

oberer AS (
    SELECT
        eigener.zuschnitt,
        eigener.raumebene,
        eigener.raum_id,
        darueber.raumebene AS ober_ebene,
        any_value(darueber.raum_id) AS ober_id
    FROM lage AS eigener
    INNER JOIN lage AS darueber
        ON
            eigener.zuschnitt = darueber.zuschnitt
            AND eigener.art = darueber.art
            AND eigener.lage = darueber.lage
    INNER JOIN katalog.raumebene AS ebene ON eigener.raumebene = ebene.raumebene
    INNER JOIN katalog.raumebene AS ober ON darueber.raumebene = ober.raumebene AND ebene.rang < ober.rang
    GROUP BY eigener.zuschnitt, eigener.raumebene, eigener.raum_id, darueber.raumebene
    HAVING count(DISTINCT darueber.raum_id) = 1
),

einheit AS (
    SELECT DISTINCT
        zuschnitt,
        raumebene,
        raum_id
    FROM lage
),

eltern AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        map_from_entries(list((ober_ebene, ober_id) ORDER BY ober_ebene)) AS eltern
    FROM oberer
    GROUP BY zuschnitt, raumebene, raum_id
)

SELECT
    einheit.zuschnitt,
    einheit.raumebene,
    einheit.raum_id,
    coalesce(raum_name.name, einheit.raum_id) AS name,
    zuschnitt.gueltig_ab,
    zuschnitt.gueltig_bis,
    raum_gestalt.flaeche_km2,
    raum_gestalt.geometrie,
    eltern.eltern
FROM einheit
INNER JOIN katalog.zuschnitt ON einheit.zuschnitt = zuschnitt.zuschnitt
LEFT JOIN raum_gestalt
    ON
        einheit.zuschnitt = raum_gestalt.zuschnitt
        AND einheit.raumebene = raum_gestalt.raumebene
        AND einheit.raum_id = raum_gestalt.raum_id
LEFT JOIN stage.raum_name
    ON
        einheit.zuschnitt = raum_name.zuschnitt
        AND einheit.raumebene = raum_name.raumebene
        AND einheit.raum_id = raum_name.raum_id
LEFT JOIN eltern
    ON
        einheit.zuschnitt = eltern.zuschnitt
        AND einheit.raumebene = eltern.raumebene
        AND einheit.raum_id = eltern.raum_id
