-- One row per figure that stands more than once in indikator_wert.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: critical
-- expected: A figure is identified by Zuschnitt, unit, Stichtag and Indikator
-- reason: Readers who join or pivot would count it twice.
-- what_to_do: Report it: the transformation must not make two rows of one figure.
-- units_public: true
SELECT
    concat(raumebene, ' ', raum_id, ', Zuschnitt ', zuschnitt, ', ', stichtag, ', ', indikator_id) AS einheit,
    count(*) || ' rows' AS gefunden,
    '1 row' AS erwartet
FROM indikator_wert
GROUP BY zuschnitt, raumebene, raum_id, stichtag, indikator_id
HAVING count(*) > 1
ORDER BY stichtag, indikator_id, raum_id
