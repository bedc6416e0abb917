-- One row is a share that is below zero or above the whole.
SELECT
    concat(wert.raumebene, ' ', wert.raum_id, ', ', wert.stichtag, ', ', wert.indikator_id) AS einheit,
    concat(round(wert.wert, 4), ' ', indikator.einheit) AS gefunden,
    concat('0 to ', indikator.faktor, ' ', indikator.einheit) AS erwartet
FROM indikator_wert AS wert
INNER JOIN katalog.indikator AS indikator
    ON wert.indikator_id = indikator.indikator_id
WHERE indikator.typ = 'anteil' AND (wert.wert < 0 OR wert.wert > indikator.faktor * 1.000000001)
ORDER BY wert.stichtag, wert.indikator_id, wert.raumebene, wert.raum_id
