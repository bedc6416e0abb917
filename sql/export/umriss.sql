-- One row per unit of a Raumebene (the view einheit), on every Zuschnitt, with its outline as a multipolygon.
SELECT * REPLACE (st_multi(st_geomfromwkb(geometrie)) AS geometrie) -- noqa: AM04
FROM einheit
