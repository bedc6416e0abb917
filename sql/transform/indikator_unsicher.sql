-- One row per Indikator of a unit at a Stichtag on a Zuschnitt whose counts are not all certain (unsicher), with
-- numerator and denominator. It is as sure as the least sure of its Merkmale.
-- A view: only indikator_wert reads it, and only of its parts that are made.
WITH gebraucht AS (
    SELECT
        indikator_id,
        rolle,
        count(*) AS merkmale
    FROM katalog.indikator_teil
    GROUP BY indikator_id, rolle
),

teil_summe AS (
    SELECT
        merkmal_zuschnitt.zuschnitt,
        merkmal_zuschnitt.raumebene,
        merkmal_zuschnitt.raum_id,
        merkmal_zuschnitt.stichtag,
        indikator_teil.indikator_id,
        indikator_teil.rolle,
        count(*) AS merkmale,
        sum(merkmal_zuschnitt.wert) AS wert,
        list_sort(
            list_distinct(flatten(list(merkmal_zuschnitt.unbekannte) FILTER (merkmal_zuschnitt.unbekannte IS NOT NULL)))
        ) AS unbekannte,
        bool_or(merkmal_zuschnitt.teile_unbekannt > 0 AND merkmal_zuschnitt.teile_unbekannt = merkmal_zuschnitt.teile)
            AS unbekannt,
        max(methode.rang) AS unsicherste,
        sqrt(sum(merkmal_zuschnitt.breite * merkmal_zuschnitt.breite)) AS breite,
        min(merkmal_zuschnitt.herkunft) AS herkunft
    FROM unsicher
    INNER JOIN katalog.indikator_teil ON unsicher.indikator_id = indikator_teil.indikator_id
    INNER JOIN merkmal_zuschnitt
        ON
            unsicher.zuschnitt = merkmal_zuschnitt.zuschnitt
            AND unsicher.raumebene = merkmal_zuschnitt.raumebene
            AND unsicher.raum_id = merkmal_zuschnitt.raum_id
            AND unsicher.stichtag = merkmal_zuschnitt.stichtag
            AND indikator_teil.merkmal = merkmal_zuschnitt.merkmal
    INNER JOIN katalog.methode ON merkmal_zuschnitt.methode = methode.methode
    GROUP BY ALL
    HAVING min(merkmal_zuschnitt.herkunft) IS NOT DISTINCT FROM max(merkmal_zuschnitt.herkunft)
),

vollstaendig AS (
    SELECT teil_summe.*
    FROM teil_summe
    INNER JOIN gebraucht
        ON
            teil_summe.indikator_id = gebraucht.indikator_id
            AND teil_summe.rolle = gebraucht.rolle
            AND teil_summe.merkmale = gebraucht.merkmale
),

zaehler AS (
    SELECT
        vollstaendig.*,
        indikator.typ
    FROM vollstaendig
    INNER JOIN katalog.indikator ON vollstaendig.indikator_id = indikator.indikator_id
    WHERE vollstaendig.rolle = 'zaehler'
),

nenner AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        indikator_id,
        wert,
        unbekannte,
        unbekannt,
        unsicherste,
        breite,
        herkunft
    FROM vollstaendig
    WHERE rolle = 'nenner'

    UNION ALL

    SELECT
        frueher.zuschnitt,
        frueher.raumebene,
        frueher.raum_id,
        (frueher.stichtag + 1 + to_years(indikator.abstand_jahre))::DATE - 1 AS stichtag,
        frueher.indikator_id,
        frueher.wert,
        frueher.unbekannte,
        frueher.unbekannt,
        frueher.unsicherste,
        frueher.breite,
        frueher.herkunft
    FROM vollstaendig AS frueher
    INNER JOIN katalog.indikator ON frueher.indikator_id = indikator.indikator_id
    WHERE indikator.typ = 'veraenderung'
),

paar AS (
    SELECT
        zaehler.zuschnitt,
        zaehler.raumebene,
        zaehler.raum_id,
        zaehler.stichtag,
        zaehler.indikator_id,
        coalesce(zaehler.herkunft, nenner.herkunft) AS herkunft,
        zaehler.wert AS zaehler_summe,
        zaehler.breite AS zaehler_breite,
        CASE
            WHEN zaehler.typ = 'veraenderung' THEN round(zaehler.wert - nenner.wert, 6)
            -- a part and its whole are estimated one by one, and rounded
            WHEN zaehler.typ = 'anteil' AND zaehler.unsicherste > 1 THEN round(least(zaehler.wert, nenner.wert), 6)
            ELSE round(zaehler.wert, 6)
        END AS zaehler_wert,
        round(nenner.wert, 6) AS nenner_wert,
        greatest(zaehler.unsicherste, nenner.unsicherste) AS unsicherste_von_beiden,
        nenner.breite AS nenner_breite,
        zaehler.unbekannt OR coalesce(nenner.unbekannt, FALSE) AS keines_bekannt,
        coalesce(len(zaehler.unbekannte), 0) + coalesce(len(nenner.unbekannte), 0) > 0 AS lueckenhaft,
        coalesce(zaehler.unbekannte, []) <> coalesce(nenner.unbekannte, []) AS verschieden_lueckenhaft
    FROM zaehler
    LEFT JOIN nenner
        ON
            zaehler.zuschnitt = nenner.zuschnitt
            AND zaehler.raumebene = nenner.raumebene
            AND zaehler.raum_id = nenner.raum_id
            AND zaehler.stichtag = nenner.stichtag
            AND zaehler.indikator_id = nenner.indikator_id
    WHERE
        (zaehler.typ = 'anzahl' OR nenner.wert IS NOT NULL)
        AND coalesce(zaehler.herkunft, nenner.herkunft, '') = coalesce(nenner.herkunft, zaehler.herkunft, '')
)

SELECT
    paar.zuschnitt,
    paar.raumebene,
    paar.raum_id,
    paar.stichtag,
    paar.indikator_id,
    paar.herkunft,
    paar.zaehler_summe,
    paar.zaehler_breite,
    paar.zaehler_wert,
    paar.nenner_wert,
    paar.nenner_breite,
    paar.keines_bekannt,
    paar.lueckenhaft,
    paar.verschieden_lueckenhaft,
    fehlgrund.status AS grund,
    methode.methode
FROM paar
INNER JOIN katalog.methode ON paar.unsicherste_von_beiden = methode.rang
LEFT JOIN fehlgrund
    ON
        paar.keines_bekannt
        AND paar.zuschnitt = fehlgrund.zuschnitt
        AND paar.raumebene = fehlgrund.raumebene
        AND paar.raum_id = fehlgrund.raum_id
        AND paar.stichtag = fehlgrund.stichtag
        AND paar.indikator_id = fehlgrund.indikator_id
