-- One row per base unit and Stichtag of which several files of a source have rows (the first, and mostly none).
-- An official total is one of the whole city, without a base unit. Most files have a Stichtag of their own: units are
-- only looked at where a Stichtag stands in more than one file.
WITH zeilen AS (
    SELECT
        basis_id,
        stichtag,
        datei
    FROM datei_reihe

    UNION ALL

    SELECT
        basis_id,
        stichtag,
        datei
    FROM je_datei_zaehlung_einzeln

    UNION ALL

    SELECT
        basis_id,
        stichtag,
        datei
    FROM je_datei_ungewiss

    UNION ALL

    SELECT
        basis_id,
        stichtag,
        datei
    FROM je_datei_entfallen_einheit

    UNION ALL

    SELECT
        NULL AS basis_id,
        stichtag,
        datei
    FROM je_datei_amtlich
),

verteilt AS (
    SELECT stichtag
    FROM zeilen
    GROUP BY stichtag
    HAVING min(datei) < max(datei)
)

SELECT
    zeilen.basis_id,
    zeilen.stichtag::VARCHAR AS stichtag,
    min(zeilen.datei) AS eine_datei,
    max(zeilen.datei) AS andere_datei
FROM zeilen
SEMI JOIN verteilt ON zeilen.stichtag = verteilt.stichtag
GROUP BY zeilen.basis_id, zeilen.stichtag
HAVING min(zeilen.datei) < max(zeilen.datei)
ORDER BY zeilen.stichtag, zeilen.basis_id
LIMIT 1
