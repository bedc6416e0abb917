-- One row per pair of base units of which polygons share a border, or lie no further apart than `spalt` metres: the
-- length of the border. Polygons that overlap a little share half of the outline of what they have in common.
WITH paar AS (
    SELECT
        eine.basis_id AS eine_id,
        andere.basis_id AS andere_id,
        eine.gestalt AS eine_gestalt,
        andere.gestalt AS andere_gestalt,
        st_intersection(eine.gestalt, andere.gestalt) AS gemeinsam
    FROM grund_flaeche AS eine
    INNER JOIN grund_flaeche AS andere ON st_dwithin(eine.gestalt, andere.gestalt, getvariable('spalt')::DOUBLE)
    WHERE eine.basis_id < andere.basis_id
),

gemessen AS (
    SELECT
        eine_id,
        andere_id,
        CASE
            WHEN getvariable('spalt') > 0
                THEN st_length(st_intersection(
                    st_boundary(eine_gestalt), st_buffer(andere_gestalt, getvariable('spalt')::DOUBLE)
                )) - 2 * getvariable('spalt') -- a gap is reached round its two ends as well
            ELSE st_length(gemeinsam) + st_perimeter(gemeinsam) / 2
        END AS meter
    FROM paar
)

SELECT
    eine_id,
    andere_id,
    meter
FROM gemessen
WHERE meter >= getvariable('mindestlaenge') AND meter > 0
