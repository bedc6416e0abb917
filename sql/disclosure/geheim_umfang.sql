-- One row per Raumebene and Zuschnitt, and below it per Indikator: how many figures are published and suppressed, and
-- which share of the residents whose number is published live where the figure is (NULL where none is, and of the
-- number of residents itself).
WITH einwohner AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        wert AS einwohner
    FROM wert_alle
    WHERE indikator_id = 'einwohner' AND wert IS NOT NULL
),

bekannt AS (
    SELECT
        wert.zuschnitt,
        wert.raumebene,
        wert.indikator_id,
        wert.status = 'geschuetzt' AS geschuetzt,
        einwohner.einwohner
    FROM wert_alle AS wert
    LEFT JOIN einwohner
        ON
            wert.zuschnitt = einwohner.zuschnitt
            AND wert.raumebene = einwohner.raumebene
            AND wert.raum_id = einwohner.raum_id
            AND wert.stichtag = einwohner.stichtag
    WHERE wert.wert IS NOT NULL OR wert.status = 'geschuetzt'
),

gezaehlt AS (
    SELECT
        raumebene,
        zuschnitt,
        indikator_id,
        count(*) AS werte,
        count(*) FILTER (WHERE geschuetzt) AS geschuetzt,
        sum(einwohner) FILTER (WHERE NOT geschuetzt AND indikator_id <> 'einwohner')
        / nullif(sum(einwohner) FILTER (WHERE indikator_id <> 'einwohner'), 0) AS anteil_einwohner
    FROM bekannt
    GROUP BY GROUPING SETS ((raumebene, zuschnitt), (raumebene, zuschnitt, indikator_id))
)

SELECT
    gezaehlt.raumebene,
    raumebene.label_de AS raumebene_label,
    gezaehlt.zuschnitt,
    gezaehlt.indikator_id,
    indikator.label_de AS label,
    gezaehlt.werte,
    gezaehlt.geschuetzt,
    gezaehlt.anteil_einwohner
FROM gezaehlt
INNER JOIN raumebene ON gezaehlt.raumebene = raumebene.raumebene
LEFT JOIN indikator ON gezaehlt.indikator_id = indikator.indikator_id
ORDER BY gezaehlt.zuschnitt DESC, raumebene.rang ASC, indikator.position ASC NULLS FIRST
