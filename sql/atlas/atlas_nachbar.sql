-- One row per unit and another one of its Raumebene and Zuschnitt with which it shares a line, not only a corner.
WITH lage AS (
    SELECT
        atlas_umriss.stelle,
        atlas_einheit.zuschnitt,
        atlas_einheit.raumebene,
        atlas_umriss.umriss
    FROM atlas_umriss
    INNER JOIN atlas_einheit ON atlas_umriss.stelle = atlas_einheit.stelle
),

paar AS (
    SELECT
        lage.stelle,
        andere.stelle AS nachbar
    FROM lage
    INNER JOIN lage AS andere
        ON
            lage.zuschnitt = andere.zuschnitt
            AND lage.raumebene = andere.raumebene
            AND lage.stelle < andere.stelle
            AND st_intersects(lage.umriss, andere.umriss)
    WHERE st_length(st_intersection(st_boundary(lage.umriss), st_boundary(andere.umriss))) > 0
)

SELECT
    stelle,
    nachbar
FROM paar
UNION ALL
SELECT
    nachbar AS stelle,
    stelle AS nachbar
FROM paar
