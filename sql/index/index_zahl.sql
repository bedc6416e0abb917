-- One row per figure that an index or a type is made of, with its place among the Stichtage and units of its Raumebene.
WITH tag AS (
    SELECT
        zuschnitt,
        raumebene,
        stichtag,
        row_number() OVER (PARTITION BY zuschnitt, raumebene ORDER BY stichtag) - 1 AS tag
    FROM index_angabe
    GROUP BY zuschnitt, raumebene, stichtag
),

stelle AS (
    SELECT
        indikator_id,
        row_number() OVER (ORDER BY indikator_id) - 1 AS stelle
    FROM index_angabe
    GROUP BY indikator_id
)

SELECT
    index_angabe.zuschnitt,
    index_angabe.raumebene,
    index_angabe.raum_id,
    index_angabe.stichtag,
    index_angabe.indikator_id,
    index_angabe.status,
    index_angabe.zahl,
    index_angabe.unten,
    index_angabe.oben,
    index_angabe.fehler,
    tag.tag,
    index_einheit.einheit,
    stelle.stelle
FROM index_angabe
INNER JOIN tag
    ON
        index_angabe.zuschnitt = tag.zuschnitt
        AND index_angabe.raumebene = tag.raumebene
        AND index_angabe.stichtag = tag.stichtag
INNER JOIN index_einheit
    ON
        index_angabe.zuschnitt = index_einheit.zuschnitt
        AND index_angabe.raumebene = index_einheit.raumebene
        AND index_angabe.raum_id = index_einheit.raum_id
INNER JOIN stelle ON index_angabe.indikator_id = stelle.indikator_id
