-- One row per Indikator: its figures of every unit (in the order of atlas_einheit) and Stichtag as one text, a cell
-- each. A cell is the figure as published, a letter for its status unless it is complete, a letter for its method
-- unless it is counted, and half the width of its interval; without a row it is empty. `zeichen` are the letters.
WITH tag AS (
    SELECT DISTINCT stichtag
    FROM wert_alle
),

zelle AS (
    SELECT
        wert_alle.indikator_id,
        atlas_einheit.stelle,
        wert_alle.stichtag,
        concat(
            regexp_replace(wert_alle.wert::VARCHAR, '\.0$', ''),
            map(getvariable('worte'), getvariable('zeichen'))[wert_alle.status],
            CASE
                WHEN wert_alle.wert IS NOT NULL
                    THEN
                        concat(
                            map(getvariable('worte'), getvariable('zeichen'))[wert_alle.methode],
                            regexp_replace(wert_alle.unsicherheit::VARCHAR, '\.0$', '')
                        )
            END
        ) AS inhalt
    FROM wert_alle
    INNER JOIN atlas_einheit
        ON
            wert_alle.zuschnitt = atlas_einheit.zuschnitt
            AND wert_alle.raumebene = atlas_einheit.raumebene
            AND wert_alle.raum_id = atlas_einheit.raum_id
)

SELECT
    indikator.indikator_id,
    string_agg(coalesce(zelle.inhalt, ''), ',' ORDER BY atlas_einheit.stelle, tag.stichtag) AS zellen
FROM indikator
CROSS JOIN atlas_einheit
CROSS JOIN tag
LEFT JOIN zelle
    ON
        indikator.indikator_id = zelle.indikator_id
        AND atlas_einheit.stelle = zelle.stelle
        AND tag.stichtag = zelle.stichtag
GROUP BY indikator.indikator_id, indikator.position
ORDER BY indikator.position
