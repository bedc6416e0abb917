-- One row per figure that an index or a type is made of, of a unit at a Stichtag on a Zuschnitt, as every reader of
-- the release has it: the figure from its published counts; its standard error; of a suppressed one the interval that
-- the published figures leave over. A suppressed count is at most what its larger unit has beyond the published ones in
-- it.
WITH benutzt AS (
    SELECT indikator_id FROM katalog.index_komponente
    UNION
    SELECT indikator_id FROM katalog.typologie_merkmal
    UNION
    SELECT 'einwohner' AS indikator_id
),

veroeffentlicht AS (
    SELECT
        wert_alle.zuschnitt,
        wert_alle.raumebene,
        wert_alle.raum_id,
        wert_alle.stichtag,
        wert_alle.indikator_id,
        wert_alle.wert,
        wert_alle.zaehler,
        wert_alle.nenner,
        wert_alle.status,
        wert_alle.methode,
        wert_alle.unsicherheit,
        indikator.typ,
        indikator.faktor
    FROM wert_alle
    INNER JOIN katalog.indikator ON wert_alle.indikator_id = indikator.indikator_id
    SEMI JOIN benutzt ON wert_alle.indikator_id = benutzt.indikator_id
),

merkmale AS (
    SELECT
        teil.indikator_id,
        teil.rolle,
        string_agg(teil.merkmal, ' ' ORDER BY teil.merkmal) AS merkmale,
        bool_and(merkmal.ganzzahlig) AS gezaehlt
    FROM katalog.indikator_teil AS teil
    INNER JOIN katalog.merkmal ON teil.merkmal = merkmal.merkmal
    GROUP BY teil.indikator_id, teil.rolle
),

-- the Indikator that publishes what stands below the line of another
nenner_indikator AS (
    SELECT
        unten.indikator_id,
        min(oben.indikator_id) AS nenner_id
    FROM merkmale AS unten
    INNER JOIN merkmale AS oben ON unten.merkmale = oben.merkmale AND oben.rolle = 'zaehler'
    INNER JOIN katalog.indikator ON oben.indikator_id = indikator.indikator_id AND indikator.typ = 'anzahl'
    WHERE unten.rolle = 'nenner'
    GROUP BY unten.indikator_id
),

geschuetzt AS (
    SELECT *
    FROM veroeffentlicht
    WHERE status = 'geschuetzt' AND methode = 'exact' AND typ IN ('anteil', 'verhaeltnis')
),

liegt_in AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        unnest(map_keys(eltern)) AS ober_ebene,
        unnest(map_values(eltern)) AS ober_id
    FROM raum
),

bekannt_in AS (
    SELECT
        liegt_in.zuschnitt,
        liegt_in.raumebene,
        liegt_in.ober_ebene,
        liegt_in.ober_id,
        veroeffentlicht.stichtag,
        veroeffentlicht.indikator_id,
        sum(veroeffentlicht.zaehler) AS zaehler
    FROM liegt_in
    INNER JOIN veroeffentlicht
        ON
            liegt_in.zuschnitt = veroeffentlicht.zuschnitt
            AND liegt_in.raumebene = veroeffentlicht.raumebene
            AND liegt_in.raum_id = veroeffentlicht.raum_id
    GROUP BY ALL
),

hoechstens AS (
    SELECT
        geschuetzt.zuschnitt,
        geschuetzt.raumebene,
        geschuetzt.raum_id,
        geschuetzt.stichtag,
        geschuetzt.indikator_id,
        min(greatest(ganzes.zaehler - coalesce(bekannt_in.zaehler, 0), 0)) AS zaehler
    FROM geschuetzt
    INNER JOIN liegt_in
        ON
            geschuetzt.zuschnitt = liegt_in.zuschnitt
            AND geschuetzt.raumebene = liegt_in.raumebene
            AND geschuetzt.raum_id = liegt_in.raum_id
    INNER JOIN veroeffentlicht AS ganzes
        ON
            liegt_in.zuschnitt = ganzes.zuschnitt
            AND liegt_in.ober_ebene = ganzes.raumebene
            AND liegt_in.ober_id = ganzes.raum_id
            AND geschuetzt.stichtag = ganzes.stichtag
            AND geschuetzt.indikator_id = ganzes.indikator_id
            AND ganzes.methode = 'exact'
            AND ganzes.status = 'ok'
    LEFT JOIN bekannt_in
        ON
            liegt_in.zuschnitt = bekannt_in.zuschnitt
            AND liegt_in.raumebene = bekannt_in.raumebene
            AND liegt_in.ober_ebene = bekannt_in.ober_ebene
            AND liegt_in.ober_id = bekannt_in.ober_id
            AND geschuetzt.stichtag = bekannt_in.stichtag
            AND geschuetzt.indikator_id = bekannt_in.indikator_id
    GROUP BY ALL
),

