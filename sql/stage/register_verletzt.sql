-- One row per text that breaks the contract: a bad field, Stichtag or base unit (none when all is well).
-- Each base unit is matched once, however many Stichtage it stands in.
WITH einheit AS (
    SELECT DISTINCT
        register_gezaehlt.basis_text,
        register_tag.basis_muster
    FROM register_gezaehlt
    INNER JOIN register_tag ON register_gezaehlt.stichtag_text = register_tag.stichtag_text
)

SELECT basis_text AS beleg
FROM register_gezaehlt
WHERE NOT gut

UNION ALL

SELECT stichtag_text AS beleg
FROM register_tag
WHERE basis IS NULL

UNION ALL

SELECT basis_text AS beleg
FROM einheit
WHERE NOT coalesce(regexp_full_match(basis_text, basis_muster), FALSE)
LIMIT 1
