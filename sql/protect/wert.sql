-- One row per Indikator of a unit at a Stichtag, as it may leave the office, each Stichtag once per Raumebene: on
-- today's Zuschnitt, or the newest on which it has figures.
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
SEMI JOIN raum_stand
    ON
        wert_alle.raumebene = raum_stand.raumebene
        AND wert_alle.stichtag = raum_stand.stichtag
        AND wert_alle.zuschnitt = raum_stand.zuschnitt
