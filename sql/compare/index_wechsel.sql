-- One row per index of the newest Stichtag: how many units of the finest Raumebene are in another class than at the
-- Stichtag before, and by which main cause.
WITH fein AS (
    SELECT arg_min(raumebene, rang) AS raumebene
    FROM fortschreibung.raumebene
)

SELECT
    ursache.index_id,
    ursache.index_version,
    ursache.massstab,
    definition.label_de,
    definition.label_en,
    ursache.von_stichtag AS stichtag_before,
    ursache.stichtag,
    count(*) AS units,
    count(*) FILTER (ursache.klasse > ursache.von_klasse) AS higher,
    count(*) FILTER (ursache.klasse < ursache.von_klasse) AS lower,
    count(*) FILTER (ursache.klasse_ursache = 'raum') AS raum,
    count(*) FILTER (ursache.klasse_ursache = 'zufall') AS zufall,
    count(*) FILTER (ursache.klasse_ursache = 'stadt') AS stadt,
    count(*) FILTER (ursache.klasse_ursache = 'zuschnitt') AS zuschnitt,
    count(*) FILTER (ursache.klasse_ursache = 'definition') AS definition
FROM fortschreibung.index_ursache AS ursache
INNER JOIN fein ON ursache.raumebene = fein.raumebene
INNER JOIN fortschreibung.index_definition AS definition
    ON ursache.index_id = definition.index_id AND ursache.index_version = definition.index_version
WHERE ursache.stichtag = (SELECT max(neueste.stichtag) FROM fortschreibung.index_ursache AS neueste)
GROUP BY
    ursache.index_id, ursache.index_version, ursache.massstab, definition.label_de, definition.label_en,
    definition.position, ursache.von_stichtag, ursache.stichtag
ORDER BY definition.position ASC, ursache.massstab DESC
