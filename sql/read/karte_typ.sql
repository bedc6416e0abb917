-- One row per Sozialraum on a map of types: its outline in SVG's path language, its type, whether it is borderline, or
-- which types are possible, or why it has none; and the box around all of them.
WITH gesucht AS (
    SELECT
        typologie.typologie_version,
        max(typ.zuschnitt) AS zuschnitt
    FROM typologie
    INNER JOIN typ USING (typologie_id, typologie_version)
    WHERE
        typologie.typologie_id = getvariable('typologie')
        AND typ.raumebene = 'sozialraum'
        AND typ.stichtag = getvariable('stichtag')::DATE
    GROUP BY typologie.typologie_version, typologie.position
    ORDER BY typologie.position
    LIMIT 1
),

stand AS (
    SELECT typ.*
    FROM typ
    INNER JOIN gesucht USING (typologie_version, zuschnitt)
    WHERE
        typ.typologie_id = getvariable('typologie')
        AND typ.raumebene = 'sozialraum'
        AND typ.stichtag = getvariable('stichtag')::DATE
),

gezeigt AS (
    SELECT
        sozialraum.sozialraum_id,
        sozialraum.name,
        stand.typ_status,
        stand.typ_grund,
        stand.typ_id,
        stand.typ_lage,
        stand.moegliche_typen,
        st_geomfromwkb(sozialraum.geometrie) AS gestalt
    FROM sozialraum
    INNER JOIN gesucht ON sozialraum.zuschnitt = gesucht.zuschnitt
    LEFT JOIN stand ON sozialraum.sozialraum_id = stand.raum_id
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
    gezeigt.typ_status AS status,
    gezeigt.typ_grund AS grund,
    gezeigt.typ_id,
    gezeigt.typ_lage = 'grenzfall' AS grenzfall,
    gezeigt.moegliche_typen,
    gesucht.typologie_version,
    rahmen.west,
    rahmen.sued,
    rahmen.ost,
    rahmen.nord,
    st_assvg(gezeigt.gestalt, FALSE, 1) AS pfad
FROM gezeigt
CROSS JOIN rahmen
CROSS JOIN gesucht
ORDER BY gezeigt.sozialraum_id
