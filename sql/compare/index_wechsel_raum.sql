-- One row per unit of the finest Raumebene whose class of the city's main index is another at the newest Stichtag than
-- at the one before, the largest changes first (the variable `hoechstens` of them): what the change is made of.
WITH fein AS (
    SELECT arg_min(raumebene, rang) AS raumebene
    FROM fortschreibung.raumebene
),

wechsel AS (
    SELECT ursache.*
    FROM fortschreibung.index_ursache AS ursache
    INNER JOIN fein ON ursache.raumebene = fein.raumebene
    INNER JOIN hauptindex
        ON
            ursache.index_id = hauptindex.index_id
            AND ursache.index_version = hauptindex.index_version
            AND ursache.massstab = hauptindex.massstab
    WHERE
        ursache.stichtag = (SELECT max(neueste.stichtag) FROM fortschreibung.index_ursache AS neueste)
        AND ursache.klasse <> ursache.von_klasse
)

SELECT
    wechsel.zuschnitt,
    wechsel.raumebene,
    wechsel.raum_id,
    einheit_name.name,
    davor.label_de AS class_before,
    jetzt.label_de AS class_after,
    wechsel.klasse_ursache AS cause,
    wechsel.punkte_differenz AS difference,
    wechsel.teil_raum AS raum,
    wechsel.teil_zufall AS zufall,
    wechsel.teil_stadt AS stadt,
    wechsel.teil_zuschnitt AS redrawn,
    wechsel.teil_definition AS definition
FROM wechsel
INNER JOIN fortschreibung.index_klasse AS jetzt
    ON
        wechsel.index_id = jetzt.index_id
        AND wechsel.index_version = jetzt.index_version
        AND wechsel.klasse = jetzt.klasse
        AND jetzt.klassenart = 'stand'
INNER JOIN fortschreibung.index_klasse AS davor
    ON
        wechsel.index_id = davor.index_id
        AND wechsel.von_version = davor.index_version
        AND wechsel.von_klasse = davor.klasse
        AND davor.klassenart = 'stand'
LEFT JOIN einheit_name
    ON
        wechsel.zuschnitt = einheit_name.zuschnitt
        AND wechsel.raumebene = einheit_name.raumebene
        AND wechsel.raum_id = einheit_name.raum_id
ORDER BY abs(wechsel.punkte_differenz) DESC, wechsel.raum_id ASC
LIMIT getvariable('hoechstens')
