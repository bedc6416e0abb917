-- One row per base unit of the reviewed Zuschnitt with a polygon: the polygon, its area, its outline.
SELECT
    geometrie.basis_id,
    geometrie.wkb,
    st_area(st_geomfromwkb(geometrie.wkb)) / 1e6 AS flaeche_km2,
    st_perimeter(st_geomfromwkb(geometrie.wkb)) AS umfang_m
FROM stage.geometrie
SEMI JOIN grund_einheit
    ON geometrie.basis = grund_einheit.basis AND geometrie.basis_id = grund_einheit.basis_id
WHERE NOT geometrie.ungueltig AND coalesce(geometrie.zuschnitt, getvariable('zuschnitt')) = getvariable('zuschnitt')
