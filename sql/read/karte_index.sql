-- One row per Sozialraum on a map of an index: its outline in SVG's path language, its likeliest class, the classes
-- that hold 90 %, its ranks, or why it has no index; and the box around all of them.
WITH gesucht AS (
    SELECT
        index_definition.index_version,
        max(index_wert.massstab) AS massstab,
        max(index_wert.zuschnitt) AS zuschnitt
    FROM index_definition
    INNER JOIN index_wert USING (index_id, index_version)
    WHERE
        index_definition.index_id = getvariable('index_id')
        AND index_wert.raumebene = 'sozialraum'
        AND index_wert.stichtag = getvariable('stichtag')::DATE
    GROUP BY index_definition.index_version, index_definition.position
    ORDER BY max(index_wert.klasse_von) IS NULL, index_definition.position
    LIMIT 1
),

stand AS (
    SELECT index_wert.*
    FROM index_wert
    INNER JOIN gesucht USING (index_version, massstab, zuschnitt)
    WHERE
        index_wert.index_id = getvariable('index_id')
        AND index_wert.raumebene = 'sozialraum'
        AND index_wert.stichtag = getvariable('stichtag')::DATE
),

wahrscheinlichste AS (
    SELECT
        sicherheit.raum_id,
        arg_max(sicherheit.klasse, (sicherheit.wahrscheinlichkeit, -sicherheit.klasse)) AS klasse
    FROM index_sicherheit AS sicherheit
    INNER JOIN gesucht USING (index_version, massstab, zuschnitt)
    WHERE
        sicherheit.index_id = getvariable('index_id')
        AND sicherheit.raumebene = 'sozialraum'
        AND sicherheit.stichtag = getvariable('stichtag')::DATE
    GROUP BY sicherheit.raum_id
),

gezeigt AS (
    SELECT
        sozialraum.sozialraum_id,
        sozialraum.name,
        stand.index_status,
        stand.index_grund,
        stand.klassen_90,
        stand.rang_von,
        stand.rang_bis,
        coalesce(stand.klasse, wahrscheinlichste.klasse) AS klasse,
        stand.klasse IS NULL OR contains(stand.klassen_90, ' ') AS unsicher,
        st_geomfromwkb(sozialraum.geometrie) AS gestalt
    FROM sozialraum
    INNER JOIN gesucht ON sozialraum.zuschnitt = gesucht.zuschnitt
    LEFT JOIN stand ON sozialraum.sozialraum_id = stand.raum_id
    LEFT JOIN wahrscheinlichste ON sozialraum.sozialraum_id = wahrscheinlichste.raum_id
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
    gezeigt.index_status AS status,
    gezeigt.index_grund AS grund,
    gezeigt.klasse,
    gezeigt.klassen_90,
    gezeigt.unsicher,
    gezeigt.rang_von,
    gezeigt.rang_bis,
    gesucht.index_version,
    rahmen.west,
    rahmen.sued,
    rahmen.ost,
    rahmen.nord,
    st_assvg(gezeigt.gestalt, FALSE, 1) AS pfad
FROM gezeigt
CROSS JOIN rahmen
CROSS JOIN gesucht
ORDER BY gezeigt.sozialraum_id
