-- One row a Merkmal of a unit at a Stichtag on a Zuschnitt: the sum over its base units.
-- A register lists persons, so a unit without a person has 0; a table that lacks a unit leaves it out.
WITH summe AS (
    SELECT
        merkmal_kombination.zuschnitt,
        kombination_raum.raumebene,
        kombination_raum.raum_id,
        merkmal_kombination.stichtag,
        merkmal_kombination.merkmal,
        sum(merkmal_kombination.wert) AS wert,
        sum(merkmal_kombination.teile)::BIGINT AS teile,
        list_sort(flatten(list(merkmal_kombination.unbekannte) FILTER (merkmal_kombination.unbekannte IS NOT NULL)))
            AS unbekannte
    FROM merkmal_kombination
    INNER JOIN kombination_raum
        ON
            merkmal_kombination.zuschnitt = kombination_raum.zuschnitt
            AND merkmal_kombination.kombination = kombination_raum.kombination
    GROUP BY ALL
),

im_register AS (
    SELECT DISTINCT register.stichtag
    FROM stage.register
),

register_merkmal AS (
    SELECT column_name AS merkmal
    FROM (DESCRIBE stage.register)
    WHERE column_name NOT IN ('quelle', 'stichtag', 'basis', 'basis_id')
),

ohne_person AS (
    SELECT
        stichtag_zuschnitt.zuschnitt,
        raum.raumebene,
        raum.raum_id,
        im_register.stichtag,
        register_merkmal.merkmal
    FROM im_register
    INNER JOIN stichtag_zuschnitt ON im_register.stichtag = stichtag_zuschnitt.stichtag
    INNER JOIN raum ON stichtag_zuschnitt.zuschnitt = raum.zuschnitt
    CROSS JOIN register_merkmal
    ANTI JOIN summe
        ON
            stichtag_zuschnitt.zuschnitt = summe.zuschnitt
            AND raum.raumebene = summe.raumebene
            AND raum.raum_id = summe.raum_id
            AND im_register.stichtag = summe.stichtag
            AND register_merkmal.merkmal = summe.merkmal
)

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    merkmal,
    wert,
    teile,
    coalesce(len(unbekannte), 0) AS teile_unbekannt,
    unbekannte
FROM summe

UNION ALL

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    merkmal,
    0.0 AS wert,
    0 AS teile,
    0 AS teile_unbekannt,
    NULL AS unbekannte
FROM ohne_person

UNION ALL

SELECT
    raum.zuschnitt,
    raum.raumebene,
    raum.raum_id,
    stichtag_zuschnitt.stichtag,
    'flaeche_km2' AS merkmal,
    raum.flaeche_km2 AS wert,
    1 AS teile,
    0 AS teile_unbekannt,
    NULL AS unbekannte
FROM raum
INNER JOIN stichtag_zuschnitt ON raum.zuschnitt = stichtag_zuschnitt.zuschnitt
WHERE raum.flaeche_km2 IS NOT NULL
