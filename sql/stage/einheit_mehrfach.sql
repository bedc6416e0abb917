-- One row per base unit and Stichtag of which several files of a source have rows (the first, and none in most cases).
-- An official total is one of the whole city, without a base unit.
WITH zeilen AS (
    SELECT
        basis_id,
        stichtag,
        datei
    FROM je_datei_zaehlung_reihe

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
        NULL AS basis_id,
        stichtag,
        datei
    FROM je_datei_amtlich
)

SELECT
    basis_id,
    stichtag::VARCHAR AS stichtag,
    string_agg(DISTINCT datei, ', ' ORDER BY datei) AS dateien
FROM zeilen
GROUP BY basis_id, stichtag
HAVING min(datei) <> max(datei)
ORDER BY stichtag, basis_id
LIMIT 1
