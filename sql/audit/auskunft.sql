-- One row per count of a unit at a Stichtag on a Zuschnitt of which a release says something: its value, that it is
-- suppressed and not 0 (`geschuetzt`), or only that a row which would tell it is suppressed (`verschwiegen`). Estimates
-- tell no count exactly, and official totals count other people.
SELECT
    wert.zuschnitt,
    wert.raumebene,
    wert.raum_id,
    (wert.stichtag - to_years(indikator_seite.jahre_davor))::DATE AS stichtag,
    indikator_seite.seite,
    max(indikator_seite.mindestens) AS mindestens,
    max(
        CASE
            WHEN indikator_seite.rolle = 'nenner' THEN wert.nenner
            WHEN indikator_seite.typ = 'veraenderung' THEN wert.zaehler + wert.nenner
            ELSE wert.zaehler
        END
    ) AS wert,
    bool_or(wert.status = 'geschuetzt' AND indikator_seite.typ = 'anzahl') AS geschuetzt,
    bool_or(wert.status = 'geschuetzt') AS verschwiegen
FROM wert
INNER JOIN indikator_seite ON wert.indikator_id = indikator_seite.indikator_id
WHERE wert.methode = 'exact'
GROUP BY ALL
HAVING wert IS NOT NULL OR verschwiegen
