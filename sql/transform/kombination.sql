-- One row a base unit and Zuschnitt, with the combination of units that it lies in.
-- Base units of one combination are added once; every Raumebene is then a sum of a few hundred combinations,
-- whether the Raumebenen nest in each other or not.
SELECT
    zuschnitt,
    basis,
    basis_id,
    string_agg(raum_id, ' ' ORDER BY raumebene) AS kombination
FROM stage.zuordnung
GROUP BY zuschnitt, basis, basis_id
