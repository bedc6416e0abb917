-- One row per Sozialraum of the old and of the new Zuschnitt: its outline in SVG's path language, what the redraw did
-- to it, and the box around all of them.
WITH vorgang AS (
    SELECT DISTINCT
        nach_id AS raum_id,
        vorgang_art
    FROM raum_ereignis
    WHERE
        von_zuschnitt = getvariable('von_zuschnitt')
        AND nach_zuschnitt = getvariable('nach_zuschnitt')
        AND raumebene = 'sozialraum'
        AND nach_id IS NOT NULL
),

gestalt AS (
    SELECT
        sozialraum.zuschnitt = getvariable('nach_zuschnitt') AS neu,
        sozialraum.sozialraum_id,
        sozialraum.name,
        st_geomfromwkb(sozialraum.geometrie) AS umriss
    FROM sozialraum
    WHERE
        sozialraum.zuschnitt IN (getvariable('von_zuschnitt'), getvariable('nach_zuschnitt'))
        AND sozialraum.geometrie IS NOT NULL
),

rahmen AS (
    SELECT
        min(st_xmin(umriss)) AS west,
        min(st_ymin(umriss)) AS sued,
        max(st_xmax(umriss)) AS ost,
        max(st_ymax(umriss)) AS nord
    FROM gestalt
)

SELECT
    gestalt.neu,
    gestalt.sozialraum_id,
    gestalt.name,
    CASE WHEN gestalt.neu THEN vorgang.vorgang_art END AS vorgang_art,
    svg_pfad(gestalt.umriss) AS pfad,
    rahmen.west,
    rahmen.sued,
    rahmen.ost,
    rahmen.nord
FROM gestalt
CROSS JOIN rahmen
LEFT JOIN vorgang ON gestalt.sozialraum_id = vorgang.raum_id
ORDER BY NOT gestalt.neu, gestalt.sozialraum_id
