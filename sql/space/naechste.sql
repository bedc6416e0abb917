-- One row per unit of the old Zuschnitt (variables von_zuschnitt, raumebene) that lies in none of the new one
-- (nach_zuschnitt), among those of the list `einheiten`, with the new unit nearest to it.
WITH abstand AS (
    SELECT
        alt.raum_id AS von_id,
        neu.raum_id AS nach_id,
        -- between outlines: of two polygons DuckDB's spatial extension (1.5.5) returns 0, however far apart they are
        st_distance(
            st_boundary(st_geomfromwkb(alt.geometrie)), st_boundary(st_geomfromwkb(neu.geometrie))
        ) AS meter
    FROM raum AS alt
    INNER JOIN raum AS neu ON alt.raumebene = neu.raumebene
    WHERE
        alt.zuschnitt = getvariable('von_zuschnitt')
        AND alt.raumebene = getvariable('raumebene')
        AND neu.zuschnitt = getvariable('nach_zuschnitt')
        AND list_contains(getvariable('einheiten')::VARCHAR[], alt.raum_id)
        AND alt.geometrie IS NOT NULL
        AND neu.geometrie IS NOT NULL
)

SELECT
    von_id,
    nach_id
FROM abstand
QUALIFY row_number() OVER (PARTITION BY von_id ORDER BY meter, nach_id) = 1
