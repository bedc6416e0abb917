-- One row per Sozialraum of today's Zuschnitt: its outline in SVG's path language, what the last redraw did to it, and
-- the box around all of them.
WITH heutige AS (
    SELECT
        sozialraum_id,
        st_geomfromwkb(geometrie) AS umriss
    FROM sozialraum
    WHERE zuschnitt = getvariable('zuschnitt')
),

rahmen AS (
    SELECT
        min(st_xmin(umriss)) AS west,
        min(st_ymin(umriss)) AS sued,
        max(st_xmax(umriss)) AS ost,
        max(st_ymax(umriss)) AS nord
    FROM heutige
),

letzter_umbau AS (
    SELECT
        nach_id AS raum_id,
        list(beschreibung ORDER BY beschreibung) AS umbau
    FROM raum_ereignis
    WHERE raumebene = 'sozialraum' AND nach_zuschnitt = getvariable('zuschnitt') AND beschreibung IS NOT NULL
    GROUP BY nach_id
)

SELECT
    heutige.sozialraum_id AS raum_id,
    svg_pfad(heutige.umriss) AS pfad,
    coalesce(letzter_umbau.umbau, []) AS umbau,
    rahmen.west,
    rahmen.sued,
    rahmen.ost,
    rahmen.nord
FROM heutige
CROSS JOIN rahmen
LEFT JOIN letzter_umbau ON heutige.sozialraum_id = letzter_umbau.raum_id
ORDER BY heutige.sozialraum_id
