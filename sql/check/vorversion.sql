-- One row per Indikator at a Stichtag of the last release: the share of its values that are others now.
-- Only values that stand in both, were published as they were counted, and are still computed in the same way.
WITH gleich_gerechnet AS (
    SELECT jetzt.indikator_id
    FROM _definition AS jetzt
    INNER JOIN _vorversion_definition AS damals
        ON jetzt.indikator_id = damals.indikator_id AND jetzt.rechnung = damals.rechnung
),

anteil AS (
    SELECT
        damals.indikator_id,
        damals.stichtag,
        count(*) AS werte,
        count(*) FILTER (WHERE jetzt.wert <> damals.wert) AS geaenderte,
        count(*) FILTER (WHERE abs(jetzt.wert - damals.wert) > 0.1 * abs(damals.wert)) AS stark_geaenderte
    FROM _vorversion_wert AS damals
    INNER JOIN indikator_wert AS jetzt
        ON
            damals.zuschnitt = jetzt.zuschnitt
            AND damals.raumebene = jetzt.raumebene
            AND damals.raum_id = jetzt.raum_id
            AND damals.stichtag = jetzt.stichtag
            AND damals.indikator_id = jetzt.indikator_id
    SEMI JOIN gleich_gerechnet
        ON damals.indikator_id = gleich_gerechnet.indikator_id
    WHERE jetzt.wert IS NOT NULL AND damals.gezaehlt
    GROUP BY damals.indikator_id, damals.stichtag
)

SELECT
    concat(indikator_id, ', ', stichtag) AS einheit,
    100 * geaenderte / werte AS geaendert,
    100 * stark_geaenderte / werte AS stark_geaendert
FROM anteil
ORDER BY stichtag, indikator_id
