-- One row per source at a Stichtag, with the number of base units that it lists.
SELECT
    quelle,
    stichtag,
    count(DISTINCT basis_id) AS basiseinheiten
FROM stage.zaehlung
GROUP BY quelle, stichtag
