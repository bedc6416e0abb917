-- One row is a delivered polygon that is invalid (its outline crosses itself) and that no correction repairs.
SELECT
    concat(quelle, ': ', einheit, coalesce(', Zuschnitt ' || zuschnitt, '')) AS einheit,
    'an outline that crosses itself' AS gefunden,
    'a valid polygon' AS erwartet
FROM stage.geometrie_mangel
WHERE mangel = 'ungueltig'
ORDER BY quelle, zuschnitt, einheit
