-- One row per unit that files call by several names (the first, and none when all is well).
SELECT
    zuschnitt,
    raumebene,
    raum_id,
    string_agg(DISTINCT datei, ', ' ORDER BY datei) AS dateien,
    list(DISTINCT name ORDER BY name) AS namen
FROM roh_raum_name
GROUP BY zuschnitt, raumebene, raum_id
HAVING count(DISTINCT name) > 1
ORDER BY zuschnitt, raumebene, raum_id
LIMIT 1
