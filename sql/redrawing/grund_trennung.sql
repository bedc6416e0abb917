-- One row per border of two base units along which a barrier runs: at least half of the border lies within 5 m of one.
-- Where two lie side by side, as tracks do, or one is delivered and drawn, the border is no longer for it.
WITH barriere AS (
    SELECT st_buffer(st_geomfromwkb(wkb), 5 + getvariable('spalt')::DOUBLE) AS streifen -- streets lie between
    FROM grund_linie
),

gemeinsam AS (
    SELECT
        grund_grenze.eine_id,
        grund_grenze.andere_id,
        CASE
            WHEN getvariable('spalt') > 0
                THEN
                    st_intersection(
                        st_boundary(st_geomfromwkb(eine.wkb)),
                        st_buffer(st_geomfromwkb(andere.wkb), getvariable('spalt')::DOUBLE)
                    )
            ELSE st_intersection(st_geomfromwkb(eine.wkb), st_geomfromwkb(andere.wkb))
        END AS grenze
    FROM grund_grenze
    INNER JOIN grund_flaeche AS eine ON grund_grenze.eine_id = eine.basis_id
    INNER JOIN grund_flaeche AS andere ON grund_grenze.andere_id = andere.basis_id
    SEMI JOIN grund_linie ON TRUE
),

begleitet AS (
    SELECT
        gemeinsam.eine_id,
        gemeinsam.andere_id,
        st_length(any_value(gemeinsam.grenze)) AS meter,
        st_length(st_intersection(any_value(gemeinsam.grenze), st_union_agg(barriere.streifen))) AS entlang
    FROM gemeinsam
    INNER JOIN barriere ON st_intersects(gemeinsam.grenze, barriere.streifen)
    GROUP BY gemeinsam.eine_id, gemeinsam.andere_id
)

SELECT
    eine_id,
    andere_id
FROM begleitet
WHERE entlang >= meter / 2