spanne AS (
    SELECT
        geschuetzt.zuschnitt,
        geschuetzt.raumebene,
        geschuetzt.raum_id,
        geschuetzt.stichtag,
        geschuetzt.indikator_id,
        0.0 AS unten,
        CASE geschuetzt.typ
            WHEN 'anteil' THEN geschuetzt.faktor * coalesce(least(hoechstens.zaehler / nullif(nenner.zaehler, 0), 1), 1)
            ELSE geschuetzt.faktor * hoechstens.zaehler / nullif(nenner.zaehler, 0)
        END AS oben
    FROM geschuetzt
    LEFT JOIN hoechstens USING (zuschnitt, raumebene, raum_id, stichtag, indikator_id)
    LEFT JOIN nenner_indikator ON geschuetzt.indikator_id = nenner_indikator.indikator_id
    LEFT JOIN wert_alle AS nenner
        ON
            geschuetzt.zuschnitt = nenner.zuschnitt
            AND geschuetzt.raumebene = nenner.raumebene
            AND geschuetzt.raum_id = nenner.raum_id
            AND geschuetzt.stichtag = nenner.stichtag
            AND nenner_indikator.nenner_id = nenner.indikator_id
            AND nenner.status = 'ok'
),

gezaehlt AS (
    SELECT
        veroeffentlicht.*,
        oben.gezaehlt AS zaehler_gezaehlt,
        unten.gezaehlt AS nenner_gezaehlt
    FROM veroeffentlicht
    LEFT JOIN merkmale AS oben ON veroeffentlicht.indikator_id = oben.indikator_id AND oben.rolle = 'zaehler'
    LEFT JOIN merkmale AS unten ON veroeffentlicht.indikator_id = unten.indikator_id AND unten.rolle = 'nenner'
),

-- the variance of chance: a share of its people (0 cases of few are not certain), other counts as rare events
gerechnet AS (
    SELECT
        *,
        CASE
            WHEN wert IS NULL THEN NULL
            WHEN typ = 'anzahl' AND zaehler IS NOT NULL THEN faktor * zaehler
            WHEN typ IN ('anteil', 'verhaeltnis') AND nenner > 0 THEN faktor * zaehler / nenner
            ELSE wert
        END AS zahl,
        CASE
            WHEN typ <> 'anzahl' AND coalesce(nenner, 0) <= 0 THEN NULL
            WHEN typ = 'anteil'
                THEN faktor ** 2 * (zaehler + 0.5) * greatest(nenner - zaehler + 0.5, 0) / ((nenner + 1) ** 2 * nenner)
            WHEN typ = 'verhaeltnis'
                THEN
                    (faktor * zaehler / nenner) ** 2
                    * (
                        CASE WHEN nenner_gezaehlt THEN 1 / nenner ELSE 0 END
                        + CASE WHEN zaehler_gezaehlt AND zaehler > 0 THEN 1 / zaehler ELSE 0 END
                    )
            WHEN typ = 'anzahl' THEN CASE WHEN zaehler_gezaehlt THEN faktor ** 2 * zaehler ELSE 0 END
            WHEN typ = 'veraenderung' THEN faktor ** 2 * greatest(zaehler + 2 * nenner, 0) / nenner ** 2
        END AS zufall
    FROM gezaehlt
)

SELECT
    gerechnet.zuschnitt,
    gerechnet.raumebene,
    gerechnet.raum_id,
    gerechnet.stichtag,
    gerechnet.indikator_id,
    gerechnet.status,
    gerechnet.zahl,
    coalesce(gerechnet.zahl, spanne.unten) AS unten,
    coalesce(gerechnet.zahl, spanne.oben) AS oben,
    sqrt(coalesce(gerechnet.zufall, 0) + (coalesce(gerechnet.unsicherheit, 0) / 1.6448536269514722) ** 2) AS fehler
FROM gerechnet
LEFT JOIN spanne USING (zuschnitt, raumebene, raum_id, stichtag, indikator_id)
