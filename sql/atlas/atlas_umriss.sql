-- One row per unit with an outline, on a grid as wide as the variable `breite` that all Zuschnitte share. The outlines
-- of a Raumebene are simplified together, so that neighbours keep one line; a line or a point beside the polygons of a
-- unit, which a union of delivered shapes may leave, is no outline and could not be simplified.
WITH gestalt AS (
    SELECT
        stelle,
        zuschnitt,
        raumebene,
        st_collectionextract(st_geomfromwkb(geometrie), 3) AS umriss
    FROM atlas_einheit
    WHERE geometrie IS NOT NULL
),

rahmen AS (
    SELECT
        min(st_xmin(umriss)) AS west,
        max(st_ymax(umriss)) AS nord,
        getvariable('breite') / (max(st_xmax(umriss)) - min(st_xmin(umriss))) AS massstab
    FROM gestalt
),

im_raster AS (
    SELECT
        gestalt.stelle,
        gestalt.zuschnitt,
        gestalt.raumebene,
        st_affine(
            gestalt.umriss,
            rahmen.massstab,
            0,
            0,
            rahmen.massstab,
            -rahmen.west * rahmen.massstab,
            -rahmen.nord * rahmen.massstab
        ) AS umriss
    FROM gestalt
    CROSS JOIN rahmen
),

zusammen AS (
    SELECT
        list(stelle ORDER BY stelle) AS stellen,
        st_coveragesimplify(list(umriss ORDER BY stelle), 2.0) AS umrisse
    FROM im_raster
    GROUP BY zuschnitt, raumebene
),

teil AS (
    SELECT
        stellen,
        unnest(st_dump(umrisse)) AS stueck
    FROM zusammen
)

SELECT
    teil.stellen[teil.stueck.path[1]] AS stelle,
    st_reduceprecision(st_collect(list(teil.stueck.geom ORDER BY teil.stueck.path)), 1.0) AS umriss
FROM teil
GROUP BY teil.stellen, teil.stueck.path[1]
