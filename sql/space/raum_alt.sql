-- One row per unit of the old Zuschnitt (variables von_zuschnitt, raumebene), with its polygon.
SELECT
    raum_id,
    st_geomfromwkb(geometrie) AS gestalt
FROM raum
WHERE zuschnitt = getvariable('von_zuschnitt') AND raumebene = getvariable('raumebene') AND geometrie IS NOT NULL
