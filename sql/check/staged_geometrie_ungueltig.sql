-- One row per delivered polygon that is invalid (its outline crosses itself) and that no correction repairs.
-- station: staged
-- owner: Statistikstelle
-- severity: critical
-- expected: Every delivered polygon is valid
-- expected_de: Jedes gelieferte Polygon ist gültig
-- reason: An outline that crosses itself has no sure area and cannot be joined with its neighbours.
-- reason_de: Ein Umriss, der sich selbst schneidet, hat keine sichere Fläche und lässt sich nicht mit seinen Nachbarn
--   verbinden.
-- what_to_do: Ask the supplier for a valid polygon, or enter a correction with action = "repair" for these units.
-- what_to_do_de: Ein gültiges Polygon anfordern, oder für diese Einheiten eine Korrektur mit action = "repair"
--   eintragen.
-- units_public: false
SELECT
    concat(quelle, ': ', einheit, coalesce(', Zuschnitt ' || zuschnitt, '')) AS einheit,
    'an outline that crosses itself' AS gefunden,
    'a valid polygon' AS erwartet
FROM stage.geometrie_mangel
WHERE mangel = 'ungueltig'
ORDER BY quelle, zuschnitt, einheit
