-- One row: the Indikator by which the layer of a Raumebene (table lage) is coloured, with the limits of five classes of
-- equally many units: the first share that says need, or else the first share, or else the first that has figures.
WITH zahl AS (
    SELECT
        indikator_id,
        quantile_disc(wert, [0, 0.2, 0.4, 0.6, 0.8, 1]) AS grenzen
    FROM memory.figur
    WHERE
        raumebene = getvariable('raumebene')
        AND heutig
        AND zuschnitt = getvariable('zuschnitt')
        AND stichtag = (SELECT max(lage.stichtag) FROM lage)
        AND wert IS NOT NULL
    GROUP BY indikator_id
)

SELECT
    indikator.indikator_id,
    indikator.einheit,
    indikator.nachkommastellen,
    list_sort(list_distinct(zahl.grenzen)) AS grenzen
FROM zahl
INNER JOIN indikator ON zahl.indikator_id = indikator.indikator_id
ORDER BY
    indikator.typ = 'anteil' AND indikator.richtung <> 'neutral' DESC,
    indikator.typ = 'anteil' DESC,
    indikator.position ASC
LIMIT 1
