-- One row per delivered polygon that is invalid (its outline crosses itself) and that no correction repairs.
-- station: staged
-- owner: Statistikstelle
-- severity: critical
-- expected: Every delivered polygon is valid
-- reason: An outline that crosses itself has no sure area and cannot be joined with its neighbours.
-- what_to_do: Ask the supplier for a valid polygon, or enter a correction with action = "repair" for these units.
-- units_public: false
SELECT
    concat(quelle, ': ', einheit, coalesce(', Zuschnitt ' || zuschnitt, '')) AS einheit,
    'an outline that crosses itself' AS gefunden,
    'a valid polygon' AS erwartet
FROM stage.geometrie_mangel
WHERE mangel = 'ungueltig'
ORDER BY quelle, zuschnitt, einheit
