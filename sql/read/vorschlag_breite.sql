-- One row per Indikator of a Sozialraum on a proposed Zuschnitt that is an estimate at some Stichtag: half of its 90 %
-- interval where that is widest, and the same of the unit of that id on today's Zuschnitt. It reads the tables of
-- sql/transform.
WITH geschaetzt AS (
    SELECT
        zuschnitt,
        raum_id,
        indikator_id,
        stichtag,
        wert,
        unsicherheit
    FROM indikator_wert
    WHERE
        raumebene = 'sozialraum'
        AND unsicherheit IS NOT NULL
        AND list_contains(getvariable('indikatoren'), indikator_id)
),

breiteste AS (
    SELECT *
    FROM geschaetzt
    WHERE zuschnitt = getvariable('vorschlag')
    QUALIFY row_number() OVER (PARTITION BY raum_id, indikator_id ORDER BY unsicherheit DESC, stichtag DESC) = 1
)

SELECT
    breiteste.raum_id,
    breiteste.indikator_id,
    breiteste.stichtag,
    breiteste.wert,
    breiteste.unsicherheit,
    heute.unsicherheit AS unsicherheit_heute
FROM breiteste
LEFT JOIN geschaetzt AS heute
    ON
        heute.zuschnitt = getvariable('zuschnitt')
        AND breiteste.raum_id = heute.raum_id
        AND breiteste.indikator_id = heute.indikator_id
        AND breiteste.stichtag = heute.stichtag
ORDER BY breiteste.raum_id, breiteste.indikator_id
