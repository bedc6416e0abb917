-- One row per Indikator of a unit at a Stichtag on a Zuschnitt, before protection.
-- A figure is made only where every Merkmal of its numerator and denominator was delivered. It is as sure as the least
-- sure of them. The 90 % interval of a quotient takes the errors above and below the line as independent.
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
        max(verfahren.rang) AS unsicherste,
        sqrt(sum(merkmal_zuschnitt.breite * merkmal_zuschnitt.breite)) AS breite,
        min(merkmal_zuschnitt.herkunft) AS herkunft
    FROM merkmal_zuschnitt
    INNER JOIN katalog.indikator_teil ON merkmal_zuschnitt.merkmal = indikator_teil.merkmal
    INNER JOIN verfahren ON merkmal_zuschnitt.methode = verfahren.methode
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
        indikator.typ,
        indikator.faktor,
        indikator.nachkommastellen
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
        (frueher.stichtag + to_years(indikator.abstand_jahre))::DATE AS stichtag,
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
        zaehler.typ,
        zaehler.faktor,
        zaehler.nachkommastellen,
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
),

benannt AS (
    SELECT
        paar.*,
        verfahren.methode
    FROM paar
    INNER JOIN verfahren ON paar.unsicherste_von_beiden = verfahren.rang
)

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    indikator_id,
    CASE
        WHEN keines_bekannt OR (typ <> 'anzahl' AND verschieden_lueckenhaft) THEN NULL
        WHEN typ = 'anzahl' THEN round(faktor * zaehler_wert, nachkommastellen)
        WHEN nenner_wert > 0 THEN round(faktor * zaehler_wert / nenner_wert, nachkommastellen)
    END AS wert,
    CASE
        WHEN NOT keines_bekannt AND NOT (typ = 'veraenderung' AND verschieden_lueckenhaft) THEN zaehler_wert
    END AS zaehler,
    CASE WHEN NOT keines_bekannt THEN nenner_wert END AS nenner,
    CASE
        WHEN keines_bekannt THEN 'unbekannt'
        WHEN lueckenhaft THEN 'unvollstaendig'
        WHEN typ <> 'anzahl' AND nenner_wert = 0 THEN 'sinnlos'
        ELSE 'ok'
    END AS status,
    CASE herkunft WHEN 'amtlich' THEN 'amtlich' ELSE methode END AS methode,
    CASE -- exact figures have none
        WHEN unsicherste_von_beiden = 1 OR keines_bekannt OR (typ <> 'anzahl' AND verschieden_lueckenhaft) THEN NULL
        WHEN typ = 'anzahl' THEN round(faktor * zaehler_breite, nachkommastellen + 1)
        WHEN nenner_wert > 0
            THEN round(
                faktor
                * sqrt((zaehler_breite / nenner_wert) ** 2 + (zaehler_summe * nenner_breite / nenner_wert ** 2) ** 2),
                nachkommastellen + 1
            )
    END AS unsicherheit
FROM benannt
