-- One row per Stichtag of a release, as a refresh prints it at its end: units, residents, how many figures, estimates
-- and suppressed ones.
WITH stadt AS (
    SELECT arg_max(raumebene, rang) AS raumebene
    FROM raumebene
),

einheiten AS (
    SELECT
        stichtag,
        zuschnitt,
        count(*) AS sozialraeume
    FROM sozialraum_jahr
    GROUP BY stichtag, zuschnitt
)

SELECT
    wert.stichtag::VARCHAR AS stichtag,
    wert.zuschnitt,
    any_value(einheiten.sozialraeume) AS sozialraeume,
    max(wert.wert) FILTER (wert.indikator_id = 'einwohner' AND wert.raumebene = stadt.raumebene)::BIGINT AS einwohner,
    count(wert.wert) AS angaben,
    count(wert.wert) FILTER (list_contains(getvariable('schaetzungen'), wert.methode)) AS geschaetzt,
    count(*) FILTER (wert.status = 'geschuetzt') AS geschuetzt
FROM wert
INNER JOIN einheiten ON wert.stichtag = einheiten.stichtag AND wert.zuschnitt = einheiten.zuschnitt
CROSS JOIN stadt
GROUP BY wert.stichtag, wert.zuschnitt
ORDER BY wert.stichtag
