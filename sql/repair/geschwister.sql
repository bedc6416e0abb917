-- One row per count that is suppressed for the sake of a finding: the smallest that are still told beside it, as many
-- as the variable geschwister says; of its own kind of people before others, and where none is left, beside the unit
-- around it; none that an earlier release told of the same unit, on whatever Zuschnitt, since everybody knows it.
WITH drueber AS (
    SELECT
        raum.zuschnitt,
        raum.raumebene,
        raum.raum_id,
        ebene.rang,
        ober.raumebene AS ober,
        raum.eltern[ober.raumebene] AS ober_id
    FROM raum
    INNER JOIN katalog.raumebene AS ebene ON raum.raumebene = ebene.raumebene
    LEFT JOIN katalog.raumebene AS ober ON list_contains(map_keys(raum.eltern), ober.raumebene)
    QUALIFY ober.rang IS NOT DISTINCT FROM min(ober.rang) OVER (
        PARTITION BY raum.zuschnitt, raum.raumebene, raum.raum_id
    )
),

kette AS (
    SELECT
        nummer,
        zuschnitt,
        raumebene,
        raum_id
    FROM befund

    UNION

    SELECT
        befund.nummer,
        raum.zuschnitt,
        unnest(map_keys(raum.eltern)) AS raumebene,
        unnest(map_values(raum.eltern)) AS raum_id
    FROM befund
    INNER JOIN raum
        ON
            befund.zuschnitt = raum.zuschnitt
            AND befund.raumebene = raum.raumebene
            AND befund.raum_id = raum.raum_id
),

anderes AS (
    SELECT
        kette.nummer,
        andere.zuschnitt,
        andere.raumebene,
        andere.raum_id,
        andere.rang,
        andere.raum_id = kette.raum_id AS enthaelt,
        andere.raum_id = befund.raum_id AND andere.raumebene = befund.raumebene AS selbst
    FROM kette
    INNER JOIN befund ON kette.nummer = befund.nummer
    INNER JOIN drueber AS seine
        ON
            kette.zuschnitt = seine.zuschnitt AND kette.raumebene = seine.raumebene
            AND kette.raum_id = seine.raum_id
    INNER JOIN drueber AS andere
        ON
            seine.zuschnitt = andere.zuschnitt AND seine.raumebene = andere.raumebene
            AND seine.ober IS NOT DISTINCT FROM andere.ober AND seine.ober_id IS NOT DISTINCT FROM andere.ober_id
),

bekannt AS (
    SELECT DISTINCT
        raum_dauer.raumebene,
        raum_dauer.dauer_id,
        angabe_gleich.stichtag,
        angabe_gleich.seite
    FROM angabe_gleich
    INNER JOIN raum_dauer
        ON
            angabe_gleich.zuschnitt = raum_dauer.zuschnitt
            AND angabe_gleich.raumebene = raum_dauer.raumebene
            AND angabe_gleich.raum_id = raum_dauer.raum_id
),

billigstes AS (
    SELECT
        befund.nummer,
        angabe.*
    FROM befund
    INNER JOIN anderes ON befund.nummer = anderes.nummer
    INNER JOIN verwandt ON befund.seite = verwandt.seite AND (befund.seite = verwandt.andere OR anderes.selbst)
    INNER JOIN angabe
        ON
            anderes.zuschnitt = angabe.zuschnitt AND anderes.raumebene = angabe.raumebene
            AND anderes.raum_id = angabe.raum_id AND befund.stichtag = angabe.stichtag
            AND verwandt.andere = angabe.seite AND angabe.wert > 0
    LEFT JOIN raum_dauer
        ON
            angabe.zuschnitt = raum_dauer.zuschnitt
            AND angabe.raumebene = raum_dauer.raumebene
            AND angabe.raum_id = raum_dauer.raum_id
    ANTI JOIN bekannt
        ON
            raum_dauer.raumebene = bekannt.raumebene
            AND raum_dauer.dauer_id = bekannt.dauer_id
            AND angabe.stichtag = bekannt.stichtag
            AND angabe.seite = bekannt.seite
    WHERE
        NOT EXISTS (
            FROM angabe_still AS still
            WHERE
                still.zuschnitt = angabe.zuschnitt AND still.raumebene = angabe.raumebene
                AND still.raum_id = angabe.raum_id AND still.stichtag = angabe.stichtag AND still.seite = angabe.seite
        )
    QUALIFY row_number() OVER (
        PARTITION BY befund.nummer
        ORDER BY
            anderes.rang, befund.seite <> verwandt.andere, NOT anderes.enthaelt, angabe.wert, angabe.raum_id,
            angabe.seite
    ) <= getvariable('geschwister')
)

SELECT DISTINCT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    seite
FROM billigstes
