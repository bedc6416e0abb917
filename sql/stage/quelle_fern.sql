-- One row per source of polygons all of which lie far from all those of another (the first, and none when all is well).
-- Far is more than 100 km: further than a city reaches.
WITH gestalten AS (
    SELECT
        quelle,
        st_geomfromwkb(wkb) AS gestalt
    FROM polygon
),

ausdehnung AS (
    SELECT
        quelle,
        min(st_xmin(gestalt)) AS x_von,
        min(st_ymin(gestalt)) AS y_von,
        max(st_xmax(gestalt)) AS x_bis,
        max(st_ymax(gestalt)) AS y_bis
    FROM gestalten
    GROUP BY quelle
)

SELECT
    eine.quelle,
    andere.quelle AS andere_quelle,
    round(greatest(
        andere.x_von - eine.x_bis, eine.x_von - andere.x_bis, andere.y_von - eine.y_bis, eine.y_von - andere.y_bis
    ) / 1000) AS kilometer
FROM ausdehnung AS eine
INNER JOIN ausdehnung AS andere ON eine.quelle < andere.quelle
WHERE kilometer > 100
ORDER BY eine.quelle, andere.quelle
LIMIT 1
