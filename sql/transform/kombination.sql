-- One row a base unit and Zuschnitt, with the number of the combination of units that it lies in.
-- Base units of one combination are added once; every Raumebene is then a sum of a few hundred combinations,
-- whether the Raumebenen nest in each other or not.
WITH lage AS (
    SELECT
        zuschnitt,
        basis,
        basis_id,
        list((raumebene, raum_id) ORDER BY raumebene, raum_id) AS raeume
    FROM stage.zuordnung
    GROUP BY zuschnitt, basis, basis_id
)

SELECT
    zuschnitt,
    basis,
    basis_id,
    dense_rank() OVER (PARTITION BY zuschnitt ORDER BY raeume) AS kombination
FROM lage
