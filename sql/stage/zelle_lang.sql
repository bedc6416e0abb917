-- One row a row of a long file: unit, Stichtag, the column that it would be in a wide table, text and unit as delivered.
SELECT
    datei,
    zeile::BIGINT AS zeile,
    basis_text,
    stichtag_text,
    spalte_lang AS spalte,
    coalesce(zelltext, '') AS zelltext,
    coalesce(einheit_text, '') AS einheit_text
FROM roh
