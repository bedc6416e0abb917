-- One row per unit of the new Zuschnitt (variables nach_zuschnitt, raumebene), with its polygon.
SELECT
    raum_id,
    st_geomfromwkb(geometrie) AS gestalt
FROM raum
WHERE zuschnitt = getvariable('nach_zuschnitt') AND raumebene = getvariable('raumebene') AND geometrie IS NOT NULL
