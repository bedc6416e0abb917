-- One row per Sozialraum and Stichtag, with one column per Indikator of the codebook: a series on today's Zuschnitt. A
-- Stichtag that cannot be brought there stands on the newest on which it has figures. The method is the least sure of
-- the row.
WITH unsicherste AS (
    SELECT
        feld.zuschnitt,
        feld.sozialraum_id,
        feld.stichtag,
        arg_max(feld.methode, methode.rang) AS methode
    FROM sozialraum_feld AS feld
    INNER JOIN katalog.methode ON feld.methode = methode.methode
    WHERE feld.wert IS NOT NULL
    GROUP BY feld.zuschnitt, feld.sozialraum_id, feld.stichtag
),

zelle AS (
    SELECT
        feld.zuschnitt,
        feld.sozialraum_id,
        feld.name,
        feld.stichtag,
        unsicherste.methode,
        feld.indikator_id,
        feld.wert
    FROM sozialraum_feld AS feld
    LEFT JOIN unsicherste
        ON
            feld.zuschnitt = unsicherste.zuschnitt
            AND feld.sozialraum_id = unsicherste.sozialraum_id
            AND feld.stichtag = unsicherste.stichtag
)

PIVOT zelle
ON indikator_id
USING any_value(wert)
GROUP BY zuschnitt, sozialraum_id, name, stichtag, methode
