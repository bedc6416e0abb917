-- One row per polygon that lies nowhere or is empty (the first, and none when all is well).
WITH gestalten AS (
    SELECT
        basis_id,
        st_geomfromwkb(wkb) AS gestalt
    FROM polygon
)

SELECT basis_id
FROM gestalten
WHERE
    st_isempty(gestalt)
    OR NOT isfinite(st_xmin(gestalt))
    OR NOT isfinite(st_xmax(gestalt))
    OR NOT isfinite(st_ymin(gestalt))
    OR NOT isfinite(st_ymax(gestalt))
ORDER BY basis_id
LIMIT 1
