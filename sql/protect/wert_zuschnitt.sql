-- One row per Indikator of a unit at a Stichtag on a Zuschnitt other than that of `wert`, as it may leave the office:
-- the same people once more, counted in other units.
-- A view: nothing is copied.
SELECT
    wert_alle.zuschnitt,
    wert_alle.raumebene,
    wert_alle.raum_id,
    wert_alle.stichtag,
    wert_alle.indikator_id,
    wert_alle.wert,
    wert_alle.zaehler,
    wert_alle.nenner,
    wert_alle.status,
    wert_alle.methode,
    wert_alle.unsicherheit
FROM wert_alle
ANTI JOIN raum_stand
    ON
        wert_alle.raumebene = raum_stand.raumebene
        AND wert_alle.stichtag = raum_stand.stichtag
        AND wert_alle.zuschnitt = raum_stand.zuschnitt
