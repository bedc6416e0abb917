-- One row per count that a rule of a class forbids in a unit, however large it is: of a unit that is never published,
-- of a sum that few cases make up, and of a share of 0 or 100 %.
FROM angabe_gesperrt

UNION

FROM angabe_beitrag

UNION

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    seite
FROM angabe_gruppe
