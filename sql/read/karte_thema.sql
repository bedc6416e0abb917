-- One row: the Indikator of a map, with the newest Stichtag at or beside the one asked for, and the release.
WITH gezeigt AS (
    SELECT max(stichtag) AS stichtag
    FROM wert
    WHERE
        indikator_id = getvariable('indikator')
        AND raumebene = 'sozialraum'
        AND stichtag = coalesce(getvariable('stichtag')::DATE, stichtag)
)

SELECT
    indikator.label_de,
    indikator.typ,
    indikator.einheit,
    indikator.nachkommastellen,
    gezeigt.stichtag::VARCHAR AS stichtag,
    _release.version,
    _release.stadt,
    _release.synthetisch
FROM indikator
CROSS JOIN gezeigt
CROSS JOIN _release
WHERE indikator.indikator_id = getvariable('indikator')
