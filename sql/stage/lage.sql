-- One row per file of polygons and numbering: the extent of its coordinates as delivered (east, north).
WITH gestalten AS (
    SELECT
        quelle,
        datei,
        crs,
        CASE
            WHEN nord_zuerst THEN st_flipcoordinates(st_geomfromgeojson(geojson)) ELSE st_geomfromgeojson(geojson)
        END AS gestalt
    FROM roh_geometrie
)

SELECT
    quelle,
    datei,
    crs,
    min(st_xmin(gestalt)) AS x_von,
    min(st_ymin(gestalt)) AS y_von,
    max(st_xmax(gestalt)) AS x_bis,
    max(st_ymax(gestalt)) AS y_bis
FROM gestalten
WHERE NOT st_isempty(gestalt) -- sql/stage/geometrie_verletzt.sql tells those
GROUP BY quelle, datei, crs
ORDER BY quelle, datei
