-- One row per Sozialraum, Stichtag and Indikator of the codebook: the fields of the wide tables. The Stichtage are a
-- series on today's Zuschnitt; one that cannot be brought there stands on the newest on which it has figures. A field
-- without a figure says why.
WITH stand AS (
    SELECT
        stichtag.stichtag,
        coalesce(raum_stand.zuschnitt, stichtag.zuschnitt) AS zuschnitt
    FROM stichtag
    LEFT JOIN raum_stand ON stichtag.stichtag = raum_stand.stichtag AND raum_stand.raumebene = 'sozialraum'
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
)

SELECT
    zeile.zuschnitt,
    zeile.raum_id AS sozialraum_id,
    zeile.name,
    zeile.stichtag,
    indikator.indikator_id,
    wert_alle.wert,
    wert_alle.methode,
    coalesce(wert_alle.status, 'nicht_geliefert') AS status
FROM zeile
CROSS JOIN katalog.indikator
LEFT JOIN wert_alle
    ON
        wert_alle.raumebene = 'sozialraum'
        AND zeile.zuschnitt = wert_alle.zuschnitt
        AND zeile.raum_id = wert_alle.raum_id
        AND zeile.stichtag = wert_alle.stichtag
        AND indikator.indikator_id = wert_alle.indikator_id
