-- One row if there is any index: the main index, which every form of a release shows first. That is, of those with
-- a class at the newest Stichtag, the first in the order of the definitions, so that a version that ended makes way;
-- measured by the city of the Stichtag if it is so at all. It is found in the working database, and again in a release.
SELECT
    index_definition.index_id,
    index_definition.index_version,
    index_definition.label_de,
    index_definition.label_en,
    max(index_wert_alle.massstab) AS massstab
FROM index_wert_alle
INNER JOIN index_definition
    ON
        index_wert_alle.index_id = index_definition.index_id
        AND index_wert_alle.index_version = index_definition.index_version
WHERE index_wert_alle.raumebene = 'sozialraum'
GROUP BY
    index_definition.index_id, index_definition.index_version, index_definition.label_de, index_definition.label_en,
    index_definition.position
ORDER BY
    max(index_wert_alle.stichtag) FILTER (index_wert_alle.klasse_von IS NOT NULL) DESC NULLS LAST,
    index_definition.position ASC
LIMIT 1
