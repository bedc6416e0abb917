-- One row per layer whose coordinate system has no EPSG number: whether it is the declared one (NULL without a
-- polygon).
-- It is when the corners of the layer's extent keep their numbers on the way from its system into the declared one, but
-- for a part in a thousand million: some millimetres. A datum that PROJ does not know counts as any on its ellipsoid.
WITH lage AS (
    SELECT
        kasten AS eigen,
        st_transform(kasten, getvariable('eigenes_crs'), getvariable('crs'), always_xy := TRUE) AS erklaert
    FROM kasten
)

SELECT
    greatest(
        abs(st_xmin(eigen) - st_xmin(erklaert)), abs(st_xmax(eigen) - st_xmax(erklaert)),
        abs(st_ymin(eigen) - st_ymin(erklaert)), abs(st_ymax(eigen) - st_ymax(erklaert))
    ) <= 1e-9 * greatest(abs(st_xmin(eigen)), abs(st_xmax(eigen)), abs(st_ymin(eigen)), abs(st_ymax(eigen))) AS gleich
FROM lage
