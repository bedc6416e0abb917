-- One row is a figure that stands more than once in indikator_wert.
SELECT
    concat(raumebene, ' ', raum_id, ', Zuschnitt ', zuschnitt, ', ', stichtag, ', ', indikator_id) AS einheit,
    count(*) || ' rows' AS gefunden,
    '1 row' AS erwartet
FROM indikator_wert
GROUP BY zuschnitt, raumebene, raum_id, stichtag, indikator_id
HAVING count(*) > 1
ORDER BY stichtag, indikator_id, raum_id
