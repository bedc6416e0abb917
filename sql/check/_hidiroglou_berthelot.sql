-- One row per change of a Merkmal or cohort of a Sozialraum between two Stichtage, scored by Hidiroglou and
-- Berthelot (1986): U weighs size, A keeps the bounds apart; a change is an outlier where abstand > C. Zeros stay out.
-- Where most units change alike, quartiles and median of the effects are 0: there alone the scale is a fixed one.
WITH paar AS (
    SELECT
        'merkmal' AS reihe,
        *
    FROM _merkmal_paar
    UNION ALL BY NAME
    SELECT
        'kohorte' AS reihe,
        * EXCLUDE (mindestens, hoechstens)
    FROM _kohorten_paar
),

verhaeltnis AS (
    SELECT
        *,
        wert / wert_vorher AS quotient,
        median(wert / wert_vorher) OVER (PARTITION BY stichtag, merkmal) AS mitte
    FROM paar
    WHERE
        wert > 0
        AND wert_vorher > 0
        AND raumebene = (SELECT ebene.feinste FROM _ebene AS ebene)
),

punktwert AS (
    SELECT
        verhaeltnis.*,
        parameter.a,
        parameter.c,
        parameter.kleinste_streuung,
        power(greatest(verhaeltnis.wert, verhaeltnis.wert_vorher), parameter.u)
        * CASE
            WHEN verhaeltnis.quotient < verhaeltnis.mitte THEN 1 - verhaeltnis.mitte / verhaeltnis.quotient
            ELSE verhaeltnis.quotient / verhaeltnis.mitte - 1
        END AS effekt
    FROM verhaeltnis
    CROSS JOIN _hidiroglou_berthelot_parameter AS parameter
),

verteilung AS (
    SELECT
        stichtag,
        merkmal,
        quantile_cont(effekt, 0.25) AS unteres_viertel,
        median(effekt) AS mittlerer_effekt,
        quantile_cont(effekt, 0.75) AS oberes_viertel
    FROM punktwert
    GROUP BY stichtag, merkmal
)

SELECT
    punktwert.reihe,
    punktwert.zuschnitt,
    punktwert.raumebene,
    punktwert.raum_id,
    punktwert.merkmal,
    punktwert.stichtag_vorher,
    punktwert.stichtag,
    punktwert.wert_vorher,
    punktwert.wert,
    punktwert.effekt,
    punktwert.c,
    verteilung.mittlerer_effekt,
    abs(punktwert.effekt - verteilung.mittlerer_effekt) / coalesce(
        nullif(
            greatest(
                CASE
                    WHEN punktwert.effekt < verteilung.mittlerer_effekt
                        THEN verteilung.mittlerer_effekt - verteilung.unteres_viertel
                    ELSE verteilung.oberes_viertel - verteilung.mittlerer_effekt
                END,
                abs(punktwert.a * verteilung.mittlerer_effekt)
            ), 0
        ),
        punktwert.kleinste_streuung
    ) AS abstand
FROM punktwert
INNER JOIN verteilung
    ON punktwert.stichtag = verteilung.stichtag AND punktwert.merkmal = verteilung.merkmal
