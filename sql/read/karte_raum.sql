-- One row per Sozialraum on a map: its outline in SVG's path language, its figure, and the box around all of them.
-- Where the Stichtag is given on several Zuschnitte, the map is that of the newest.
WITH juengster AS (
    SELECT max(zuschnitt) AS zuschnitt
    FROM wert
    WHERE
        indikator_id = getvariable('indikator')
        AND raumebene = 'sozialraum'
        AND stichtag = getvariable('stichtag')::DATE
),

gezeigt AS (
    SELECT
        sozialraum.sozialraum_id,
        sozialraum.name,
        wert.wert,
        wert.status,
        st_geomfromwkb(sozialraum.geometrie) AS gestalt
    FROM wert
    INNER JOIN sozialraum
        ON wert.zuschnitt = sozialraum.zuschnitt AND wert.raum_id = sozialraum.sozialraum_id
    INNER JOIN juengster ON wert.zuschnitt = juengster.zuschnitt
    WHERE
        wert.indikator_id = getvariable('indikator')
        AND wert.raumebene = 'sozialraum'
        AND wert.stichtag = getvariable('stichtag')::DATE
        AND sozialraum.geometrie IS NOT NULL
),

rahmen AS (
    SELECT
        min(st_xmin(gestalt)) AS west,
        min(st_ymin(gestalt)) AS sued,
        max(st_xmax(gestalt)) AS ost,
        max(st_ymax(gestalt)) AS nord
    FROM gezeigt
)

SELECT
    gezeigt.name,
    st_assvg(gezeigt.gestalt, FALSE, 1) AS pfad,
    gezeigt.wert,
    gezeigt.status,
    rahmen.west,
    rahmen.sued,
    rahmen.ost,
    rahmen.nord
FROM gezeigt
CROSS JOIN rahmen
ORDER BY gezeigt.sozialraum_id
