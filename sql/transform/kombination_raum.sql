-- One row per combination, Zuschnitt and Raumebene: the unit of that Raumebene in which the combination lies.
-- In a Zuschnitt that does not assign its base units it has none.
-- Kept as a whole
SELECT DISTINCT
    kombination.kombination,
    zuordnung.zuschnitt,
    zuordnung.raumebene,
    zuordnung.raum_id
FROM kombination
INNER JOIN stage.zuordnung
    ON
        kombination.basis = zuordnung.basis
        AND kombination.basis_id = zuordnung.basis_id
