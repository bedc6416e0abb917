-- One row per pair of Zuschnitte and a Raumebene between which no key could be found.
-- station: sozialraum
-- owner: Statistikstelle
-- severity: warning
-- expected: A key was found between two Zuschnitte
-- expected_de: Zwischen zwei Zuschnitten wurde ein Schlüssel gefunden
-- reason: Without one, series break at the redraw.
-- reason_de: Ohne ihn brechen Reihen am Neuzuschnitt ab.
-- what_to_do: Add polygons of both Zuschnitte, or residents, to sources.toml.
-- what_to_do_de: Polygone beider Zuschnitte oder Einwohner in sources.toml ergänzen.
-- units_public: true
SELECT
    concat(raumebene, ', ', von_zuschnitt, ' and ', nach_zuschnitt) AS einheit,
    grund AS gefunden,
    'polygons of both Zuschnitte, and residents on one of them' AS erwartet
FROM schaetzung
WHERE NOT gelungen
ORDER BY von_zuschnitt, nach_zuschnitt, raumebene
