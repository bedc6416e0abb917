-- One row per count of a unit that fell from at least 20 to zero between two Stichtage.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: warning
-- expected: No count of a unit falls from 20 or more to zero
-- expected_de: Keine Zahl einer Einheit fällt von 20 oder mehr auf null
-- reason: A sudden zero is usually a missing row that was read as nothing.
-- reason_de: Eine plötzliche Null ist meist eine fehlende Zeile, die als nichts gelesen wurde.
-- what_to_do: Look up the unit in the delivered file; ask the source where it is missing.
-- what_to_do_de: Die Einheit in der gelieferten Datei nachschlagen; fehlt sie, bei der Quelle nachfragen.
-- units_public: false
SELECT
    concat(raumebene, ' ', raum_id, ', ', stichtag, ', ', merkmal) AS einheit,
    '0' AS gefunden,
    concat('something like the ', wert_vorher, ' of ', stichtag_vorher) AS erwartet
FROM _merkmal_paar
WHERE
    wert = 0
    AND wert_vorher >= (SELECT parameter.mindestens FROM _hidiroglou_berthelot_parameter AS parameter)
ORDER BY stichtag, merkmal, raumebene, raum_id
