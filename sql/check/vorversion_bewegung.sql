-- One row per count of the last release that was revised by more than a quarter and at least 20, the largest first.
-- station: release
-- owner: Statistikstelle
-- severity: warning
-- expected: No published count is revised by more than a quarter and at least 20
-- expected_de: Keine veröffentlichte Anzahl wird um mehr als ein Viertel und mindestens 20 revidiert
-- reason: The largest movers show first where a delivery is wrong.
-- reason_de: An den größten Änderungen zeigt sich zuerst, wo eine Lieferung falsch ist.
-- what_to_do: Look at the base units of the unit in both deliveries.
-- what_to_do_de: Die Basiseinheiten der Einheit in beiden Lieferungen ansehen.
-- units_public: false
SELECT
    concat(damals.raumebene, ' ', damals.raum_id, ', ', damals.stichtag, ', ', damals.indikator_id) AS einheit,
    concat(jetzt.wert, ' now') AS gefunden,
    concat('something like the ', damals.wert, ' of the last release') AS erwartet
FROM _vorversion_wert AS damals
INNER JOIN indikator_wert AS jetzt
    ON
        damals.zuschnitt = jetzt.zuschnitt
        AND damals.raumebene = jetzt.raumebene
        AND damals.raum_id = jetzt.raum_id
        AND damals.stichtag = jetzt.stichtag
        AND damals.indikator_id = jetzt.indikator_id
INNER JOIN katalog.indikator AS indikator
    ON damals.indikator_id = indikator.indikator_id AND indikator.typ = 'anzahl'
WHERE
    damals.gezaehlt
    AND abs(jetzt.wert - damals.wert) >= 20
    AND abs(jetzt.wert - damals.wert) > 0.25 * abs(damals.wert)
ORDER BY abs(jetzt.wert - damals.wert) DESC, damals.raum_id ASC, damals.stichtag ASC, damals.indikator_id ASC
