-- One row per Sozialraum and Stichtag on a Zuschnitt: score, class and status of the main index.
SELECT
    index_wert_alle.zuschnitt,
    index_wert_alle.raum_id AS sozialraum_id,
    index_wert_alle.stichtag,
    index_wert_alle.punkte AS index_punkte,
    index_wert_alle.klasse AS index_klasse,
    index_wert_alle.index_status
FROM index_wert_alle
INNER JOIN hauptindex
    ON
        index_wert_alle.index_id = hauptindex.index_id
        AND index_wert_alle.index_version = hauptindex.index_version
        AND index_wert_alle.massstab = hauptindex.massstab
WHERE index_wert_alle.raumebene = 'sozialraum'
