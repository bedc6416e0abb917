-- One row per base unit at a Stichtag: its residents, where they are known.
-- A view: of most Stichtage nobody asks.
SELECT
    stichtag,
    basis,
    basis_id,
    werte[list_position(merkmale, 'einwohner')] AS einwohner
FROM stage.zaehlung_liste
WHERE list_contains(merkmale, 'einwohner')

UNION ALL

SELECT
    stichtag,
    basis,
    basis_id,
    wert AS einwohner
FROM stage.zaehlung_lose
WHERE merkmal = 'einwohner' AND wert IS NOT NULL
