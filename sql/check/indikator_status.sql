-- One row per status that figures of an Indikator have at a Raumebene, with and without a value.
WITH zahl AS (
    SELECT
        indikator_id,
        raumebene,
        raum_id,
        status,
        wert IS NOT NULL AS hat_wert,
        CASE status
            WHEN 'ok' THEN coalesce(isfinite(wert), FALSE)
            WHEN 'unvollstaendig' THEN coalesce(isfinite(wert), TRUE)
            ELSE wert IS NULL
        END AS stimmig
    FROM indikator_wert
)

SELECT
    concat(indikator_id, ', ', raumebene, ', status ', coalesce(status, 'NULL')) AS einheit,
    status,
    status IS NULL OR status IN (SELECT bekannt.status FROM katalog.status AS bekannt) AS bekannt,
    stimmig,
    concat(
        count(*), ' figures ', CASE WHEN hat_wert THEN 'with' ELSE 'without' END, ' a value, the first in ',
        min(raum_id)
    ) AS gefunden,
    'a value where the status is ok, none where it says that there is none' AS erwartet
FROM zahl
GROUP BY indikator_id, raumebene, status, hat_wert, stimmig
ORDER BY indikator_id, raumebene, status, hat_wert
