-- One row per unit with figures of an index or a type, with its place among the units of its Raumebene.
SELECT
    zuschnitt,
    raumebene,
    raum_id,
    row_number() OVER (PARTITION BY zuschnitt, raumebene ORDER BY raum_id) - 1 AS einheit
FROM index_angabe
GROUP BY zuschnitt, raumebene, raum_id
