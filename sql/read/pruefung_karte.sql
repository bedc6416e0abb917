-- One row per Sozialraum of the reviewed Zuschnitt, and per base unit that is `genannt`: its outline in SVG's path
-- language, and the box around all of them. It reads the tables of sql/redrawing.
WITH einheit AS (
    SELECT
        grund_einheit.sozialraum,
        grund_einheit.basis_id,
        st_geomfromwkb(grund_flaeche.wkb) AS gestalt
    FROM grund_einheit
    INNER JOIN grund_flaeche ON grund_einheit.basis_id = grund_flaeche.basis_id
),

umriss AS (
    SELECT
        sozialraum,
        NULL AS basis_id,
        st_union_agg(gestalt ORDER BY basis_id) AS gestalt
    FROM einheit
    GROUP BY sozialraum

    UNION ALL

    SELECT
        sozialraum,
        basis_id,
        gestalt
    FROM einheit
    WHERE list_contains(getvariable('genannt'), basis_id)
),

rahmen AS (
    SELECT
        min(st_xmin(gestalt)) AS west,
        min(st_ymin(gestalt)) AS sued,
        max(st_xmax(gestalt)) AS ost,
        max(st_ymax(gestalt)) AS nord
    FROM einheit
)

SELECT
    umriss.sozialraum,
    umriss.basis_id,
    svg_pfad(umriss.gestalt) AS pfad,
    rahmen.west,
    rahmen.sued,
    rahmen.ost,
    rahmen.nord
FROM umriss
CROSS JOIN rahmen
ORDER BY umriss.sozialraum, umriss.basis_id
