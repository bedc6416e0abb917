-- One row per source of barriers of which no line lies where the city's polygons are: the kilometres between them.
WITH kasten AS (
    SELECT st_extent_agg(st_geomfromwkb(wkb)) AS stadt
    FROM polygon
),

quellen AS (
    SELECT
        quelle,
        st_extent_agg(st_geomfromwkb(wkb)) AS linien
    FROM linie
    GROUP BY quelle
)

SELECT
    quellen.quelle,
    st_distance(quellen.linien, kasten.stadt) / 1000 AS kilometer
FROM quellen
CROSS JOIN kasten
WHERE NOT st_intersects(quellen.linien, kasten.stadt)
ORDER BY quellen.quelle
LIMIT 1
