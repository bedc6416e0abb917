-- One row an old and a new unit that a redraw connects, with the kind of change that both are part of.
WITH paare AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY von_zuschnitt, nach_zuschnitt, raumebene, von_id) AS teile_des_alten,
        count(*) OVER (PARTITION BY von_zuschnitt, nach_zuschnitt, raumebene, nach_id) AS quellen_des_neuen
    FROM uebergang
),

gruppen AS (
    SELECT
        *,
        max(quellen_des_neuen) OVER (PARTITION BY von_zuschnitt, nach_zuschnitt, raumebene, von_id) AS max_quellen,
        max(teile_des_alten) OVER (PARTITION BY von_zuschnitt, nach_zuschnitt, raumebene, nach_id) AS max_teile
    FROM paare
),

verbunden AS (
    SELECT
        von_zuschnitt,
        nach_zuschnitt,
        raumebene,
        von_id,
        nach_id,
        CASE
            WHEN teile_des_alten = 1 AND quellen_des_neuen = 1 AND von_id = nach_id THEN 'unveraendert'
            WHEN teile_des_alten = 1 AND quellen_des_neuen = 1 THEN 'umnummeriert'
            WHEN teile_des_alten > 1 AND max_quellen = 1 THEN 'geteilt'
            WHEN quellen_des_neuen > 1 AND max_teile = 1 THEN 'zusammengelegt'
            ELSE 'teil_uebertragen'
        END AS ereignis
    FROM gruppen
),

nur_alt AS (
    SELECT DISTINCT
        umbau.von_zuschnitt,
        umbau.nach_zuschnitt,
        zuordnung.raumebene,
        zuordnung.raum_id
    FROM umbau
    INNER JOIN stage.zuordnung ON umbau.von_zuschnitt = zuordnung.zuschnitt
    ANTI JOIN uebergang
        ON
            umbau.von_zuschnitt = uebergang.von_zuschnitt
            AND zuordnung.raumebene = uebergang.raumebene
            AND zuordnung.raum_id = uebergang.von_id
),

nur_neu AS (
    SELECT DISTINCT
        umbau.von_zuschnitt,
        umbau.nach_zuschnitt,
        zuordnung.raumebene,
        zuordnung.raum_id
    FROM umbau
    INNER JOIN stage.zuordnung ON umbau.nach_zuschnitt = zuordnung.zuschnitt
    ANTI JOIN uebergang
        ON
            umbau.nach_zuschnitt = uebergang.nach_zuschnitt
            AND zuordnung.raumebene = uebergang.raumebene
            AND zuordnung.raum_id = uebergang.nach_id
)

SELECT von_zuschnitt, nach_zuschnitt, raumebene, ereignis, von_id, nach_id
FROM verbunden

UNION ALL

SELECT von_zuschnitt, nach_zuschnitt, raumebene, 'aufgeloest' AS ereignis, raum_id AS von_id, NULL AS nach_id
FROM nur_alt

UNION ALL

SELECT von_zuschnitt, nach_zuschnitt, raumebene, 'neu' AS ereignis, NULL AS von_id, raum_id AS nach_id
FROM nur_neu
