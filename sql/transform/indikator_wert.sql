-- One row per Indikator of a unit at a Stichtag on a Zuschnitt, before protection.
-- A figure is made only where every Merkmal of its numerator and denominator was delivered. Nearly all are sums of
-- certain counts: those of a unit stand in one list, and an Indikator adds places of it, which are the same for every
-- unit with the same Merkmale. The others come from indikator_unsicher, which says the same of a certain figure, only
-- slower. The 90 % interval of a quotient takes the errors above and below the line as independent.
-- Kept by stichtag, zuschnitt
-- Reads the earlier Stichtag of a change as well
WITH nummer AS (
    SELECT
        merkmal,
        row_number() OVER (ORDER BY merkmal) AS nummer
    FROM katalog.indikator_teil
    GROUP BY merkmal
),

einheit_merkmal AS (
    SELECT
        merkmal_zuschnitt.zuschnitt,
        merkmal_zuschnitt.raumebene,
        merkmal_zuschnitt.raum_id,
        merkmal_zuschnitt.stichtag,
        list_sort(list({ 'nummer': nummer.nummer, 'wert': merkmal_zuschnitt.wert })) AS merkmale
    FROM merkmal_zuschnitt
    INNER JOIN nummer ON merkmal_zuschnitt.merkmal = nummer.merkmal
    WHERE merkmal_zuschnitt.sicher
    GROUP BY ALL
),

einheit AS (
    SELECT
        einheit_merkmal.zuschnitt,
        einheit_merkmal.raumebene,
        einheit_merkmal.raum_id,
        einheit_merkmal.stichtag,
        list_transform(einheit_merkmal.merkmale, LAMBDA eines: eines.nummer) AS nummern,
        list_transform(einheit_merkmal.merkmale, LAMBDA eines: eines.wert) AS werte
    FROM einheit_merkmal
),

bestand AS (
    SELECT DISTINCT nummern
    FROM einheit
),

stelle AS (
    SELECT
        bestand.nummern,
        indikator.indikator_id,
        list(list_position(bestand.nummern, nummer.nummer)) FILTER (indikator_teil.rolle = 'zaehler') AS zaehler,
        list(list_position(bestand.nummern, nummer.nummer)) FILTER (indikator_teil.rolle = 'nenner') AS nenner
    FROM bestand
    CROSS JOIN katalog.indikator
    INNER JOIN katalog.indikator_teil ON indikator.indikator_id = indikator_teil.indikator_id
    INNER JOIN nummer ON indikator_teil.merkmal = nummer.merkmal
    WHERE indikator.typ <> 'veraenderung'
    GROUP BY bestand.nummern, indikator.indikator_id
    HAVING bool_and(list_contains(bestand.nummern, nummer.nummer))
),

paar AS (
    SELECT
        einheit.zuschnitt,
        einheit.raumebene,
        einheit.raum_id,
        einheit.stichtag,
        stelle.indikator_id,
        NULL AS herkunft,
        NULL AS zaehler_summe,
        NULL AS zaehler_breite,
        round(list_sum(list_select(einheit.werte, stelle.zaehler)), 6) AS zaehler_wert,
        round(list_sum(list_select(einheit.werte, stelle.nenner)), 6) AS nenner_wert,
        NULL AS nenner_breite,
        FALSE AS keines_bekannt,
        FALSE AS lueckenhaft,
        FALSE AS verschieden_lueckenhaft,
        NULL AS grund,
        'exact' AS methode
    FROM einheit
    INNER JOIN stelle ON einheit.nummern = stelle.nummern

    UNION ALL

    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        stichtag,
        indikator_id,
        herkunft,
        zaehler_summe,
        zaehler_breite,
        zaehler_wert,
        nenner_wert,
        nenner_breite,
        keines_bekannt,
        lueckenhaft,
        verschieden_lueckenhaft,
        grund,
        methode
    FROM indikator_unsicher
),

beschrieben AS (
    SELECT
        paar.*,
        indikator.typ,
        indikator.faktor,
        indikator.nachkommastellen
    FROM paar
    INNER JOIN katalog.indikator ON paar.indikator_id = indikator.indikator_id
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
        WHEN keines_bekannt THEN coalesce(grund, 'unbekannt')
        WHEN lueckenhaft THEN 'unvollstaendig'
        WHEN typ <> 'anzahl' AND nenner_wert = 0 THEN 'sinnlos'
        ELSE 'ok'
    END AS status,
    CASE herkunft WHEN 'amtlich' THEN 'amtlich' ELSE methode END AS methode,
    CASE -- exact figures have none
        WHEN methode = 'exact' OR keines_bekannt OR (typ <> 'anzahl' AND verschieden_lueckenhaft) THEN NULL
        WHEN typ = 'anzahl' THEN round(faktor * zaehler_breite, nachkommastellen + 1)
        WHEN nenner_wert > 0
            THEN round(
                faktor
                * sqrt((zaehler_breite / nenner_wert) ** 2 + (zaehler_summe * nenner_breite / nenner_wert ** 2) ** 2),
                nachkommastellen + 1
            )
    END AS unsicherheit
FROM beschrieben
