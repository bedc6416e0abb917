-- One row per Merkmal of a unit at a Stichtag whose total stands in a row of its own among the base units.
SELECT
    quelle,
    stichtag,
    raumebene,
    raum_id,
    merkmal,
    wert,
    status,
    datei
FROM merkmal_gelesen
WHERE raumebene IS NOT NULL
