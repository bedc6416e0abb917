-- One row a unit of the old Zuschnitt (variables von_zuschnitt, raumebene) that lies in none of the new one
-- (nach_zuschnitt), among those of the list `einheiten`, with the new unit nearest to it.
SELECT
    alt.raum_id AS von_id,
    arg_min(neu.raum_id, (st_distance(st_geomfromwkb(alt.geometrie), st_geomfromwkb(neu.geometrie)), neu.raum_id))
        AS nach_id
FROM raum AS alt
INNER JOIN raum AS neu ON alt.raumebene = neu.raumebene
WHERE
    alt.zuschnitt = getvariable('von_zuschnitt')
    AND alt.raumebene = getvariable('raumebene')
    AND neu.zuschnitt = getvariable('nach_zuschnitt')
    AND list_contains(getvariable('einheiten')::VARCHAR[], alt.raum_id)
    AND alt.geometrie IS NOT NULL
    AND neu.geometrie IS NOT NULL
GROUP BY alt.raum_id
