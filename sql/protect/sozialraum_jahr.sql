-- One row a Sozialraum and Stichtag on its Zuschnitt, with one column an Indikator of the codebook.
WITH sozialraum_wert AS (
    SELECT
        wert.*,
        raum.name
    FROM wert
    INNER JOIN raum
        ON
            wert.zuschnitt = raum.zuschnitt
            AND wert.raumebene = raum.raumebene
            AND wert.raum_id = raum.raum_id
    WHERE wert.raumebene = 'sozialraum'
),

zeile AS (
    SELECT DISTINCT
        zuschnitt,
        raum_id,
        name,
        stichtag
    FROM sozialraum_wert
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
