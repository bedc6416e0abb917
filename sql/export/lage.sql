-- One row per unit of a Raumebene on a Zuschnitt (variable zuschnitt), with its figures at the newest Stichtag that is
-- read there, why others are missing (fehlt), and its outline in a coordinate system (variable crs). The table umriss
-- holds the units, geo_jahr and geo_status their figures.
WITH neueste AS (
    SELECT max(stichtag) AS stichtag
    FROM geo_jahr
    WHERE zuschnitt = getvariable('zuschnitt')
),

figur AS (
    SELECT
        raum_id AS figur_raum_id,
        COLUMNS(* EXCLUDE (zuschnitt, raum_id, name))
    FROM geo_jahr
    WHERE zuschnitt = getvariable('zuschnitt') AND stichtag = (SELECT neueste.stichtag FROM neueste)
),

grund AS (
    SELECT
        geo_status.raum_id AS grund_raum_id,
        string_agg(geo_status.indikator_id || ': ' || geo_status.grund, '; ' ORDER BY indikator.position) AS fehlt
    FROM geo_status
    INNER JOIN indikator ON geo_status.indikator_id = indikator.indikator_id
    WHERE
        geo_status.zuschnitt = getvariable('zuschnitt')
        AND geo_status.stichtag = (SELECT neueste.stichtag FROM neueste)
        AND geo_status.fehlt
    GROUP BY geo_status.raum_id
),

beschrieben AS (
    SELECT
        umriss.*,
        grund.fehlt,
        figur.*
    FROM umriss
    LEFT JOIN grund ON umriss.raum_id = grund.grund_raum_id
    LEFT JOIN figur ON umriss.raum_id = figur.figur_raum_id
    WHERE umriss.zuschnitt = getvariable('zuschnitt')
)

SELECT
    COLUMNS(* EXCLUDE (raum_id, figur_raum_id, geometrie)),
    st_setcrs(geometrie, getvariable('crs')) AS geometrie
FROM beschrieben
ORDER BY raum_id
