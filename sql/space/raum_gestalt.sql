-- One row per unit of a Raumebene in a Zuschnitt that has a polygon, with its area in km2.
-- It is its own where one was delivered, else the union of its base units, else of finer units with one.
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

teil AS (
    SELECT
        kombination_raum.zuschnitt,
        kombination_raum.raumebene,
        kombination_raum.raum_id,
        'basis' AS art,
        kombination_raum.kombination::VARCHAR AS lage,
        kombination_gestalt.gestalt
    FROM kombination_raum
    INNER JOIN kombination_gestalt
        ON
            kombination_raum.zuschnitt = coalesce(kombination_gestalt.zuschnitt, kombination_raum.zuschnitt)
            AND kombination_raum.kombination = kombination_gestalt.kombination

    UNION ALL

    SELECT
        raum_lage.zuschnitt,
        raum_lage.raumebene,
        raum_lage.raum_id,
        raum_lage.ebene AS art,
        raum_lage.id AS lage,
        st_geomfromwkb(raum_geometrie.wkb) AS gestalt
    FROM stage.raum_lage
    INNER JOIN stage.raum_geometrie
        ON
            raum_lage.zuschnitt = raum_geometrie.zuschnitt
            AND raum_lage.ebene = raum_geometrie.raumebene
            AND raum_lage.id = raum_geometrie.raum_id
    WHERE NOT raum_geometrie.ungueltig
),

moeglich AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        art,
        st_union_agg(gestalt ORDER BY lage) AS gestalt
    FROM teil
    GROUP BY zuschnitt, raumebene, raum_id, art
),

gewaehlt AS (
    SELECT moeglich.*
    FROM moeglich
    LEFT JOIN katalog.raumebene AS ebene ON moeglich.art = ebene.raumebene
    QUALIFY row_number() OVER (
        PARTITION BY moeglich.zuschnitt, moeglich.raumebene, moeglich.raum_id
        ORDER BY moeglich.art <> moeglich.raumebene, coalesce(ebene.rang, 0)
    ) = 1
)

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    round(st_area(gestalt) / 1e6, 6) AS flaeche_km2,
    st_aswkb(st_normalize(gestalt))::BLOB AS geometrie
FROM gewaehlt
