-- One row a Sozialraum and Stichtag on its Zuschnitt, with one column an Indikator of the codebook.
WITH sozialraum_wert AS (
    SELECT *
    FROM wert
    WHERE raumebene = 'sozialraum'
),

zeile AS (
    SELECT
        raum.zuschnitt,
        raum.raum_id,
        raum.name,
        stichtag.stichtag
    FROM raum
    INNER JOIN stichtag ON raum.zuschnitt = stichtag.zuschnitt
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
