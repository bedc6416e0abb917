-- One row per unit of a Raumebene in a Zuschnitt: name, parents, validity, area and polygon.
-- Its polygon is its own where one was delivered, else the union of its base units, else of finer units with one.
-- A unit of which no part has a polygon, or only an invalid one, has neither polygon nor area.
WITH kombination_gestalt AS (
    SELECT
        geometrie.zuschnitt, -- NULL: the same in every Zuschnitt
        kombination.kombination,
        st_union_agg(st_geomfromwkb(geometrie.wkb) ORDER BY geometrie.basis_id) AS gestalt
    FROM kombination
    INNER JOIN stage.geometrie
        ON
            kombination.basis = geometrie.basis
            AND kombination.basis_id = geometrie.basis_id
    WHERE NOT geometrie.ungueltig
    GROUP BY geometrie.zuschnitt, kombination.kombination
),

lage AS (
    SELECT
        kombination_raum.zuschnitt,
        'basis' AS art,
        kombination_raum.kombination::VARCHAR AS lage,
        kombination_raum.raumebene,
        kombination_raum.raum_id,
        kombination_gestalt.gestalt
    FROM kombination_raum
    LEFT JOIN kombination_gestalt
        ON
            kombination_raum.zuschnitt = coalesce(kombination_gestalt.zuschnitt, kombination_raum.zuschnitt)
            AND kombination_raum.kombination = kombination_gestalt.kombination

    UNION ALL

    SELECT
        raum_lage.zuschnitt,
        raum_lage.ebene AS art,
        raum_lage.id AS lage,
        raum_lage.raumebene,
        raum_lage.raum_id,
        CASE WHEN NOT raum_geometrie.ungueltig THEN st_geomfromwkb(raum_geometrie.wkb) END AS gestalt
    FROM stage.raum_lage
    INNER JOIN stage.raum_geometrie
        ON
            raum_lage.zuschnitt = raum_geometrie.zuschnitt
            AND raum_lage.ebene = raum_geometrie.raumebene
            AND raum_lage.id = raum_geometrie.raum_id
),

moeglich AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        art,
        CASE WHEN count(gestalt) > 0 THEN st_union_agg(gestalt ORDER BY lage) END AS gestalt
    FROM lage
    GROUP BY zuschnitt, raumebene, raum_id, art
),

raum_gestalt AS (
    SELECT moeglich.*
    FROM moeglich
    LEFT JOIN katalog.raumebene AS ebene ON moeglich.art = ebene.raumebene
    QUALIFY row_number() OVER (
        PARTITION BY moeglich.zuschnitt, moeglich.raumebene, moeglich.raum_id
        ORDER BY moeglich.gestalt IS NULL, moeglich.art <> moeglich.raumebene, coalesce(ebene.rang, 0)
    ) = 1
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
    raum_gestalt.zuschnitt,
    raum_gestalt.raumebene,
    raum_gestalt.raum_id,
    coalesce(raum_name.name, raum_gestalt.raum_id) AS name,
    zuschnitt.gueltig_ab,
    zuschnitt.gueltig_bis,
    round(st_area(raum_gestalt.gestalt) / 1e6, 6) AS flaeche_km2,
    st_aswkb(st_normalize(raum_gestalt.gestalt))::BLOB AS geometrie,
    eltern.eltern
FROM raum_gestalt
INNER JOIN katalog.zuschnitt ON raum_gestalt.zuschnitt = zuschnitt.zuschnitt
LEFT JOIN stage.raum_name
    ON
        raum_gestalt.zuschnitt = raum_name.zuschnitt
        AND raum_gestalt.raumebene = raum_name.raumebene
        AND raum_gestalt.raum_id = raum_name.raum_id
LEFT JOIN eltern
    ON
        raum_gestalt.zuschnitt = eltern.zuschnitt
        AND raum_gestalt.raumebene = eltern.raumebene
        AND raum_gestalt.raum_id = eltern.raum_id
