-- One row per barrier of the ground: its line in SVG's path language. It reads a table that flows.redrawing makes.
SELECT st_assvg(st_simplify(st_geomfromwkb(wkb), 5), FALSE, 0) AS pfad
FROM grund_linie
ORDER BY pfad
