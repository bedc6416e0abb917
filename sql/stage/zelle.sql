-- One row per cell of a delivered table that is part of a Merkmal: unit, Stichtag, column and text as delivered.
-- Reads roh: the plain files of one source (datei, zeile, basis_text, stichtag_text and the delivered columns).
WITH zellen AS (
    SELECT *
    FROM roh UNPIVOT INCLUDE NULLS (
        zelltext FOR spalte IN (COLUMNS(* EXCLUDE (datei, zeile, basis_text, stichtag_text, spalte_lang, teil)))
    )
)

SELECT
    datei,
    zeile::BIGINT AS zeile,
    basis_text,
    stichtag_text,
    spalte,
    coalesce(zelltext, '') AS zelltext,
    1.0 AS einheit_faktor
FROM zellen
WHERE spalte IN (
    SELECT bekannt.spalte
    FROM katalog.spalte_merkmal AS bekannt
    WHERE bekannt.quelle = getvariable('quelle')
)
