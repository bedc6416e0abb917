-- One row a base unit and Stichtag that more than one file holds (the first, and none when all is well).
-- Only a Stichtag that stands in more than one file can be counted twice.
WITH verteilt AS (
    SELECT stichtag_text
    FROM register_gezaehlt
    WHERE gut
    GROUP BY stichtag_text
    HAVING min(datei) < max(datei)
)

SELECT
    register_gezaehlt.basis_text,
    register_gezaehlt.stichtag_text,
    string_agg(DISTINCT register_gezaehlt.datei, ' and ' ORDER BY register_gezaehlt.datei) AS dateien
FROM register_gezaehlt
SEMI JOIN verteilt ON register_gezaehlt.stichtag_text = verteilt.stichtag_text
WHERE register_gezaehlt.gut
GROUP BY register_gezaehlt.basis_text, register_gezaehlt.stichtag_text
HAVING count(DISTINCT register_gezaehlt.datei) > 1
ORDER BY register_gezaehlt.basis_text, register_gezaehlt.stichtag_text
LIMIT 1
