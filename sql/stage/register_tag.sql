-- One row per Stichtag as the register writes it: read, with the numbering of base units that was valid on it.
WITH geschrieben AS (
    SELECT DISTINCT stichtag_text
    FROM register_gezaehlt
),

gelesen AS (
    SELECT
        stichtag_text,
        try_strptime(stichtag_text, getvariable('stichtag_format'))::DATE AS tag
    FROM geschrieben
)

SELECT
    gelesen.stichtag_text,
    gelesen.tag,
    zuschnitt.basis,
    zuschnitt.basis_muster
FROM gelesen
ASOF LEFT JOIN katalog.zuschnitt ON gelesen.tag >= zuschnitt.gueltig_ab
