-- One row per Sozialraum and Stichtag, with one column per Indikator of the codebook: a series on today's Zuschnitt. A
-- Stichtag that cannot be brought there stands on the newest on which it has figures.
WITH stand AS (
    SELECT
        stichtag.stichtag,
        coalesce(max(wert.zuschnitt), any_value(stichtag.zuschnitt)) AS zuschnitt
    FROM stichtag
    LEFT JOIN wert ON stichtag.stichtag = wert.stichtag AND wert.raumebene = 'sozialraum'
    GROUP BY stichtag.stichtag
),

sozialraum_wert AS (
    SELECT *
    FROM wert
    WHERE raumebene = 'sozialraum'
),

zeile AS (
    SELECT
        raum.zuschnitt,
        raum.raum_id,
        raum.name,
        stand.stichtag
    FROM raum
    INNER JOIN stand ON raum.zuschnitt = stand.zuschnitt
    WHERE raum.raumebene = 'sozialraum'
),

jedes_feld AS (
    SELECT
        zeile.zuschnitt,
        zeile.raum_id AS sozialraum_id,
        zeile.name,
        zeile.stichtag,
        indikator.indikator_id,
        sozialraum_wert.wert
    FROM zeile
    CROSS JOIN katalog.indikator
    LEFT JOIN sozialraum_wert
        ON
            zeile.zuschnitt = sozialraum_wert.zuschnitt
            AND zeile.raum_id = sozialraum_wert.raum_id
            AND zeile.stichtag = sozialraum_wert.stichtag
            AND indikator.indikator_id = sozialraum_wert.indikator_id
)

PIVOT jedes_feld
ON indikator_id
USING any_value(wert)
GROUP BY zuschnitt, sozialraum_id, name, stichtag
