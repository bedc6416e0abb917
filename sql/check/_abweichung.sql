-- One row per Merkmal of a source whose counts were perturbed or rounded: how far a count of it may be off.
-- A Merkmal that is the sum of n delivered columns is off by at most n times what one count is.
SELECT
    herkunft.quelle,
    teil.merkmal,
    herkunft.abweichung * count(*) AS abweichung
FROM katalog.quelle AS herkunft
INNER JOIN katalog.spalte_merkmal AS teil
    ON herkunft.quelle = teil.quelle
WHERE herkunft.abweichung > 0
GROUP BY herkunft.quelle, teil.merkmal, herkunft.abweichung
