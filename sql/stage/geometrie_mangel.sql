-- One row per defect of the delivered polygons of a source: invalid, one id twice, an overlap of two, a gap between
-- some.
-- Overlaps and gaps count from the tolerance in sources.toml. A sliver is one whose area is less than a metre times
-- half its outline: the trace of two digitisations of one line, rather than land that two units claim or none.
-- Pairs are only looked for where the outlines of a source's polygons do not fit together edge by edge.
WITH je_quelle AS (
    SELECT DISTINCT ON (quelle, zuschnitt, basis_id, wkb)
        quelle,
        zuschnitt,
        basis_id,
        st_geomfromwkb(wkb) AS gestalt,
        toleranz,
        ungueltig AND NOT reparieren AS kaputt
    FROM polygon
    WHERE quelle = getvariable('quelle')
),

ganze AS (
    SELECT *
    FROM je_quelle
    WHERE NOT kaputt
),

passt_nicht AS (
    SELECT
        quelle,
        zuschnitt
    FROM ganze
    GROUP BY quelle, zuschnitt
    HAVING st_coverageinvalidedges_agg(gestalt) IS NOT NULL
),

verdaechtig AS (
    SELECT ganze.*
    FROM ganze
    INNER JOIN passt_nicht
        ON ganze.quelle = passt_nicht.quelle AND ganze.zuschnitt IS NOT DISTINCT FROM passt_nicht.zuschnitt
),

ueberlappung AS (
    SELECT
        links.quelle,
        links.zuschnitt,
        concat(links.basis_id, ' and ', rechts.basis_id) AS einheit,
        st_intersection(links.gestalt, rechts.gestalt) AS flaeche,
        links.toleranz
    FROM verdaechtig AS links
    INNER JOIN verdaechtig AS rechts ON st_intersects(links.gestalt, rechts.gestalt)
    WHERE
        links.quelle = rechts.quelle
        AND links.zuschnitt IS NOT DISTINCT FROM rechts.zuschnitt
        AND links.basis_id < rechts.basis_id
),

gesamt AS (
    SELECT
        quelle,
        zuschnitt,
        any_value(toleranz) AS toleranz,
        unnest(st_dump(st_union_agg(gestalt))).geom AS teil
    FROM ganze
    GROUP BY quelle, zuschnitt
),

loch AS (
    SELECT
        quelle,
        zuschnitt,
        toleranz,
        unnest(st_dump(st_difference(st_makepolygon(st_exteriorring(teil)), teil))).geom AS flaeche
    FROM gesamt
),

luecke AS (
    SELECT
        loch.quelle,
        loch.zuschnitt,
        string_agg(DISTINCT ganze.basis_id, ', ' ORDER BY ganze.basis_id) AS einheit,
        loch.flaeche,
        any_value(loch.toleranz) AS toleranz
    FROM loch
    INNER JOIN ganze ON st_intersects(loch.flaeche, ganze.gestalt)
    WHERE loch.quelle = ganze.quelle AND loch.zuschnitt IS NOT DISTINCT FROM ganze.zuschnitt
    GROUP BY loch.quelle, loch.zuschnitt, loch.flaeche
),

flaechen AS (
    SELECT
        quelle,
        zuschnitt,
        'ueberlappung' AS mangel,
        einheit,
        flaeche,
        toleranz
    FROM ueberlappung

    UNION ALL

    SELECT
        quelle,
        zuschnitt,
        'luecke' AS mangel,
        einheit,
        flaeche,
        toleranz
    FROM luecke
)

SELECT
    quelle,
    zuschnitt,
    mangel,
    einheit,
    round(st_area(flaeche), 1) AS flaeche_m2,
    st_area(flaeche) < st_perimeter(flaeche) / 2 AS schmal
FROM flaechen
WHERE st_area(flaeche) >= toleranz

UNION ALL

SELECT DISTINCT
    quelle,
    zuschnitt,
    'ungueltig' AS mangel,
    basis_id AS einheit,
    NULL AS flaeche_m2,
    FALSE AS schmal
FROM je_quelle
WHERE kaputt

UNION ALL

SELECT
    quelle,
    zuschnitt,
    'doppelt' AS mangel,
    basis_id AS einheit,
    NULL AS flaeche_m2,
    FALSE AS schmal
FROM je_quelle
GROUP BY quelle, zuschnitt, basis_id
HAVING count(*) > 1
