-- One row per Sozialraum and Stichtag on a Zuschnitt: score, class and status of the main index, the first that is
-- computed, measured by the city of the Stichtag if it is so at all.
WITH haupt AS (
    SELECT
        ergebnis.index_id,
        ergebnis.index_version,
        max(ergebnis.massstab) AS massstab
    FROM index_wert_alle AS ergebnis
    INNER JOIN katalog.index_definition
        ON
            ergebnis.index_id = index_definition.index_id
            AND ergebnis.index_version = index_definition.index_version
    GROUP BY ergebnis.index_id, ergebnis.index_version, index_definition.position
    ORDER BY index_definition.position
    LIMIT 1
)

SELECT
    ergebnis.zuschnitt,
    ergebnis.raum_id AS sozialraum_id,
    ergebnis.stichtag,
    ergebnis.punkte AS index_punkte,
    ergebnis.klasse AS index_klasse,
    ergebnis.index_status
FROM index_wert_alle AS ergebnis
INNER JOIN haupt
    ON
        ergebnis.index_id = haupt.index_id
        AND ergebnis.index_version = haupt.index_version
        AND ergebnis.massstab = haupt.massstab
WHERE ergebnis.raumebene = 'sozialraum'
