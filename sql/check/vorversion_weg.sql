-- One row per Stichtag, unit or Indikator of the last release that has figures no more.
WITH jetzt AS (
    SELECT DISTINCT
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        indikator_id
    FROM indikator_wert
    WHERE wert IS NOT NULL
),

weg AS (
    SELECT DISTINCT
        'stichtag' AS art,
        stichtag::VARCHAR AS name
    FROM _vorversion_wert
    ANTI JOIN jetzt USING (stichtag)
    UNION ALL
    SELECT DISTINCT
        'einheit' AS art,
        concat(raumebene, ' ', raum_id, ', Zuschnitt ', zuschnitt) AS name
    FROM _vorversion_wert
    ANTI JOIN jetzt USING (zuschnitt, raumebene, raum_id)
    UNION ALL
    SELECT DISTINCT
        'indikator' AS art,
        indikator_id AS name
    FROM _vorversion_wert
    ANTI JOIN jetzt USING (indikator_id)
)

SELECT
    name AS einheit,
    art <> 'stichtag' AS stichtag_da,
    art <> 'einheit' AS einheit_da,
    art <> 'indikator' AS indikator_da,
    'no figure any more' AS gefunden,
    'figures, as in the last release' AS erwartet
FROM weg
ORDER BY art, name
