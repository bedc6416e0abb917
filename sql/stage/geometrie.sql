-- One row a base unit with its polygon in the city's planar coordinates, mended where it was invalid.
WITH gelesen AS (
    SELECT
        *,
        CASE
            WHEN crs = getvariable('crs') THEN st_geomfromgeojson(geojson)
            ELSE st_transform(st_geomfromgeojson(geojson), crs, getvariable('crs'), always_xy := TRUE)
        END AS gestalt
    FROM roh_geometrie
)

SELECT
    basis,
    basis_id,
    zuschnitt,
    st_aswkb(CASE WHEN st_isvalid(gestalt) THEN gestalt ELSE st_makevalid(gestalt) END)::BLOB AS wkb,
    NOT st_isvalid(gestalt) AS geheilt
FROM gelesen
