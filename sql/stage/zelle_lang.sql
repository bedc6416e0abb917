-- One row per row of a long file: unit, Stichtag, the column that it would be in a wide table, text, factor of its
-- unit.
SELECT
    roh.datei,
    roh.zeile::BIGINT AS zeile,
    roh.basis_text,
    roh.stichtag_text,
    roh.spalte_lang AS spalte,
    coalesce(roh.zelltext, '') AS zelltext,
    CASE WHEN getvariable('einheit_in_zeile') THEN faktor.faktor ELSE 1.0 END AS einheit_faktor
FROM roh
LEFT JOIN faktor
    ON coalesce(roh.einheit_text, '') = faktor.einheit AND faktor.spalte IS NULL
