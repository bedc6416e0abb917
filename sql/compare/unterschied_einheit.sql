-- One row per unit among those with the most figures that moved (the variable `hoechstens` of them).
WITH gemessen AS (
    SELECT
        *,
        abs(neu - alt) / greatest(abs(neu), abs(alt)) AS weg
    FROM unterschied
    WHERE neu <> alt
)

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    any_value(einheit_name.name) AS name,
    count(*) AS figures,
    count(DISTINCT gemessen.indikator_id) AS indikatoren,
    max(gemessen.weg) AS largest_movement,
    arg_max(gemessen.indikator_id, (gemessen.weg, gemessen.indikator_id, gemessen.stichtag)) AS indikator_id,
    arg_max(gemessen.stichtag, (gemessen.weg, gemessen.indikator_id, gemessen.stichtag)) AS stichtag,
    arg_max(gemessen.alt, (gemessen.weg, gemessen.indikator_id, gemessen.stichtag)) AS before,
    arg_max(gemessen.neu, (gemessen.weg, gemessen.indikator_id, gemessen.stichtag)) AS after
FROM gemessen
LEFT JOIN einheit_name USING (zuschnitt, raumebene, raum_id)
GROUP BY zuschnitt, raumebene, raum_id
ORDER BY figures DESC, largest_movement DESC, zuschnitt ASC, raumebene ASC, raum_id ASC
LIMIT getvariable('hoechstens')
