-- One row per Sozialraum and Stichtag, as in sozialraum_jahr, with the status of each figure, of the main index
-- and of its type.
-- (sqlfluff cannot know how many columns there are: one per Indikator)
SELECT
    zahlen.*, -- noqa: AM04
    index_haupt.index_status,
    typ_haupt.typ_status
FROM sozialraum_breit_status AS zahlen
LEFT JOIN index_haupt
    ON
        zahlen.zuschnitt = index_haupt.zuschnitt
        AND zahlen.sozialraum_id = index_haupt.sozialraum_id
        AND zahlen.stichtag = index_haupt.stichtag
LEFT JOIN typ_haupt
    ON
        zahlen.zuschnitt = typ_haupt.zuschnitt
        AND zahlen.sozialraum_id = typ_haupt.sozialraum_id
        AND zahlen.stichtag = typ_haupt.stichtag
