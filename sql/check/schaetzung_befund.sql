-- One row per unit whose counts or area a key to another Zuschnitt could not hold, with what of it is left over.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: warning
-- expected: A key holds the counts of both sides
-- expected_de: Ein Schlüssel gibt die Zahlen beider Seiten wieder
-- reason: A unit that cannot be held is estimated worse than its interval says.
-- reason_de: Eine Einheit, bei der das nicht gelingt, ist schlechter geschätzt, als ihr Intervall sagt.
-- what_to_do: Compare the unit's lines in both Zuschnitte, and its residents at the two Stichtage.
-- what_to_do_de: Die Grenzen der Einheit in beiden Zuschnitten vergleichen, und ihre Einwohner an beiden Stichtagen.
-- units_public: true
SELECT
    concat(
        raumebene, ' ', einheit, ' of Zuschnitt ',
        CASE WHEN merkmal IS NULL THEN von_zuschnitt ELSE concat(von_zuschnitt, ' or ', nach_zuschnitt) END
    ) AS einheit,
    concat(
        befund,
        CASE WHEN merkmal IS NOT NULL THEN concat(' (', merkmal, ': ', round(personen, 1), ')') END,
        CASE WHEN flaeche_km2 IS NOT NULL THEN concat(' (', flaeche_km2, ' km²)') END
    ) AS gefunden,
    'lines and counts of both Zuschnitte that go together' AS erwartet
FROM schaetzung_befund
ORDER BY von_zuschnitt, nach_zuschnitt, raumebene, einheit, merkmal
