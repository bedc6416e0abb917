-- One row per Sozialraum on a map: its outline in SVG's path language, a point inside, its figure or why it has none,
-- and the box around all of them.
WITH stand AS (
    SELECT max(zuschnitt) AS zuschnitt
    FROM wert
    WHERE
        indikator_id = getvariable('indikator')
        AND raumebene = 'sozialraum'
        AND stichtag = getvariable('stichtag')::DATE
),

zahl AS (
    SELECT
        zuschnitt,
        raum_id,
        wert,
        status,
        methode,
        unsicherheit
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
        zahl.wert,
        zahl.methode,
        zahl.unsicherheit,
        coalesce(zahl.status, 'nicht_geliefert') AS status,
        st_geomfromwkb(sozialraum.geometrie) AS gestalt
    FROM sozialraum
    INNER JOIN stand ON sozialraum.zuschnitt = stand.zuschnitt
    LEFT JOIN zahl ON sozialraum.zuschnitt = zahl.zuschnitt AND sozialraum.sozialraum_id = zahl.raum_id
    WHERE sozialraum.geometrie IS NOT NULL
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
    st_x(st_pointonsurface(gezeigt.gestalt)) AS x,
    st_y(st_pointonsurface(gezeigt.gestalt)) AS y,
    gezeigt.wert,
    gezeigt.status,
    gezeigt.methode,
    gezeigt.unsicherheit,
    rahmen.west,
    rahmen.sued,
    rahmen.ost,
    rahmen.nord
FROM gezeigt
CROSS JOIN rahmen
ORDER BY gezeigt.sozialraum_id
