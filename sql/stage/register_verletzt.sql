-- One row a counted group that breaks the contract: a bad field, Stichtag or base unit (none when all is well).
WITH mit_stichtag AS (
    SELECT
        *,
        try_strptime(stichtag_text, getvariable('stichtag_format'))::DATE AS tag
    FROM register_gezaehlt
)

SELECT
    mit_stichtag.datei,
    mit_stichtag.basis_text,
    mit_stichtag.stichtag_text
FROM mit_stichtag
ASOF LEFT JOIN katalog.zuschnitt ON mit_stichtag.tag >= zuschnitt.gueltig_ab
WHERE
    NOT mit_stichtag.gut
    OR zuschnitt.basis IS NULL
    OR NOT coalesce(regexp_full_match(mit_stichtag.basis_text, zuschnitt.basis_muster), FALSE)
ORDER BY mit_stichtag.datei, mit_stichtag.basis_text, mit_stichtag.stichtag_text
LIMIT 1
