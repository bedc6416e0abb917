-- One row a delivered row that breaks a rule, with the first column and text that break it.
WITH verletzungen AS (
    SELECT datei, zeile, '' AS spalte, beleg AS wert, regel
    FROM zeile_gelesen
    WHERE regel IS NOT NULL

    UNION ALL

    SELECT datei, zeile, spalte, zelltext AS wert, regel
    FROM zelle_gelesen
    WHERE regel IS NOT NULL
)

SELECT
    getvariable('quelle') AS quelle,
    datei,
    zeile,
    min_by(spalte, spalte) AS spalte,
    min_by(wert, spalte) AS wert,
    min_by(regel, spalte) AS regel
FROM verletzungen
GROUP BY datei, zeile
