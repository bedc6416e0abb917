-- One row per figure among those of its Raumebene and Indikator that moved furthest (variable `hoechstens`).
WITH gereiht AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY raumebene, indikator_id
            ORDER BY abs(neu - alt) DESC, zuschnitt ASC, raum_id ASC, stichtag ASC
        ) AS platz
    FROM unterschied
    WHERE neu <> alt
)

SELECT
    raumebene,
    gereiht.indikator_id,
    zuschnitt,
    raum_id,
    einheit_name.name,
    gereiht.stichtag,
    gereiht.cause,
    gereiht.alt AS before,
    gereiht.neu AS after,
    gereiht.neu - gereiht.alt AS difference
FROM gereiht
LEFT JOIN einheit_name USING (zuschnitt, raumebene, raum_id)
WHERE gereiht.platz <= getvariable('hoechstens')
ORDER BY raumebene, gereiht.indikator_id, gereiht.platz
