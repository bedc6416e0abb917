-- One row per Merkmal of a base unit at a Stichtag that a row in quarantine is about, and the file of that row. A row
-- of a wide table is about all its Merkmale, one of a long table about those that its column is part of; where a row's
-- unit or Stichtag cannot be read, nobody knows what it is about. A total that cannot be read makes no figure unknown.
WITH verletzt AS (
    SELECT
        zeile_gelesen.datei,
        zeile_gelesen.zeile,
        zeile_gelesen.stichtag,
        zeile_gelesen.basis,
        zeile_gelesen.basis_id
    FROM zeile_gelesen
    SEMI JOIN zeile_verletzt
        ON zeile_gelesen.datei = zeile_verletzt.datei AND zeile_gelesen.zeile = zeile_verletzt.zeile
    WHERE zeile_gelesen.benannt AND zeile_gelesen.raumebene IS NULL
)

SELECT DISTINCT
    getvariable('quelle') AS quelle,
    verletzt.stichtag,
    verletzt.basis,
    verletzt.basis_id,
    spalte_merkmal.merkmal,
    verletzt.datei
FROM verletzt
INNER JOIN katalog.spalte_merkmal ON spalte_merkmal.quelle = getvariable('quelle')
LEFT JOIN zelle_gelesen
    ON
        verletzt.datei = zelle_gelesen.datei
        AND verletzt.zeile = zelle_gelesen.zeile
        AND spalte_merkmal.spalte = zelle_gelesen.spalte
WHERE NOT getvariable('lang') OR zelle_gelesen.spalte IS NOT NULL
