-- One row a unit of a Raumebene in a Zuschnitt: name, parents, validity, area and polygon.
-- A unit of which no base unit has a polygon has neither polygon nor area.
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
    GROUP BY geometrie.zuschnitt, kombination.kombination
),

raum_gestalt AS (
    SELECT
        kombination_raum.zuschnitt,
        kombination_raum.raumebene,
        kombination_raum.raum_id,
        CASE
            WHEN count(kombination_gestalt.gestalt) > 0
                THEN st_union_agg(kombination_gestalt.gestalt ORDER BY kombination_raum.kombination)
        END AS gestalt
    FROM kombination_raum
    LEFT JOIN kombination_gestalt
        ON
            kombination_raum.zuschnitt = coalesce(kombination_gestalt.zuschnitt, kombination_raum.zuschnitt)
            AND kombination_raum.kombination = kombination_gestalt.kombination
    GROUP BY kombination_raum.zuschnitt, kombination_raum.raumebene, kombination_raum.raum_id
),

oberer AS (
    SELECT
        eigener.zuschnitt,
        eigener.raumebene,
        eigener.raum_id,
        darueber.raumebene AS ober_ebene,
        any_value(darueber.raum_id) AS ober_id
    FROM kombination_raum AS eigener
    INNER JOIN kombination_raum AS darueber
        ON
            eigener.zuschnitt = darueber.zuschnitt
            AND eigener.kombination = darueber.kombination
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
