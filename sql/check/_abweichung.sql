-- One row per Merkmal of a source whose counts were perturbed or rounded: how far a count of it may be off.
-- A Merkmal that is the sum of n delivered columns is off by at most n times what one count is.
SELECT
    herkunft.quelle,
    teil.merkmal,
    quelle.nummer AS quelle_nummer,
    merkmal.nummer AS merkmal_nummer,
    herkunft.abweichung * count(*) AS abweichung
FROM katalog.quelle AS herkunft
INNER JOIN katalog.spalte_merkmal AS teil
    ON herkunft.quelle = teil.quelle
INNER JOIN _quelle_nummer AS quelle
    ON herkunft.quelle = quelle.quelle
INNER JOIN _merkmal_nummer AS merkmal
    ON teil.merkmal = merkmal.merkmal
WHERE herkunft.abweichung > 0
GROUP BY herkunft.quelle, teil.merkmal, quelle.nummer, merkmal.nummer, herkunft.abweichung
