-- One row per base unit at a redraw and Raumebene, with the old and the new unit in which it lies.
-- A view: it is only asked for where base units have polygons.
SELECT
    umbau.von_zuschnitt,
    umbau.nach_zuschnitt,
    umbau.stichtag,
    umbau.basis,
    alt.basis_id,
    alt.raumebene,
    alt.raum_id AS von_id,
    neu.raum_id AS nach_id
FROM umbau
INNER JOIN stage.zuordnung AS alt ON umbau.von_zuschnitt = alt.zuschnitt
INNER JOIN stage.zuordnung AS neu
    ON
        umbau.nach_zuschnitt = neu.zuschnitt
        AND alt.basis_id = neu.basis_id
        AND alt.raumebene = neu.raumebene
