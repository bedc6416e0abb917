-- One row per figure that is in one of two releases only, or not the same in both (zahl_vorher and zahl_heute, their
-- figures on every Zuschnitt).
SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    indikator_id,
    alt.wert AS alt,
    neu.wert AS neu,
    alt.status AS status_alt,
    neu.status AS status_neu,
    (alt.zaehler IS NULL, alt.nenner IS NULL) <> (neu.zaehler IS NULL, neu.nenner IS NULL) AS teil_verdeckt,
    CASE WHEN alt.status IS NULL THEN 'come' WHEN neu.status IS NULL THEN 'gone' ELSE 'changed' END AS art
FROM zahl_vorher AS alt
FULL OUTER JOIN zahl_heute AS neu USING (zuschnitt, raumebene, raum_id, stichtag, indikator_id)
WHERE
    alt.status IS DISTINCT FROM neu.status
    OR alt.wert IS DISTINCT FROM neu.wert
    OR alt.zaehler IS DISTINCT FROM neu.zaehler
    OR alt.nenner IS DISTINCT FROM neu.nenner
    OR alt.methode IS DISTINCT FROM neu.methode
    OR alt.unsicherheit IS DISTINCT FROM neu.unsicherheit
