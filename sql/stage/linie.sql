-- One row per delivered line of a barrier in the city's planar coordinates.
WITH geliefert AS (
    SELECT
        quelle,
        datei,
        zeile,
        crs,
        CASE
            WHEN nord_zuerst THEN st_flipcoordinates(st_geomfromgeojson(geojson)) ELSE st_geomfromgeojson(geojson)
        END AS linie
    FROM roh_geometrie
)

SELECT
    quelle,
    datei,
    zeile,
    st_aswkb(
        CASE
            WHEN crs = getvariable('crs') THEN linie
            ELSE st_transform(linie, crs, getvariable('crs'), always_xy := TRUE)
        END
    )::BLOB AS wkb
FROM geliefert
