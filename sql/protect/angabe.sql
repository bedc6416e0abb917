-- One row per count of a unit at a Stichtag on a Zuschnitt that some row of `wert` tells, whether it may leave or not.
-- What a cell key changed is no sum of anything and tells none: only the audit asks what follows from it.
WITH ueberlagert AS (
    SELECT DISTINCT indikator_seite.seite
    FROM indikator_seite
    INNER JOIN merkmal_veraendert
        ON
            merkmal_veraendert.verfahren = 'ueberlagern'
            AND list_contains(string_split(indikator_seite.seite, '+'), merkmal_veraendert.merkmal)
)

SELECT
    indikator_wert.zuschnitt,
    indikator_wert.raumebene,
    indikator_wert.raum_id,
    (indikator_wert.stichtag + 1 - to_years(indikator_seite.jahre_davor))::DATE - 1 AS stichtag,
    indikator_seite.seite,
    any_value(indikator_seite.mindestens) AS mindestens,
    any_value(
        CASE
            WHEN indikator_seite.rolle = 'nenner' THEN indikator_wert.nenner
            WHEN indikator_seite.typ = 'veraenderung' THEN indikator_wert.zaehler + indikator_wert.nenner
            ELSE indikator_wert.zaehler
        END
        ORDER BY indikator_seite.typ, indikator_wert.indikator_id
    ) AS wert
FROM indikator_wert
INNER JOIN indikator_seite ON indikator_wert.indikator_id = indikator_seite.indikator_id
ANTI JOIN ueberlagert ON indikator_seite.seite = ueberlagert.seite
WHERE
    coalesce(indikator_wert.methode, '') <> 'amtlich'
    AND CASE indikator_seite.rolle WHEN 'nenner' THEN indikator_wert.nenner ELSE indikator_wert.zaehler END IS NOT NULL
GROUP BY ALL
