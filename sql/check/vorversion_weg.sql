-- One row per Stichtag, unit or Indikator of the last release that has figures no more.
WITH stichtag_damals AS (
    SELECT DISTINCT stichtag
    FROM _vorversion_wert
),

stichtag_jetzt AS (
    SELECT DISTINCT stichtag
    FROM indikator_wert
    WHERE wert IS NOT NULL
),

einheit_damals AS (
    SELECT DISTINCT
        zuschnitt,
        raumebene,
        raum_id
    FROM _vorversion_wert
),

einheit_jetzt AS (
    SELECT DISTINCT
        zuschnitt,
        raumebene,
        raum_id
    FROM indikator_wert
    WHERE wert IS NOT NULL
),

indikator_damals AS (
    SELECT DISTINCT indikator_id
    FROM _vorversion_wert
),

indikator_jetzt AS (
    SELECT DISTINCT indikator_id
    FROM indikator_wert
    WHERE wert IS NOT NULL
),

weg AS (
    SELECT
        'stichtag' AS art,
        stichtag::VARCHAR AS name
    FROM stichtag_damals
    ANTI JOIN stichtag_jetzt USING (stichtag)
    UNION ALL
    SELECT
        'einheit' AS art,
        concat(raumebene, ' ', raum_id, ', Zuschnitt ', zuschnitt) AS name
    FROM einheit_damals
    ANTI JOIN einheit_jetzt USING (zuschnitt, raumebene, raum_id)
    UNION ALL
    SELECT
        'indikator' AS art,
        indikator_id AS name
    FROM indikator_damals
    ANTI JOIN indikator_jetzt USING (indikator_id)
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
