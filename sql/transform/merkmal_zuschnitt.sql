-- One row per Merkmal of a unit at a Stichtag on a Zuschnitt, added from base units where they are known, else
-- estimated. Areas are of the map, so they hold on a Zuschnitt for every Stichtag.
-- A view: nothing is copied.
-- `sicher` is what was counted exactly and in every part.
WITH geschaetzt AS (
    SELECT DISTINCT
        zuschnitt,
        stichtag
    FROM merkmal_geschaetzt
),

flaeche AS (
    SELECT
        raum.zuschnitt,
        raum.raumebene,
        raum.raum_id,
        geschaetzt.stichtag,
        raum.flaeche_km2 AS wert
    FROM geschaetzt
    INNER JOIN raum ON geschaetzt.zuschnitt = raum.zuschnitt
    WHERE raum.flaeche_km2 IS NOT NULL
)

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    merkmal,
    wert,
    teile,
    teile_unbekannt,
    unbekannte,
    herkunft,
    'exact' AS methode,
    0.0 AS breite,
    teile_unbekannt = 0 AND coalesce(herkunft, '') <> 'amtlich' AS sicher
FROM merkmal_raum

UNION ALL

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    merkmal,
    wert,
    teile,
    teile_unbekannt,
    unbekannte,
    'gezaehlt' AS herkunft,
    methode,
    greatest(obergrenze - wert, wert - untergrenze) AS breite, -- half the 90 % interval, inside the hard bounds
    FALSE AS sicher
FROM merkmal_geschaetzt

UNION ALL

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    'flaeche_km2' AS merkmal,
    wert,
    1 AS teile,
    0 AS teile_unbekannt,
    NULL AS unbekannte,
    NULL AS herkunft,
    'exact' AS methode,
    0.0 AS breite,
    TRUE AS sicher
FROM flaeche
