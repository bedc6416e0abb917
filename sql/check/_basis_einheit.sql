-- One row per base unit at a Stichtag for which anything was delivered, with a number.
-- The checks compare all counts by it.
SELECT
    stichtag,
    basis,
    basis_id,
    (row_number() OVER ())::INTEGER AS einheit
FROM (
    SELECT
        stichtag,
        basis,
        basis_id
    FROM stage.zaehlung_liste
    UNION
    SELECT
        stichtag,
        basis,
        basis_id
    FROM stage.zaehlung_lose
) AS geliefert
