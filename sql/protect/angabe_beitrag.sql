-- One row per sum of a unit that may not be published: too few cases make it up, or one of them too much of it. Where
-- it was not delivered how many cases there are, or how large the largest is, nobody can say that it may be.
SELECT DISTINCT
    angabe.zuschnitt,
    angabe.raumebene,
    angabe.raum_id,
    angabe.stichtag,
    angabe.seite
FROM angabe
INNER JOIN merkmal_beitrag ON list_contains(string_split(angabe.seite, '+'), merkmal_beitrag.merkmal)
LEFT JOIN merkmal_zuschnitt AS faelle
    ON
        angabe.zuschnitt = faelle.zuschnitt
        AND angabe.raumebene = faelle.raumebene
        AND angabe.raum_id = faelle.raum_id
        AND angabe.stichtag = faelle.stichtag
        AND merkmal_beitrag.faelle = faelle.merkmal
LEFT JOIN groesster_beitrag AS groesster
    ON
        angabe.zuschnitt = groesster.zuschnitt
        AND angabe.raumebene = groesster.raumebene
        AND angabe.raum_id = groesster.raum_id
        AND angabe.stichtag = groesster.stichtag
        AND merkmal_beitrag.groesster = groesster.merkmal
WHERE
    angabe.wert > 0
    AND (
        coalesce(faelle.wert, 0) < merkmal_beitrag.mindest_faelle
        OR coalesce(groesster.wert, angabe.wert) > merkmal_beitrag.hoechst_beitrag * angabe.wert
    )
