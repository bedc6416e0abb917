-- One row an old and a new unit of a Raumebene that share base units: how many, and the residents that live in them.
SELECT
    umbau.von_zuschnitt,
    umbau.nach_zuschnitt,
    umbau.stichtag,
    alt.raumebene,
    alt.raum_id AS von_id,
    neu.raum_id AS nach_id,
    count(*) AS basiseinheiten,
    coalesce(sum(bewohnt.einwohner), 0) AS einwohner
FROM umbau
INNER JOIN stage.zuordnung AS alt ON umbau.von_zuschnitt = alt.zuschnitt
INNER JOIN stage.zuordnung AS neu
    ON
        umbau.nach_zuschnitt = neu.zuschnitt
        AND alt.basis_id = neu.basis_id
        AND alt.raumebene = neu.raumebene
LEFT JOIN bewohnt
    ON
        umbau.stichtag = bewohnt.stichtag
        AND umbau.basis = bewohnt.basis
        AND alt.basis_id = bewohnt.basis_id
GROUP BY umbau.von_zuschnitt, umbau.nach_zuschnitt, umbau.stichtag, alt.raumebene, alt.raum_id, neu.raum_id
