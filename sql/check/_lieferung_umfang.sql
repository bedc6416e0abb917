-- One row per source and Stichtag, with the number of base units that it lists.
SELECT
    quelle,
    stichtag,
    count(DISTINCT basis_id) AS basiseinheiten
FROM (
    SELECT
        quelle,
        stichtag,
        basis_id
    FROM stage.zaehlung_liste
    UNION ALL
    SELECT
        quelle,
        stichtag,
        basis_id
    FROM stage.zaehlung_lose
) AS zeile
GROUP BY quelle, stichtag
