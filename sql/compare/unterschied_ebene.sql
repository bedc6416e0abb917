-- One row per Raumebene and Indikator with a difference.
SELECT
    raumebene,
    indikator_id,
    count(*) FILTER (art = 'changed') AS geaendert,
    count(*) FILTER (art = 'come') AS hinzugekommen,
    count(*) FILTER (art = 'gone') AS entfallen,
    arg_max(neu - alt, (abs(neu - alt), raum_id, stichtag)) FILTER (neu <> alt) AS groesste_abweichung,
    arg_max(raum_id, (abs(neu - alt), raum_id, stichtag)) FILTER (neu <> alt) AS raum_id,
    arg_max(stichtag, (abs(neu - alt), raum_id, stichtag)) FILTER (neu <> alt) AS stichtag
FROM unterschied
GROUP BY raumebene, indikator_id
ORDER BY raumebene, indikator_id
