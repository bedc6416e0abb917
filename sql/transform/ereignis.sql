-- One row an old and a new unit that share base units, with what the redraw did between the two:
--   unveraendert      the same base units under the same id
--   umnummeriert      the same base units under another id
--   geteilt           the new unit is a part of the old one, and of no other
--   zusammengelegt    the old unit went wholly into the new one, which has other parts as well
--   teil_uebertragen  a part of the old unit went to a new one that has other parts as well; or, old and new id
--                     being the same, the unit lives on and has given a part away or received one
--   aufgeloest, neu   the old, the new unit has no base unit that the other Zuschnitt assigns
-- So a unit that is split, with one part going to a neighbour, shows as what it is: one row geteilt, one row
-- teil_uebertragen, and the neighbour's own row. Only in a pure split or merger is the unit that keeps the id
-- geteilt or zusammengelegt like the others; beside a transfer, its boundary has moved and it lives on.
-- Base units that only one of the Zuschnitte assigns (built since, never inhabited) make no event of their own.
WITH paare AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY von_zuschnitt, nach_zuschnitt, raumebene, von_id) AS teile_des_alten,
        count(*) OVER (PARTITION BY von_zuschnitt, nach_zuschnitt, raumebene, nach_id) AS quellen_des_neuen
    FROM uebergang
),

umgebung AS (
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
        teile_des_alten > 1 AS gibt_ab,
        quellen_des_neuen > 1 AS nimmt_auf,
        CASE
            WHEN teile_des_alten = 1 AND quellen_des_neuen = 1 AND von_id = nach_id THEN 'unveraendert'
            WHEN teile_des_alten = 1 AND quellen_des_neuen = 1 THEN 'umnummeriert'
            WHEN teile_des_alten > 1 AND max_quellen = 1 THEN 'geteilt'
            WHEN quellen_des_neuen > 1 AND max_teile = 1 THEN 'zusammengelegt'
            WHEN von_id = nach_id THEN 'teil_uebertragen'
            WHEN quellen_des_neuen = 1 THEN 'geteilt'
            WHEN teile_des_alten = 1 THEN 'zusammengelegt'
            ELSE 'teil_uebertragen'
        END AS ereignis
    FROM umgebung
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

SELECT
    von_zuschnitt,
    nach_zuschnitt,
    raumebene,
    ereignis,
    von_id,
    nach_id,
    gibt_ab,
    nimmt_auf
FROM verbunden

UNION ALL

SELECT
    von_zuschnitt,
    nach_zuschnitt,
    raumebene,
    'aufgeloest' AS ereignis,
    raum_id AS von_id,
    NULL AS nach_id,
    FALSE AS gibt_ab,
    FALSE AS nimmt_auf
FROM nur_alt

UNION ALL

SELECT
    von_zuschnitt,
    nach_zuschnitt,
    raumebene,
    'neu' AS ereignis,
    NULL AS von_id,
    raum_id AS nach_id,
    FALSE AS gibt_ab,
    FALSE AS nimmt_auf
FROM nur_neu
