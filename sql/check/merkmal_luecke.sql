-- One row is a Merkmal that the Stichtag before the newest had and the newest has not.
WITH folge AS (
    SELECT
        stichtag,
        row_number() OVER (ORDER BY stichtag DESC) AS platz
    FROM stichtag
),

vorhanden AS (
    SELECT DISTINCT
        folge.platz,
        folge.stichtag,
        merkmal_raum.merkmal
    FROM folge
    INNER JOIN merkmal_raum
        ON folge.stichtag = merkmal_raum.stichtag
    WHERE folge.platz <= 2 AND merkmal_raum.wert IS NOT NULL
),

neueste AS (
    SELECT merkmal
    FROM vorhanden
    WHERE platz = 1
)

SELECT
    vorhanden.merkmal AS einheit,
    'nothing at the newest Stichtag' AS gefunden,
    'figures, as at ' || vorhanden.stichtag AS erwartet
FROM vorhanden
ANTI JOIN neueste
    ON vorhanden.merkmal = neueste.merkmal
WHERE vorhanden.platz = 2
ORDER BY vorhanden.merkmal
