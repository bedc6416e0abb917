-- One row is a base unit or unit whose geometry was delivered more than once.
WITH geliefert AS (
    SELECT
        basis AS art,
        basis_id AS id,
        zuschnitt
    FROM stage.geometrie
    UNION ALL
    SELECT
        raumebene AS art,
        raum_id AS id,
        zuschnitt
    FROM stage.raum_geometrie
)

SELECT
    concat(art, ' ', id, coalesce(', Zuschnitt ' || zuschnitt, '')) AS einheit,
    count(*) || ' geometries' AS gefunden,
    '1 geometry' AS erwartet
FROM geliefert
GROUP BY art, id, zuschnitt
HAVING count(*) > 1
ORDER BY art, zuschnitt, id
