-- One row per Indikator of a report: what is measured of a Sozialraum apart from counts, and its residents. The main
-- ones come first: residents, then what the indices of the city are made of, then those that make its picture.
WITH bestandteil AS (
    SELECT
        index_komponente.indikator_id,
        min((index_definition.position, index_komponente.position)) AS stelle
    FROM index_komponente
    INNER JOIN index_definition
        ON
            index_komponente.index_id = index_definition.index_id
            AND index_komponente.index_version = index_definition.index_version
    GROUP BY index_komponente.indikator_id
),

mit_zahl AS (
    SELECT DISTINCT indikator_id
    FROM wert
    WHERE raumebene = 'sozialraum' AND stichtag = getvariable('stichtag')::DATE AND wert IS NOT NULL
),

stadt AS (
    SELECT
        indikator_id,
        max(wert) FILTER (stichtag = getvariable('stichtag')::DATE) AS stadt,
        max(wert) FILTER (stichtag = getvariable('vorher')::DATE) AS stadt_vorher
    FROM wert
    WHERE raumebene = getvariable('stadtebene')
    GROUP BY indikator_id
)

SELECT
    indikator.indikator_id,
    indikator.label_de,
    indikator.beschreibung_de,
    indikator.einschraenkung_de,
    indikator.einheit,
    indikator.nachkommastellen,
    indikator.typ,
    indikator.thema,
    indikator.position,
    stadt.stadt,
    stadt.stadt_vorher,
    row_number() OVER (
        ORDER BY
            indikator.indikator_id <> 'einwohner' ASC,
            bestandteil.stelle ASC NULLS LAST,
            bild_rang(indikator.typ, indikator.richtung) ASC,
            indikator.position ASC
    ) AS rang
FROM indikator
INNER JOIN mit_zahl ON indikator.indikator_id = mit_zahl.indikator_id
LEFT JOIN stadt ON indikator.indikator_id = stadt.indikator_id
LEFT JOIN bestandteil ON indikator.indikator_id = bestandteil.indikator_id
WHERE indikator.typ <> 'anzahl' OR indikator.indikator_id = 'einwohner'
ORDER BY rang
