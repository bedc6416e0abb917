-- One row per share of a unit that says the same of each of too few people: 0 or 100 % of them. What must not be known
-- then is the count above the line (seite), or that nobody of those below it (unten) is left over.
SELECT DISTINCT
    indikator_wert.zuschnitt,
    indikator_wert.raumebene,
    indikator_wert.raum_id,
    indikator_wert.stichtag,
    zaehler.seite,
    nenner.seite AS unten
FROM indikator_wert
INNER JOIN indikator_seite AS zaehler
    ON indikator_wert.indikator_id = zaehler.indikator_id AND zaehler.rolle = 'zaehler' AND zaehler.typ = 'anteil'
INNER JOIN indikator_seite AS nenner
    ON indikator_wert.indikator_id = nenner.indikator_id AND nenner.rolle = 'nenner'
WHERE
    coalesce(indikator_wert.methode, '') <> 'amtlich'
    AND indikator_wert.nenner > 0
    AND indikator_wert.nenner < zaehler.mindest_gruppe
    AND indikator_wert.zaehler IN (0, indikator_wert.nenner)
