-- One row: the Indikator by which the layer of a Raumebene (table lage) is coloured, with its figures there.
WITH zahl AS (
    SELECT
        indikator_id,
        list(wert ORDER BY wert) AS werte
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
    indikator.typ,
    indikator.einheit,
    indikator.nachkommastellen,
    zahl.werte
FROM zahl
INNER JOIN indikator ON zahl.indikator_id = indikator.indikator_id
ORDER BY bild_rang(indikator.typ, indikator.richtung) ASC, indikator.position ASC
LIMIT 1
