-- One row per Sozialraum: its class in the main index of the release at the Stichtag, the classes that hold 90 %, and
-- the range of its rank.
WITH benannt AS (
    SELECT
        index_klasse.klasse,
        index_klasse.label_de
    FROM index_klasse
    INNER JOIN hauptindex
        ON index_klasse.index_id = hauptindex.index_id AND index_klasse.index_version = hauptindex.index_version
    WHERE index_klasse.klassenart = 'stand'
),

alle AS (
    SELECT list(label_de ORDER BY klasse) AS klassen
    FROM benannt
)

SELECT
    index_wert.raum_id,
    hauptindex.label_de AS index_label,
    index_wert.index_status,
    index_wert.rang_von,
    index_wert.rang_bis,
    index_wert.veraenderung_urteil,
    benannt.label_de AS klasse_label,
    index_wert.klassen_90,
    alle.klassen
FROM index_wert
INNER JOIN hauptindex
    ON
        index_wert.index_id = hauptindex.index_id
        AND index_wert.index_version = hauptindex.index_version
        AND index_wert.massstab = hauptindex.massstab
CROSS JOIN alle
LEFT JOIN benannt ON index_wert.klasse = benannt.klasse
WHERE
    index_wert.raumebene = 'sozialraum'
    AND index_wert.stichtag = getvariable('stichtag')::DATE
ORDER BY index_wert.raum_id
