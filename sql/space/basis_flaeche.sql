-- One row per base unit with a polygon: its area in km2; zuschnitt where the polygon holds for one only.
SELECT
    basis,
    basis_id,
    zuschnitt,
    st_area(st_geomfromwkb(wkb)) / 1e6 AS flaeche_km2
FROM stage.geometrie
