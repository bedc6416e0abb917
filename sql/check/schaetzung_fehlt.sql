-- One row is a pair of Zuschnitte and a Raumebene between which no key could be found.
SELECT
    concat(raumebene, ', ', von_zuschnitt, ' and ', nach_zuschnitt) AS einheit,
    grund AS gefunden,
    'polygons of both Zuschnitte, and residents on one of them' AS erwartet
FROM schaetzung
WHERE NOT gelungen
ORDER BY von_zuschnitt, nach_zuschnitt, raumebene
