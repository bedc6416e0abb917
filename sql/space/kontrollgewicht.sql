-- One row per pair of an old and a new unit in which control points (addresses, dwellings, floor space, grid cells)
-- lie, with their weight. A point on a line between units is counted once, in the unit with the lowest id. A point
-- outside every unit of a Zuschnitt has none there.
WITH punkt AS (
    SELECT
        row_number() OVER () AS nummer,
        st_point(x, y) AS ort,
        gewicht
    FROM kontrollpunkt
),

im_alten AS (
    SELECT
        punkt.nummer,
        min(raum_alt.raum_id) AS von_id
    FROM punkt
    INNER JOIN raum_alt ON st_intersects(punkt.ort, raum_alt.gestalt)
    GROUP BY punkt.nummer
),

im_neuen AS (
    SELECT
        punkt.nummer,
        min(raum_neu.raum_id) AS nach_id
    FROM punkt
    INNER JOIN raum_neu ON st_intersects(punkt.ort, raum_neu.gestalt)
    GROUP BY punkt.nummer
)

SELECT
    im_alten.von_id,
    im_neuen.nach_id,
    sum(punkt.gewicht) AS gewicht,
    count(*) AS punkte
FROM punkt
LEFT JOIN im_alten ON punkt.nummer = im_alten.nummer
LEFT JOIN im_neuen ON punkt.nummer = im_neuen.nummer
GROUP BY im_alten.von_id, im_neuen.nach_id
