-- One row per count of a unit at a Stichtag on a Zuschnitt of which a release says something: its value, that it is
-- suppressed and not 0 (`geschuetzt`), or only that a row which would tell it is suppressed (`verschwiegen`). The
-- caller chooses the rows of `wert_alle`: counts, or estimates; official totals count other people. `regel` says that
-- a rule forbids it, however large it is: then it may be 0, as where a share is suppressed that could be 0 or 100 % of
-- too few people, and where the release says nothing of it at all (`entzogen`); of that, a rule that looks at cases
-- need not be the reason. A count that was changed for confidentiality lies between `von` and `bis`; in all others
-- these are empty.
WITH zeile AS (
    SELECT
        wert.zuschnitt,
        wert.raumebene,
        wert.raum_id,
        (wert.stichtag + 1 - to_years(indikator_seite.jahre_davor))::DATE - 1 AS stichtag,
        wert.indikator_id,
        wert.status = 'geschuetzt' AS unterdrueckt,
        indikator_seite.seite,
        indikator_seite.rolle,
        indikator_seite.typ,
        indikator_seite.mindestens,
        indikator_seite.mindest_gruppe,
        raum_gesperrt.raum_id IS NOT NULL AND indikator_seite.rolle = 'zaehler' AS gesperrt,
        CASE
            WHEN indikator_seite.rolle = 'nenner' THEN wert.nenner
            WHEN indikator_seite.typ = 'veraenderung' THEN wert.zaehler + wert.nenner
            ELSE wert.zaehler
        END AS wert,
        CASE
            WHEN indikator_seite.rolle = 'nenner' THEN spanne.nenner_von
            WHEN indikator_seite.typ = 'veraenderung' THEN spanne.zaehler_von + spanne.nenner_bis
            ELSE spanne.zaehler_von
        END AS von,
        CASE
            WHEN indikator_seite.rolle = 'nenner' THEN spanne.nenner_bis
            WHEN indikator_seite.typ = 'veraenderung' THEN spanne.zaehler_bis + spanne.nenner_von
            ELSE spanne.zaehler_bis
        END AS bis
    FROM wert_alle AS wert
    INNER JOIN indikator_seite ON wert.indikator_id = indikator_seite.indikator_id
    INNER JOIN katalog.indikator ON wert.indikator_id = indikator.indikator_id
    LEFT JOIN raum_gesperrt
        ON
            indikator.schutzklasse = raum_gesperrt.schutzklasse
            AND wert.zuschnitt = raum_gesperrt.zuschnitt
            AND wert.raumebene = raum_gesperrt.raumebene
            AND wert.raum_id = raum_gesperrt.raum_id
    LEFT JOIN wert_spanne AS spanne
        ON
            wert.zuschnitt = spanne.zuschnitt
            AND wert.raumebene = spanne.raumebene
            AND wert.raum_id = spanne.raum_id
            AND wert.stichtag = spanne.stichtag
            AND wert.indikator_id = spanne.indikator_id
),

beitrag AS (
    SELECT DISTINCT indikator_seite.seite
    FROM indikator_seite
    INNER JOIN merkmal_beitrag ON list_contains(string_split(indikator_seite.seite, '+'), merkmal_beitrag.merkmal)
),

gesagt AS (
    SELECT
        zeile.zuschnitt,
        zeile.raumebene,
        zeile.raum_id,
        zeile.stichtag,
        zeile.seite,
        max(zeile.mindestens) AS mindestens,
        max(zeile.wert) AS wert,
        max(zeile.von) AS von,
        min(zeile.bis) AS bis,
        bool_or(zeile.unterdrueckt AND zeile.typ = 'anzahl') AS geschuetzt,
        bool_or(zeile.unterdrueckt) AS verschwiegen,
        bool_or(zeile.gesperrt) AS gesperrt,
        bool_or(zeile.unterdrueckt) AND beitrag.seite IS NOT NULL AS beitrag
    FROM zeile
    LEFT JOIN beitrag ON zeile.seite = beitrag.seite
    GROUP BY zeile.zuschnitt, zeile.raumebene, zeile.raum_id, zeile.stichtag, zeile.seite, beitrag.seite
),

vielleicht_keiner AS (
    SELECT DISTINCT
        oben.zuschnitt,
        oben.raumebene,
        oben.raum_id,
        oben.stichtag,
        oben.seite
    FROM zeile AS oben
    INNER JOIN indikator_seite AS nenner ON oben.indikator_id = nenner.indikator_id AND nenner.rolle = 'nenner'
    INNER JOIN gesagt AS unten
        ON
            oben.zuschnitt = unten.zuschnitt
            AND oben.raumebene = unten.raumebene
            AND oben.raum_id = unten.raum_id
            AND oben.stichtag = unten.stichtag
            AND nenner.seite = unten.seite
    WHERE
        oben.typ = 'anteil'
        AND oben.rolle = 'zaehler'
        AND oben.unterdrueckt
        AND coalesce(unten.wert, 0) < oben.mindest_gruppe
)

SELECT
    gesagt.zuschnitt,
    gesagt.raumebene,
    gesagt.raum_id,
    gesagt.stichtag,
    gesagt.seite,
    gesagt.mindestens,
    gesagt.wert,
    CASE WHEN gesagt.von < gesagt.bis THEN gesagt.von END AS von,
    CASE WHEN gesagt.von < gesagt.bis THEN gesagt.bis END AS bis,
    gesagt.geschuetzt
    AND NOT gesagt.gesperrt
    AND NOT gesagt.beitrag
    AND vielleicht_keiner.raum_id IS NULL
    AND entzogen.raum_id IS NULL AS geschuetzt,
    gesagt.verschwiegen,
    gesagt.gesperrt OR (gesagt.beitrag AND entzogen.raum_id IS NULL) AS regel,
    entzogen.raum_id IS NOT NULL AS entzogen
FROM gesagt
LEFT JOIN merkmal_entzogen AS entzogen
    ON
        gesagt.zuschnitt = entzogen.zuschnitt
        AND gesagt.raumebene = entzogen.raumebene
        AND gesagt.raum_id = entzogen.raum_id
        AND gesagt.stichtag = entzogen.stichtag
        AND gesagt.seite = entzogen.merkmale
LEFT JOIN vielleicht_keiner
    ON
        gesagt.zuschnitt = vielleicht_keiner.zuschnitt
        AND gesagt.raumebene = vielleicht_keiner.raumebene
        AND gesagt.raum_id = vielleicht_keiner.raum_id
        AND gesagt.stichtag = vielleicht_keiner.stichtag
        AND gesagt.seite = vielleicht_keiner.seite
WHERE gesagt.wert IS NOT NULL OR gesagt.verschwiegen
