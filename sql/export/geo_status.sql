-- One row per figure of a unit of a Raumebene (variable raumebene) that is missing, incomplete or not certain, on the
-- Zuschnitt on which its Stichtag is read: why, and how it came there. A figure of which the release has no row is
-- among them where other units have one at that Stichtag.
WITH figur AS (
    SELECT *
    FROM memory.figur
    WHERE raumebene = getvariable('raumebene') AND heutig
),

gefragt AS (
    SELECT DISTINCT
        stichtag,
        indikator_id
    FROM figur
    WHERE wert IS NOT NULL
),

jede AS (
    SELECT
        zeile.zuschnitt,
        zeile.raum_id,
        zeile.stichtag,
        gefragt.indikator_id,
        figur.wert,
        coalesce(figur.status, 'nicht_geliefert') AS status,
        figur.methode,
        figur.unsicherheit
    FROM memory.zeile
    INNER JOIN gefragt ON zeile.stichtag = gefragt.stichtag
    LEFT JOIN figur
        ON
            zeile.zuschnitt = figur.zuschnitt
            AND zeile.raum_id = figur.raum_id
            AND zeile.stichtag = figur.stichtag
            AND gefragt.indikator_id = figur.indikator_id
    WHERE zeile.raumebene = getvariable('raumebene') AND zeile.heutig
)

SELECT
    jede.zuschnitt,
    jede.raum_id,
    jede.stichtag,
    jede.indikator_id,
    jede.status,
    CASE
        WHEN jede.wert IS NULL OR NOT wort_grund.vollstaendig THEN wort_grund.wort
        ELSE wort_methode.wort
    END AS grund,
    jede.wert IS NULL AS fehlt,
    jede.methode,
    jede.unsicherheit
FROM jede
INNER JOIN memory.wort_grund ON jede.status = wort_grund.status
LEFT JOIN memory.wort_methode ON jede.methode = wort_methode.methode
WHERE jede.wert IS NULL OR NOT wort_grund.vollstaendig OR NOT wort_methode.gezaehlt OR jede.unsicherheit IS NOT NULL
ORDER BY jede.zuschnitt, jede.raum_id, jede.stichtag, jede.indikator_id
