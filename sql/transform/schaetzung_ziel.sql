-- One row per unit and a unit that it counts for where counts are estimated: itself, and each that it lies in and that
-- has no key of its own.
SELECT
    zuschnitt,
    raumebene,
    raum_id,
    raumebene AS ziel_ebene,
    raum_id AS ziel_id
FROM raum

UNION ALL

SELECT
    raum.zuschnitt,
    raum.raumebene,
    raum.raum_id,
    ober.ziel_ebene,
    raum.eltern[ober.ziel_ebene] AS ziel_id
FROM raum
INNER JOIN schaetzung_ebene AS ober ON raum.zuschnitt = ober.nach_zuschnitt AND raum.raumebene = ober.raumebene
WHERE raum.eltern[ober.ziel_ebene] IS NOT NULL
