-- One row per figure that an index is made of, with its place among the Stichtage and units of its Raumebene.
SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    indikator_id,
    status,
    zahl,
    unten,
    oben,
    fehler,
    dense_rank() OVER (PARTITION BY zuschnitt, raumebene ORDER BY stichtag) - 1 AS tag,
    dense_rank() OVER (PARTITION BY zuschnitt, raumebene ORDER BY raum_id) - 1 AS einheit,
    dense_rank() OVER (ORDER BY indikator_id) - 1 AS stelle
FROM index_angabe
