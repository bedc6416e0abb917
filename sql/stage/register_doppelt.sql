-- One row a base unit and Stichtag that more than one file holds (the first, and none when all is well).
SELECT
    basis_text,
    stichtag_text,
    string_agg(DISTINCT datei, ' and ' ORDER BY datei) AS dateien
FROM register_gezaehlt
WHERE gut
GROUP BY basis_text, stichtag_text
HAVING count(DISTINCT datei) > 1
ORDER BY basis_text, stichtag_text
LIMIT 1
