-- One row per Sozialraum: its class in the first index of the release at the Stichtag, the classes that hold 90 %, and
-- the range of its rank.
WITH erster AS (
    SELECT
        index_id,
        index_version,
        label_de
    FROM index_definition
    ORDER BY position ASC, index_version DESC
    LIMIT 1
),

benannt AS (
    SELECT
        index_klasse.klasse,
        index_klasse.label_de
    FROM index_klasse
    INNER JOIN erster
        ON index_klasse.index_id = erster.index_id AND index_klasse.index_version = erster.index_version
    WHERE index_klasse.klassenart = 'stand'
),

alle AS (
    SELECT list(label_de ORDER BY klasse) AS klassen
    FROM benannt
)

SELECT
    index_wert.raum_id,
    erster.label_de AS index_label,
    index_wert.index_status,
    index_wert.rang_von,
    index_wert.rang_bis,
    index_wert.veraenderung_urteil,
    benannt.label_de AS klasse_label,
    index_wert.klassen_90,
    alle.klassen
FROM index_wert
INNER JOIN erster
    ON index_wert.index_id = erster.index_id AND index_wert.index_version = erster.index_version
CROSS JOIN alle
LEFT JOIN benannt ON index_wert.klasse = benannt.klasse
WHERE
    index_wert.raumebene = 'sozialraum'
    AND index_wert.stichtag = getvariable('stichtag')::DATE
    AND index_wert.massstab = 'jahr'
ORDER BY index_wert.raum_id
