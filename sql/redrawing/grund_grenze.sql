-- One row per pair of base units of which polygons share a border, or lie no further apart than `spalt` metres: the
-- length of the border. Polygons that overlap a little share half of the outline of what they have in common.
WITH gestalt AS MATERIALIZED (
    SELECT
        basis_id,
        st_geomfromwkb(wkb) AS gestalt
    FROM grund_flaeche
),

weit AS MATERIALIZED (
    SELECT
        basis_id,
        CASE WHEN getvariable('spalt') > 0 THEN st_buffer(gestalt, getvariable('spalt')::DOUBLE) ELSE gestalt END
            AS gestalt
    FROM gestalt
),

beruehrt AS MATERIALIZED ( -- filtered only afterwards, so that DuckDB joins by an index of space
    SELECT
        eine.basis_id AS eine_id,
        andere.basis_id AS andere_id,
        eine.gestalt AS eine_gestalt,
        andere.gestalt AS andere_gestalt
    FROM gestalt AS eine
    INNER JOIN weit AS andere ON st_intersects(eine.gestalt, andere.gestalt)
),

gemessen AS (
    SELECT
        eine_id,
        andere_id,
        CASE
            WHEN getvariable('spalt') > 0
                THEN
                    st_length(st_intersection(st_boundary(eine_gestalt), andere_gestalt))
                    - 2 * getvariable('spalt') -- a gap is reached round its two ends as well
            ELSE
                st_length(st_intersection(eine_gestalt, andere_gestalt))
                + st_perimeter(st_intersection(eine_gestalt, andere_gestalt)) / 2
        END AS meter
    FROM beruehrt
    WHERE eine_id < andere_id
)

SELECT
    eine_id,
    andere_id,
    meter
FROM gemessen
WHERE meter >= getvariable('mindestlaenge') AND meter > 0
