-- One row per base unit and Stichtag that more than one file holds (the first, and none when all is well).
-- A register has all persons of a base unit in one file. Only a Stichtag that stands in more than one file can be
-- counted twice.
WITH verteilt AS (
    SELECT stichtag
    FROM datei_reihe
    GROUP BY stichtag
    HAVING min(datei) < max(datei)
)

SELECT
    datei_reihe.basis_id,
    datei_reihe.stichtag::VARCHAR AS stichtag,
    string_agg(DISTINCT datei_reihe.datei, ' and ' ORDER BY datei_reihe.datei) AS dateien
FROM datei_reihe
SEMI JOIN verteilt ON datei_reihe.stichtag = verteilt.stichtag
GROUP BY datei_reihe.basis_id, datei_reihe.stichtag
HAVING count(DISTINCT datei_reihe.datei) > 1
ORDER BY datei_reihe.basis_id, datei_reihe.stichtag
LIMIT 1
