-- One row per overlap of two delivered polygons or a gap between some, at least as large as sources.toml tolerates.
-- station: staged
-- owner: Statistikstelle
-- severity: warning
-- expected: Neighbouring polygons share their line
-- expected_de: Benachbarte Polygone teilen sich ihre Grenze
-- reason: An overlap gives land to two units, a gap to none; most are slivers of two digitisations and change no count.
-- reason_de: Eine Überlappung gibt Land zwei Einheiten, eine Lücke keiner; meist sind es Splitter zweier
--   Digitalisierungen, die keine Zahl ändern.
-- what_to_do: Look at the units on a map; have large ones corrected by the supplier, or raise `tolerance_m2` of the
--   source with a reason.
-- what_to_do_de: Die Einheiten auf einer Karte ansehen; große vom Lieferanten berichtigen lassen, oder `tolerance_m2`
--   der Quelle mit Begründung erhöhen.
-- units_public: false
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
