-- One row per unit with an outline: its path in SVG's language, the point of its circle, and its neighbours.
SELECT
    atlas_einheit.stelle,
    atlas_einheit.zuschnitt,
    atlas_einheit.raumebene,
    st_assvg(atlas_umriss.umriss, TRUE, 0) AS pfad,
    round(st_x(st_pointonsurface(atlas_umriss.umriss)))::INTEGER AS x,
    round(-st_y(st_pointonsurface(atlas_umriss.umriss)))::INTEGER AS y,
    ceil(-st_ymin(atlas_umriss.umriss))::INTEGER AS unten,
    coalesce(
        (
            SELECT list(atlas_nachbar.nachbar ORDER BY atlas_nachbar.nachbar)
            FROM atlas_nachbar
            WHERE atlas_nachbar.stelle = atlas_einheit.stelle
        ),
        []
    ) AS nachbarn
FROM atlas_einheit
INNER JOIN atlas_umriss ON atlas_einheit.stelle = atlas_umriss.stelle
WHERE NOT st_isempty(atlas_umriss.umriss)
ORDER BY atlas_einheit.stelle
