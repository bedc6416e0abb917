-- One row per base unit and Stichtag that more than one file holds (the first, and none when all is well).
-- Only a Stichtag that stands in more than one file can be counted twice.
-- Files may write one day in two ways.
WITH datiert AS (
    SELECT
        register_gezaehlt.basis_text,
        register_gezaehlt.datei,
        register_tag.tag
    FROM register_gezaehlt
    INNER JOIN register_tag ON register_gezaehlt.stichtag_text = register_tag.stichtag_text
    WHERE register_gezaehlt.gut
),

verteilt AS (
    SELECT tag
    FROM datiert
    GROUP BY tag
    HAVING min(datei) < max(datei)
)

SELECT
    datiert.basis_text,
    datiert.tag::VARCHAR AS tag,
    string_agg(DISTINCT datiert.datei, ' and ' ORDER BY datiert.datei) AS dateien
FROM datiert
SEMI JOIN verteilt ON datiert.tag = verteilt.tag
GROUP BY datiert.basis_text, datiert.tag
HAVING count(DISTINCT datiert.datei) > 1
ORDER BY datiert.basis_text, datiert.tag
LIMIT 1
