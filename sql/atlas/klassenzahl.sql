-- One row per Indikator that is mapped by classes, Zuschnitt, Raumebene and Stichtag: the figures that are classed.
SELECT
    wert_alle.indikator_id,
    wert_alle.zuschnitt,
    wert_alle.raumebene,
    wert_alle.stichtag::VARCHAR AS stichtag,
    list(wert_alle.wert ORDER BY wert_alle.wert) AS zahlen
FROM wert_alle
INNER JOIN indikator ON wert_alle.indikator_id = indikator.indikator_id
WHERE wert_alle.wert IS NOT NULL AND indikator.typ IN ('anteil', 'verhaeltnis')
GROUP BY wert_alle.indikator_id, wert_alle.zuschnitt, wert_alle.raumebene, wert_alle.stichtag
ORDER BY wert_alle.indikator_id, wert_alle.zuschnitt, wert_alle.raumebene, wert_alle.stichtag
