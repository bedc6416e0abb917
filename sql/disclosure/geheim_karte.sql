-- One row per Sozialraum of the newest Zuschnitt at its newest Stichtag with figures: how many of them are suppressed,
-- its outline in SVG's path language, and the box around all of them.
WITH juengster AS (
    SELECT
        zuschnitt,
        max(stichtag) AS stichtag
    FROM wert
    WHERE raumebene = 'sozialraum' AND (wert IS NOT NULL OR status = 'geschuetzt')
    GROUP BY zuschnitt
    ORDER BY zuschnitt DESC
    LIMIT 1
),

gezaehlt AS (
    SELECT
        wert.zuschnitt,
        wert.raum_id,
        juengster.stichtag,
        count(*) AS werte,
        count(*) FILTER (WHERE wert.status = 'geschuetzt') AS geschuetzt
    FROM wert
    INNER JOIN juengster ON wert.zuschnitt = juengster.zuschnitt AND wert.stichtag = juengster.stichtag
    WHERE wert.raumebene = 'sozialraum' AND (wert.wert IS NOT NULL OR wert.status = 'geschuetzt')
    GROUP BY wert.zuschnitt, wert.raum_id, juengster.stichtag
),

gestalt AS (
    SELECT
        zuschnitt,
        sozialraum_id AS raum_id,
        name,
        st_geomfromwkb(geometrie) AS umriss
    FROM sozialraum
    WHERE geometrie IS NOT NULL
),

rahmen AS (
    SELECT
        min(st_xmin(gestalt.umriss)) AS west,
        min(st_ymin(gestalt.umriss)) AS sued,
        max(st_xmax(gestalt.umriss)) AS ost,
        max(st_ymax(gestalt.umriss)) AS nord
    FROM gezaehlt
    INNER JOIN gestalt ON gezaehlt.zuschnitt = gestalt.zuschnitt AND gezaehlt.raum_id = gestalt.raum_id
)

SELECT
    gezaehlt.raum_id,
    gestalt.name,
    gezaehlt.zuschnitt,
    gezaehlt.stichtag::VARCHAR AS stichtag,
    gezaehlt.werte,
    gezaehlt.geschuetzt,
    svg_pfad(gestalt.umriss) AS pfad,
    rahmen.west,
    rahmen.sued,
    rahmen.ost,
    rahmen.nord
FROM gezaehlt
CROSS JOIN rahmen
LEFT JOIN gestalt ON gezaehlt.zuschnitt = gestalt.zuschnitt AND gezaehlt.raum_id = gestalt.raum_id
ORDER BY gezaehlt.raum_id
