-- One row per base unit and Stichtag of a register extract: its persons as Merkmale in the order of
-- katalog.quelle_reihe, as the reader counted them.
-- Reads register_zahl (nummer and werte, from the reader); the ids of the base units are one text (variable einheiten).
WITH getrennt AS (
    SELECT string_split(getvariable('einheiten'), chr(31)) AS einheiten
),

einheit AS (
    SELECT
        unnest(einheiten) AS basis_id,
        generate_subscripts(einheiten, 1) AS nummer
    FROM getrennt
)

SELECT
    getvariable('quelle') AS quelle,
    getvariable('datei') AS datei,
    getvariable('stichtag')::DATE AS stichtag,
    getvariable('basis') AS basis,
    einheit.basis_id,
    FALSE AS mit_zeichen,
    register_zahl.werte
FROM register_zahl
INNER JOIN einheit ON register_zahl.nummer = einheit.nummer
