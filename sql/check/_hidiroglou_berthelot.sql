-- One row is the change of a Merkmal of a Sozialraum between two Stichtage, scored by Hidiroglou and Berthelot (1986).
-- U = 0.5 weighs size, A = 0.05 keeps the bounds apart; a change is an outlier where abstand > C. Zeros stay out.
WITH verhaeltnis AS (
    SELECT
        *,
        wert / wert_vorher AS quotient,
        median(wert / wert_vorher) OVER (PARTITION BY stichtag, merkmal) AS mitte
    FROM _merkmal_paar
    WHERE
        wert > 0
        AND wert_vorher > 0
        AND raumebene = (SELECT ebene.feinste FROM _ebene AS ebene)
),

punktwert AS (
    SELECT
        *,
        sqrt(greatest(wert, wert_vorher))
        * CASE WHEN quotient < mitte THEN 1 - mitte / quotient ELSE quotient / mitte - 1 END AS effekt
    FROM verhaeltnis
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
    punktwert.zuschnitt,
    punktwert.raumebene,
    punktwert.raum_id,
    punktwert.merkmal,
    punktwert.stichtag_vorher,
    punktwert.stichtag,
    punktwert.wert_vorher,
    punktwert.wert,
    punktwert.effekt,
    verteilung.mittlerer_effekt,
    CASE
        WHEN punktwert.effekt < verteilung.mittlerer_effekt
            THEN
                (verteilung.mittlerer_effekt - punktwert.effekt)
                / nullif(
                    greatest(
                        verteilung.mittlerer_effekt - verteilung.unteres_viertel,
                        abs(0.05 * verteilung.mittlerer_effekt)
                    ), 0
                )
        ELSE
            (punktwert.effekt - verteilung.mittlerer_effekt)
            / nullif(
                greatest(
                    verteilung.oberes_viertel - verteilung.mittlerer_effekt,
                    abs(0.05 * verteilung.mittlerer_effekt)
                ), 0
            )
    END AS abstand
FROM punktwert
INNER JOIN verteilung
    ON punktwert.stichtag = verteilung.stichtag AND punktwert.merkmal = verteilung.merkmal
