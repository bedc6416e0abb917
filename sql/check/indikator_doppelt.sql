-- One row per figure that stands more than once in indikator_wert.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: critical
-- expected: A figure is identified by Zuschnitt, unit, Stichtag and Indikator
-- expected_de: Eine Zahl ist durch Zuschnitt, Einheit, Stichtag und Indikator bestimmt
-- reason: Readers who join or pivot would count it twice.
-- reason_de: Wer verknüpft oder pivotiert, zählte sie doppelt.
-- what_to_do: Report it: the transformation must not make two rows of one figure.
-- what_to_do_de: Melden: die Umrechnung darf aus einer Zahl nicht zwei Zeilen machen.
-- units_public: true
SELECT
    concat(raumebene, ' ', raum_id, ', Zuschnitt ', zuschnitt, ', ', stichtag, ', ', indikator_id) AS einheit,
    count(*) || ' rows' AS gefunden,
    '1 row' AS erwartet
FROM indikator_wert
GROUP BY zuschnitt, raumebene, raum_id, stichtag, indikator_id
HAVING count(*) > 1
ORDER BY stichtag, indikator_id, raum_id
