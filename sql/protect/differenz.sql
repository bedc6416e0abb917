-- One row per figure on another Zuschnitt than its Stichtag's own that, subtracted from others, could reveal a place
-- with too few people. Figures of a connected set of units are sums of the smallest places in it: if none of these is
-- too small, no difference is, whichever units and Raumebenen are taken. If one is, the whole set is suppressed on the
-- other Zuschnitt. A change between two Stichtage reveals the earlier count too.
WITH beruehrt AS (
    SELECT DISTINCT
        traeger.gruppe,
        traeger.traeger,
        traeger.raumebene,
        komponente.komponente
    FROM traeger
    INNER JOIN komponente
        ON
            traeger.gruppe = komponente.gruppe
            AND traeger.zuschnitt = komponente.zuschnitt
            AND traeger.raumebene = komponente.raumebene
            AND traeger.raum_id = komponente.raum_id
),

weg AS (
    SELECT DISTINCT gruppe
    FROM beruehrt
),

gezaehlt AS (
    SELECT
        '' AS gruppe,
        kombination::VARCHAR AS traeger,
        stichtag,
        merkmal,
        wert
    FROM merkmal_kombination

    UNION ALL

    SELECT
        weg.gruppe,
        merkmal_raum.raumebene || '/' || merkmal_raum.raum_id AS traeger,
        merkmal_raum.stichtag,
        merkmal_raum.merkmal,
        merkmal_raum.wert
    FROM merkmal_raum
    INNER JOIN weg ON weg.gruppe LIKE merkmal_raum.zuschnitt || '>%'
),

teil_summe AS (
    SELECT
        gezaehlt.gruppe,
        gezaehlt.traeger,
        gezaehlt.stichtag,
        indikator_teil.indikator_id,
        indikator_teil.rolle,
        sum(gezaehlt.wert) AS wert
    FROM gezaehlt
    SEMI JOIN beruehrt ON gezaehlt.gruppe = beruehrt.gruppe AND gezaehlt.traeger = beruehrt.traeger
    INNER JOIN katalog.indikator_teil ON gezaehlt.merkmal = indikator_teil.merkmal
    GROUP BY ALL
),

seite AS (
    SELECT *
    FROM teil_summe

    UNION ALL

    SELECT
        teil_summe.gruppe,
        teil_summe.traeger,
        (teil_summe.stichtag + to_years(indikator.abstand_jahre))::DATE AS stichtag,
        teil_summe.indikator_id,
        'nenner' AS rolle,
        teil_summe.wert
    FROM teil_summe
    INNER JOIN katalog.indikator ON teil_summe.indikator_id = indikator.indikator_id
    WHERE indikator.typ = 'veraenderung'
),

klein AS (
    SELECT
        seite.gruppe,
        seite.traeger,
        seite.stichtag,
        seite.indikator_id
    FROM seite
    INNER JOIN schwelle ON seite.indikator_id = schwelle.indikator_id
    GROUP BY ALL
    HAVING
        bool_or(seite.rolle = 'zaehler' AND zu_klein(seite.wert, schwelle.mindest_zaehler))
        OR bool_or(seite.rolle = 'nenner' AND zu_klein(seite.wert, schwelle.mindest_nenner))
        OR (
            any_value(schwelle.typ) = 'anteil'
            AND zu_klein(
                sum(CASE seite.rolle WHEN 'nenner' THEN seite.wert ELSE -seite.wert END),
                any_value(schwelle.mindest_zaehler)
            )
        )
),

still AS (
    SELECT DISTINCT
        beruehrt.gruppe,
        beruehrt.raumebene,
        beruehrt.komponente,
        klein.stichtag,
        klein.indikator_id
    FROM klein
    INNER JOIN beruehrt ON klein.gruppe = beruehrt.gruppe AND klein.traeger = beruehrt.traeger
)

SELECT DISTINCT
    komponente.zuschnitt,
    komponente.raumebene,
    komponente.raum_id,
    still.stichtag,
    still.indikator_id
FROM still
INNER JOIN komponente
    ON
        still.gruppe = komponente.gruppe
        AND still.raumebene = komponente.raumebene
        AND still.komponente = komponente.komponente
INNER JOIN katalog.indikator ON still.indikator_id = indikator.indikator_id
INNER JOIN stichtag AS jetzt ON still.stichtag = jetzt.stichtag
LEFT JOIN stichtag AS frueher ON still.stichtag = (frueher.stichtag + to_years(indikator.abstand_jahre))::DATE
WHERE
    komponente.zuschnitt <> jetzt.zuschnitt
    OR komponente.zuschnitt <> coalesce(frueher.zuschnitt, komponente.zuschnitt)
