-- One row per Sozialraum and Stichtag: its figures, one column per Indikator, score and class of the main index, and
-- its type.
-- (sqlfluff cannot know how many columns there are: one per Indikator)
SELECT
    zahlen.*, -- noqa: AM04
    index_haupt.index_punkte,
    index_haupt.index_klasse,
    typ_haupt.typ_id,
    typ_haupt.typ_lage
FROM sozialraum_breit AS zahlen
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
