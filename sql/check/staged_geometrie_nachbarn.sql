-- One row is an overlap of two delivered polygons or a gap between some, at least as large as sources.toml tolerates.
SELECT
    concat(quelle, ': ', einheit, coalesce(', Zuschnitt ' || zuschnitt, '')) AS einheit,
    concat(
        CASE mangel WHEN 'luecke' THEN 'a gap' ELSE 'an overlap' END, ' of ', flaeche_m2, ' m2',
        CASE WHEN schmal THEN ' (a sliver)' ELSE '' END
    ) AS gefunden,
    'neighbours that share their line' AS erwartet
FROM stage.geometrie_mangel
WHERE mangel IN ('luecke', 'ueberlappung')
ORDER BY flaeche_m2 DESC, quelle ASC, zuschnitt ASC, einheit ASC
