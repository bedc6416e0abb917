-- One row per base unit or unit whose geometry was delivered more than once.
-- station: staged
-- owner: Statistikstelle
-- severity: critical
-- expected: The geometry of a base unit comes once
-- expected_de: Die Geometrie einer Basiseinheit kommt einmal
-- reason: A geometry that comes twice doubles the area and halves the density, or one unit bears the id of another.
-- reason_de: Eine doppelte Geometrie verdoppelt die Fläche und halbiert die Dichte, oder eine Einheit trägt die Kennung
--   einer anderen.
-- what_to_do: Find the right id of each polygon and enter it in the corrections register of the city.
-- what_to_do_de: Die richtige Kennung jedes Polygons suchen und im Korrekturregister der Stadt eintragen.
-- units_public: false
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
