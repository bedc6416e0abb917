-- One row per base unit, with the number of the combination of units that it lies in, over all Zuschnitte of its
-- numbering: the pieces that one gets when every boundary that ever was is drawn on one map.
-- Base units of one combination are added once; every Raumebene of every Zuschnitt is then a sum of a few hundred
-- combinations, whether Raumebenen nest in each other or not.
WITH lage AS (
    SELECT
        basis,
        basis_id,
        list((zuschnitt, raumebene, raum_id) ORDER BY zuschnitt, raumebene, raum_id) AS raeume
    FROM stage.zuordnung
    GROUP BY basis, basis_id
)

SELECT
    basis,
    basis_id,
    dense_rank() OVER (ORDER BY basis, raeume) AS kombination
FROM lage
