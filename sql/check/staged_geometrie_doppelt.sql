-- One row is a base unit whose geometry was delivered more than once.
SELECT
    concat(basis, ' ', basis_id, coalesce(', Zuschnitt ' || zuschnitt, '')) AS einheit,
    count(*) || ' geometries' AS gefunden,
    '1 geometry' AS erwartet
FROM stage.geometrie
GROUP BY basis, basis_id, zuschnitt
HAVING count(*) > 1
ORDER BY basis, zuschnitt, basis_id
