-- One row per delivered polygon in the city's planar coordinates, repaired only where a correction says so.
WITH geliefert AS (
    SELECT
        * EXCLUDE (geojson, nord_zuerst),
        CASE
            WHEN nord_zuerst THEN st_flipcoordinates(st_geomfromgeojson(geojson)) ELSE st_geomfromgeojson(geojson)
        END AS gestalt
    FROM roh_geometrie
),

gelesen AS (
    SELECT
        * EXCLUDE (gestalt),
        CASE
            WHEN crs = getvariable('crs') THEN gestalt
            ELSE st_transform(gestalt, crs, getvariable('crs'), always_xy := TRUE)
        END AS roh
    FROM geliefert
)

SELECT
    * EXCLUDE (roh, crs),  -- noqa: AM04
    NOT st_isvalid(roh) AS ungueltig,
    st_aswkb(CASE WHEN reparieren THEN st_makevalid(roh) ELSE roh END)::BLOB AS wkb
FROM gelesen
