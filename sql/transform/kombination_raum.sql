-- One row a combination and Raumebene: the unit of that Raumebene in which the combination lies.
SELECT DISTINCT
    kombination.zuschnitt,
    kombination.kombination,
    zuordnung.raumebene,
    zuordnung.raum_id
FROM kombination
INNER JOIN stage.zuordnung
    ON
        kombination.zuschnitt = zuordnung.zuschnitt
        AND kombination.basis_id = zuordnung.basis_id
