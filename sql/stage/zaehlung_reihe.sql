-- One row per plain line that keeps its contract: a base unit at a Stichtag, and its Merkmale in the order of
-- katalog.quelle_reihe.
SELECT
    getvariable('quelle') AS quelle,
    zeile_gelesen.stichtag,
    zeile_gelesen.basis,
    zeile_gelesen.basis_id,
    zeile_zahlen.mit_zeichen,
    zeile_zahlen.werte,
    zeile_zahlen.datei
FROM zeile_zahlen
INNER JOIN zeile_gelesen
    ON zeile_zahlen.datei = zeile_gelesen.datei AND zeile_zahlen.zeile = zeile_gelesen.zeile
WHERE zeile_gelesen.regel IS NULL
