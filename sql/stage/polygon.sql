-- One row per delivered polygon in the city's planar coordinates, repaired only where a correction says so.
WITH gelesen AS (
    SELECT
        * EXCLUDE (geojson),
        CASE
            WHEN crs = getvariable('crs') THEN st_geomfromgeojson(geojson)
            ELSE st_transform(st_geomfromgeojson(geojson), crs, getvariable('crs'), always_xy := TRUE)
        END AS roh
    FROM roh_geometrie
)

SELECT
    * EXCLUDE (roh, crs),  -- noqa: AM04
    NOT st_isvalid(roh) AS ungueltig,
    st_aswkb(CASE WHEN reparieren THEN st_makevalid(roh) ELSE roh END)::BLOB AS wkb
FROM gelesen
