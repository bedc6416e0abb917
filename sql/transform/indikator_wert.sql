-- One row an Indikator of a unit at a Stichtag on the Zuschnitt of that Stichtag, before protection.
-- A figure is made only where every Merkmal of its numerator and denominator was delivered.
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
        merkmal_raum.zuschnitt,
        merkmal_raum.raumebene,
        merkmal_raum.raum_id,
        merkmal_raum.stichtag,
        indikator_teil.indikator_id,
        indikator_teil.rolle,
        count(*) AS merkmale,
        sum(merkmal_raum.wert) AS wert,
        list_sort(
            list_distinct(flatten(list(merkmal_raum.unbekannte) FILTER (merkmal_raum.unbekannte IS NOT NULL)))
        ) AS unbekannte,
        bool_or(merkmal_raum.teile_unbekannt > 0 AND merkmal_raum.teile_unbekannt = merkmal_raum.teile) AS unbekannt,
        min(merkmal_raum.herkunft) AS herkunft
    FROM merkmal_raum
    INNER JOIN katalog.indikator_teil ON merkmal_raum.merkmal = indikator_teil.merkmal
    GROUP BY ALL
    HAVING count(DISTINCT merkmal_raum.herkunft) <= 1
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
    INNER JOIN stichtag_zuschnitt
        ON
            vollstaendig.stichtag = stichtag_zuschnitt.stichtag
            AND vollstaendig.zuschnitt = stichtag_zuschnitt.zuschnitt
            AND stichtag_zuschnitt.eigener
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
        frueher.herkunft
    FROM vollstaendig AS frueher
    INNER JOIN katalog.indikator ON frueher.indikator_id = indikator.indikator_id
    WHERE indikator.typ = 'veraenderung'
),

paar AS (
    SELECT
        zaehler.* REPLACE (coalesce(zaehler.herkunft, nenner.herkunft) AS herkunft),
        round(zaehler.wert - CASE zaehler.typ WHEN 'veraenderung' THEN nenner.wert ELSE 0 END, 6) AS zaehler_wert,
        round(nenner.wert, 6) AS nenner_wert,
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
    CASE herkunft WHEN 'amtlich' THEN 'amtlich' ELSE 'exact' END AS methode,
    NULL::DOUBLE AS unsicherheit -- exact figures have none
FROM paar
