-- One row per inhabited base unit without geometry, where the others of its kind have one.
-- station: staged
-- owner: Statistikstelle
-- severity: warning
-- expected: Every inhabited base unit has a geometry
-- expected_de: Jede bewohnte Basiseinheit hat eine Geometrie
-- reason: Without it the area of its Sozialraum is too small and the density too high.
-- reason_de: Ohne sie ist die Fläche ihres Sozialraums zu klein und die Dichte zu hoch.
-- what_to_do: Ask for a geometry file that covers the Zuschnitt.
-- what_to_do_de: Eine Geometriedatei anfordern, die den Zuschnitt abdeckt.
-- units_public: false
WITH bewohnt AS (
    SELECT DISTINCT
        basis_wert.basis,
        basis_wert.basis_id,
        stichtag.zuschnitt
    FROM _basis_wert AS basis_wert
    INNER JOIN stichtag
        ON basis_wert.stichtag = stichtag.stichtag AND basis_wert.basis = stichtag.basis
    WHERE basis_wert.merkmal = 'einwohner' AND basis_wert.wert > 0
)

SELECT
    concat(bewohnt.basis, ' ', bewohnt.basis_id, ', Zuschnitt ', bewohnt.zuschnitt) AS einheit,
    'no geometry' AS gefunden,
    '1 geometry' AS erwartet
FROM bewohnt
SEMI JOIN stage.geometrie AS andere
    ON
        bewohnt.basis = andere.basis
        AND (andere.zuschnitt IS NULL OR bewohnt.zuschnitt = andere.zuschnitt)
ANTI JOIN stage.geometrie AS eigene
    ON
        bewohnt.basis = eigene.basis
        AND bewohnt.basis_id = eigene.basis_id
        AND (eigene.zuschnitt IS NULL OR bewohnt.zuschnitt = eigene.zuschnitt)
ORDER BY bewohnt.zuschnitt, bewohnt.basis_id
