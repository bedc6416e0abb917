-- One row per unit of a Raumebene with an index at a Stichtag: its score, class, probabilities of the classes and rank.
-- Of several versions and measures, each.
WITH gesucht AS (
    SELECT *
    FROM index_wert
    WHERE
        index_id = getvariable('index_id')
        AND raumebene = getvariable('index_ebene')
        AND stichtag = getvariable('index_stichtag')::DATE
),

moeglich AS (
    SELECT
        gesucht.index_version,
        gesucht.massstab,
        gesucht.raum_id,
        index_klasse.klasse,
        coalesce(index_sicherheit.wahrscheinlichkeit, 0) AS wahrscheinlichkeit
    FROM gesucht
    INNER JOIN index_klasse
        ON
            gesucht.index_id = index_klasse.index_id
            AND gesucht.index_version = index_klasse.index_version
            AND index_klasse.klassenart = 'stand'
    LEFT JOIN index_sicherheit
        ON
            gesucht.zuschnitt = index_sicherheit.zuschnitt
            AND gesucht.raumebene = index_sicherheit.raumebene
            AND gesucht.raum_id = index_sicherheit.raum_id
            AND gesucht.stichtag = index_sicherheit.stichtag
            AND gesucht.index_id = index_sicherheit.index_id
            AND gesucht.index_version = index_sicherheit.index_version
            AND gesucht.massstab = index_sicherheit.massstab
            AND index_klasse.klasse = index_sicherheit.klasse
),

sicher AS (
    SELECT
        index_version,
        massstab,
        raum_id,
        list(wahrscheinlichkeit ORDER BY klasse) AS sicherheit
    FROM moeglich
    GROUP BY index_version, massstab, raum_id
)

SELECT
    gesucht.zuschnitt,
    gesucht.raumebene,
    gesucht.raum_id,
    gesucht.stichtag,
    gesucht.index_id,
    gesucht.index_version,
    gesucht.massstab,
    gesucht.index_status,
    gesucht.index_grund,
    gesucht.punkte,
    gesucht.punkte_von,
    gesucht.punkte_bis,
    gesucht.klasse,
    gesucht.klasse_von,
    gesucht.klasse_bis,
    gesucht.klassen_90,
    gesucht.rang_von,
    gesucht.rang_bis,
    gesucht.veraenderung,
    gesucht.veraenderung_klasse,
    gesucht.veraenderung_urteil,
    gesucht.betroffene,
    raum_name.name,
    sicher.sicherheit
FROM gesucht
INNER JOIN sicher
    ON
        gesucht.index_version = sicher.index_version
        AND gesucht.massstab = sicher.massstab
        AND gesucht.raum_id = sicher.raum_id
LEFT JOIN raum_name ON gesucht.zuschnitt = raum_name.zuschnitt AND gesucht.raum_id = raum_name.raum_id
ORDER BY gesucht.index_version, gesucht.massstab, gesucht.raum_id
