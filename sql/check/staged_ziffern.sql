-- One row per Merkmal of a source and a base (3 or 5) of which its counts could be multiples.
-- The ratio is Whipple's: how often multiples occur against what each number of the complete windows around them
-- (18-22, 23-27, ...; 17-19, 20-22, ...) would have; 1 = no preference. From 1.25 on the United Nations call an index
-- rough (Manual II, 1955); the excess must also lie beyond 6 standard deviations of the binomial distribution.
WITH ganzzahlig AS (
    SELECT
        nummer.nummer,
        merkmal.merkmal
    FROM _merkmal_nummer AS nummer
    INNER JOIN katalog.merkmal AS merkmal
        ON nummer.merkmal = merkmal.merkmal AND merkmal.ganzzahlig
),

anzahl AS (
    SELECT
        quelle.quelle,
        ganzzahlig.merkmal,
        stellen.basis,
        count(*) AS werte,
        count(*) FILTER (WHERE zahl.wert % stellen.basis = 0) AS vielfache
    FROM _basis_zahl AS zahl
    INNER JOIN (VALUES (3, 17), (5, 18)) AS stellen (basis, ab)
        ON zahl.wert >= stellen.ab
    INNER JOIN ganzzahlig
        ON zahl.merkmal = ganzzahlig.nummer
    INNER JOIN _quelle_nummer AS quelle
        ON zahl.quelle = quelle.nummer
    GROUP BY quelle.quelle, ganzzahlig.merkmal, stellen.basis
    HAVING count(*) >= 200
),

kennzahl AS (
    SELECT
        *,
        vielfache * basis / werte AS whipple,
        (vielfache - werte / basis) / sqrt(werte * (basis - 1) / (basis * basis)) AS standardabweichungen
    FROM anzahl
),

urteil AS (
    SELECT
        kennzahl.*,
        coalesce(herkunft.gerundet_auf % kennzahl.basis = 0, FALSE) AS erklaert,
        kennzahl.whipple >= 1.25 AND kennzahl.standardabweichungen > 6 AS gehaeuft
    FROM kennzahl
    LEFT JOIN katalog.quelle AS herkunft
        ON kennzahl.quelle = herkunft.quelle
)

SELECT
    concat(quelle, ', ', merkmal, ', multiples of ', basis) AS einheit,
    erklaert OR NOT gehaeuft AS ungehaeuft,
    concat(
        vielfache, ' of ', werte, ' counts are multiples of ', basis, ': ', round(whipple, 2),
        ' times as often as chance, ', round(standardabweichungen, 1), ' standard deviations',
        CASE WHEN vielfache = werte THEN ' (rounded)' ELSE '' END
    ) AS gefunden,
    'less than 1.25 times as often, or within 6 standard deviations' AS erwartet
FROM urteil
ORDER BY quelle, merkmal, basis
