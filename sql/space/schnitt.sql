-- One row per pair of an old and a new unit that share area: how much, its share of each, its mean width, and whether
-- it is a sliver: a strip that stands for a line drawn again, not for a change.
-- A piece is a sliver if it is a small share of both units (splitter_anteil), or narrower than any building
-- (splitter_breite, in the unit of the coordinates). The largest piece of a unit never is.
-- Units whose polygon is the same in both Zuschnitte are paired without cutting: no other unit can reach into them.
WITH gleich AS (
    SELECT
        raum_alt.raum_id AS von_id,
        raum_neu.raum_id AS nach_id,
        st_area(raum_alt.gestalt) AS flaeche,
        st_perimeter(raum_alt.gestalt) AS umfang
    FROM raum_alt
    INNER JOIN raum_neu ON raum_alt.gestalt = raum_neu.gestalt
),

alt AS (
    SELECT raum_alt.*
    FROM raum_alt
    ANTI JOIN gleich ON raum_alt.raum_id = gleich.von_id
),

neu AS (
    SELECT raum_neu.*
    FROM raum_neu
    ANTI JOIN gleich ON raum_neu.raum_id = gleich.nach_id
),

beruehrt AS ( -- grouped although every pair occurs once: a grouped result is cut by all threads, a joined one by one
    SELECT
        alt.raum_id AS von_id,
        neu.raum_id AS nach_id,
        any_value(alt.gestalt) AS gestalt_alt,
        any_value(neu.gestalt) AS gestalt_neu
    FROM alt
    INNER JOIN neu ON st_intersects(alt.gestalt, neu.gestalt)
    GROUP BY alt.raum_id, neu.raum_id
),

geschnitten AS MATERIALIZED (
    SELECT
        von_id,
        nach_id,
        st_intersection(gestalt_alt, gestalt_neu) AS stueck
    FROM beruehrt
),

stuecke AS (
    SELECT
        von_id,
        nach_id,
        flaeche,
        umfang
    FROM gleich

    UNION ALL

    SELECT
        von_id,
        nach_id,
        st_area(stueck) AS flaeche,
        st_perimeter(stueck) AS umfang
    FROM geschnitten
    WHERE st_area(stueck) > 0
),

gemessen AS (
    SELECT
        stuecke.von_id,
        stuecke.nach_id,
        stuecke.flaeche,
        stuecke.flaeche / st_area(raum_alt.gestalt) AS anteil_alt,
        stuecke.flaeche / st_area(raum_neu.gestalt) AS anteil_neu,
        2 * stuecke.flaeche / stuecke.umfang AS breite,
        max(stuecke.flaeche) OVER (PARTITION BY stuecke.von_id) AS groesstes_des_alten,
        max(stuecke.flaeche) OVER (PARTITION BY stuecke.nach_id) AS groesstes_des_neuen
    FROM stuecke
    INNER JOIN raum_alt ON stuecke.von_id = raum_alt.raum_id
    INNER JOIN raum_neu ON stuecke.nach_id = raum_neu.raum_id
)

SELECT
    von_id,
    nach_id,
    flaeche,
    anteil_alt,
    anteil_neu,
    breite,
    flaeche < groesstes_des_alten
    AND flaeche < groesstes_des_neuen
    AND (
        greatest(anteil_alt, anteil_neu) < getvariable('splitter_anteil')
        OR breite < getvariable('splitter_breite')
    ) AS splitter
FROM gemessen
