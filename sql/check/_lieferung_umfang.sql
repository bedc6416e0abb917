-- One row is a source at a Stichtag, with the number of base units that it lists.
SELECT
    quelle,
    stichtag,
    count(DISTINCT basis_id) AS basiseinheiten
FROM (
    SELECT
        quelle,
        stichtag,
        basis_id
    FROM stage.zaehlung
    UNION ALL
    SELECT
        quelle,
        stichtag,
        basis_id
    FROM stage.register
) AS zeile
GROUP BY quelle, stichtag
