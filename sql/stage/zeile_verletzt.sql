-- One row per delivered row that breaks a rule, with the first column and text that break it.
WITH verletzungen AS (
    SELECT
        0 AS rang,
        datei,
        zeile,
        spalte,
        beleg AS wert,
        regel
    FROM zeile_gelesen
    WHERE regel IS NOT NULL

    UNION ALL

    SELECT
        1 AS rang,
        datei,
        zeile,
        spalte,
        zelltext AS wert,
        regel
    FROM zelle_gelesen
    WHERE regel IS NOT NULL
)

SELECT
    getvariable('quelle') AS quelle,
    datei,
    zeile,
    spalte,
    wert,
    regel
FROM verletzungen
QUALIFY row_number() OVER (PARTITION BY datei, zeile ORDER BY rang, spalte) = 1
