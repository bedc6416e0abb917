-- One row per pair of an old and a new unit of a Raumebene that share base units: how many, and the residents that live
-- in them. Base units of one combination lie in the same units, so that combinations are joined, not base units.
WITH bestand AS (
    SELECT
        kombination,
        count(*) AS basiseinheiten
    FROM kombination
    GROUP BY kombination
),

bewohner AS (
    SELECT
        stichtag,
        kombination,
        wert AS einwohner
    FROM merkmal_kombination
    WHERE merkmal = 'einwohner'
)

SELECT
    umbau.von_zuschnitt,
    umbau.nach_zuschnitt,
    umbau.stichtag,
    alt.raumebene,
    alt.raum_id AS von_id,
    neu.raum_id AS nach_id,
    sum(bestand.basiseinheiten)::BIGINT AS basiseinheiten,
    coalesce(round(sum(bewohner.einwohner), 6), 0) AS einwohner
FROM umbau
INNER JOIN kombination_raum AS alt ON umbau.von_zuschnitt = alt.zuschnitt
INNER JOIN kombination_raum AS neu
    ON
        umbau.nach_zuschnitt = neu.zuschnitt
        AND alt.kombination = neu.kombination
        AND alt.raumebene = neu.raumebene
INNER JOIN bestand ON alt.kombination = bestand.kombination
LEFT JOIN bewohner
    ON
        umbau.stichtag = bewohner.stichtag
        AND alt.kombination = bewohner.kombination
GROUP BY ALL
