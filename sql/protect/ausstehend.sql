-- One row per Indikator without a single figure and a Merkmal that it waits for, with the source that would bring it.
-- The source is 'keine' where none of sources.toml brings the Merkmal. Areas come with the polygons.
WITH ohne_zahl AS (
    SELECT indikator.indikator_id
    FROM katalog.indikator
    ANTI JOIN indikator_wert ON indikator.indikator_id = indikator_wert.indikator_id
),

vorhanden AS (
    SELECT DISTINCT merkmal
    FROM merkmal_raum
)

SELECT DISTINCT
    indikator_teil.indikator_id,
    indikator_teil.merkmal,
    coalesce(quelle_merkmal.quelle, 'keine') AS quelle
FROM ohne_zahl
INNER JOIN katalog.indikator_teil ON ohne_zahl.indikator_id = indikator_teil.indikator_id
LEFT JOIN katalog.quelle_merkmal ON indikator_teil.merkmal = quelle_merkmal.merkmal
ANTI JOIN vorhanden ON indikator_teil.merkmal = vorhanden.merkmal
