-- One row per base unit, with the number of the combination of units that it lies in, over all Zuschnitte of its
-- numbering: the pieces that one gets when every boundary that ever was is drawn on one map.
-- Base units of one combination are added once; every Raumebene of every Zuschnitt is then a sum of a few hundred
-- combinations, whether Raumebenen nest in each other or not.
-- Kept as a whole
WITH einheit AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        row_number() OVER (ORDER BY zuschnitt, raumebene, raum_id) AS nummer
    FROM stage.zuordnung
    GROUP BY zuschnitt, raumebene, raum_id
),

lage AS (
    SELECT
        zuordnung.basis,
        zuordnung.basis_id,
        list(einheit.nummer ORDER BY einheit.nummer) AS einheiten -- numbers compare a hundred times faster than names
    FROM stage.zuordnung
    INNER JOIN einheit
        ON
            zuordnung.zuschnitt = einheit.zuschnitt
            AND zuordnung.raumebene = einheit.raumebene
            AND zuordnung.raum_id = einheit.raum_id
    GROUP BY zuordnung.basis, zuordnung.basis_id
)

SELECT
    basis,
    basis_id,
    dense_rank() OVER (ORDER BY basis, einheiten) AS kombination
FROM lage
