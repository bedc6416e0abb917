-- One row per base unit at a Stichtag: its residents, from register or table.
SELECT
    stichtag,
    basis,
    basis_id,
    einwohner::DOUBLE AS einwohner
FROM stage.register

UNION ALL

SELECT
    stichtag,
    basis,
    basis_id,
    wert AS einwohner
FROM stage.zaehlung
WHERE merkmal = 'einwohner' AND wert IS NOT NULL
