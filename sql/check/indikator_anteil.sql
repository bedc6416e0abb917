-- One row per share that is below zero or above the whole.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: critical
-- expected: A share lies between 0 and 100 percent
-- expected_de: Ein Anteil liegt zwischen 0 und 100 Prozent
-- reason: A share beyond the whole is wrong: its numerator and denominator do not belong together.
-- reason_de: Ein Anteil über dem Ganzen ist falsch: Zähler und Nenner gehören nicht zusammen.
-- what_to_do: Compare numerator and denominator of the Indikator in the codebook, and both sources at the unit named.
-- what_to_do_de: Zähler und Nenner des Indikators im Codebuch vergleichen, und beide Quellen bei der genannten Einheit.
-- units_public: true
SELECT
    concat(wert.raumebene, ' ', wert.raum_id, ', ', wert.stichtag, ', ', wert.indikator_id) AS einheit,
    concat(round(wert.wert, 4), ' ', indikator.einheit) AS gefunden,
    concat('0 to ', indikator.faktor, ' ', indikator.einheit) AS erwartet
FROM indikator_wert AS wert
INNER JOIN katalog.indikator AS indikator
    ON wert.indikator_id = indikator.indikator_id
WHERE indikator.typ = 'anteil' AND (wert.wert < 0 OR wert.wert > indikator.faktor * 1.000000001)
ORDER BY wert.stichtag, wert.indikator_id, wert.raumebene, wert.raum_id
