-- One row per base unit of the reviewed Zuschnitt: its Sozialraum, the larger unit that this must not leave, whether it
-- has a polygon.
WITH gestalt AS (
    SELECT DISTINCT
        geometrie.basis,
        geometrie.basis_id
    FROM stage.geometrie
    WHERE NOT geometrie.ungueltig AND coalesce(geometrie.zuschnitt, getvariable('zuschnitt')) = getvariable('zuschnitt')
)

SELECT
    eigen.basis,
    eigen.basis_id,
    eigen.raum_id AS sozialraum,
    ober.raum_id AS ober_id,
    gestalt.basis_id IS NOT NULL AS hat_gestalt
FROM stage.zuordnung AS eigen
LEFT JOIN stage.zuordnung AS ober
    ON
        eigen.zuschnitt = ober.zuschnitt
        AND eigen.basis = ober.basis
        AND eigen.basis_id = ober.basis_id
        AND ober.raumebene = getvariable('ober_ebene')
LEFT JOIN gestalt ON eigen.basis = gestalt.basis AND eigen.basis_id = gestalt.basis_id
WHERE eigen.zuschnitt = getvariable('zuschnitt') AND eigen.raumebene = 'sozialraum'
