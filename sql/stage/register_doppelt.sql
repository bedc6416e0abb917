-- One row per base unit and Stichtag that more than one file holds (the first, and none when all is well).
-- A register has all persons of a base unit in one file. Only a Stichtag that stands in more than one file can be
-- counted twice.
WITH verteilt AS (
    SELECT stichtag
    FROM je_datei_zaehlung_reihe
    GROUP BY stichtag
    HAVING min(datei) < max(datei)
)

SELECT
    je_datei_zaehlung_reihe.basis_id,
    je_datei_zaehlung_reihe.stichtag::VARCHAR AS stichtag,
    string_agg(DISTINCT je_datei_zaehlung_reihe.datei, ' and ' ORDER BY je_datei_zaehlung_reihe.datei) AS dateien
FROM je_datei_zaehlung_reihe
SEMI JOIN verteilt ON je_datei_zaehlung_reihe.stichtag = verteilt.stichtag
GROUP BY je_datei_zaehlung_reihe.basis_id, je_datei_zaehlung_reihe.stichtag
HAVING count(DISTINCT je_datei_zaehlung_reihe.datei) > 1
ORDER BY je_datei_zaehlung_reihe.basis_id, je_datei_zaehlung_reihe.stichtag
LIMIT 1
