-- One row: what the atlas shows first. That is the newest Stichtag at which the main index has classes; without one, of
-- the Indikator that is the picture of the release.
WITH mit_index AS (
    SELECT
        index_wert.index_id,
        index_wert.index_version,
        index_wert.massstab,
        index_wert.zuschnitt,
        index_wert.stichtag
    FROM index_wert
    INNER JOIN hauptindex
        ON
            index_wert.index_id = hauptindex.index_id
            AND index_wert.index_version = hauptindex.index_version
            AND index_wert.massstab = hauptindex.massstab
    WHERE index_wert.raumebene = 'sozialraum' AND index_wert.klasse_von IS NOT NULL
    ORDER BY index_wert.stichtag DESC
    LIMIT 1
),

mit_zahl AS (
    SELECT
        wert.indikator_id,
        wert.zuschnitt,
        wert.stichtag
    FROM wert
    INNER JOIN indikator ON wert.indikator_id = indikator.indikator_id
    WHERE wert.raumebene = 'sozialraum' AND wert.wert IS NOT NULL
    ORDER BY
        wert.stichtag DESC, bild_rang(indikator.typ, indikator.richtung) ASC, indikator.position ASC
    LIMIT 1
)

SELECT
    mit_index.index_id,
    mit_index.index_version,
    mit_index.massstab,
    mit_zahl.indikator_id,
    coalesce(mit_index.zuschnitt, mit_zahl.zuschnitt, _release.zuschnitt) AS zuschnitt,
    coalesce(mit_index.stichtag, mit_zahl.stichtag, _release.stichtag_max)::VARCHAR AS stichtag
FROM _release
LEFT JOIN mit_index ON TRUE
LEFT JOIN mit_zahl ON TRUE
