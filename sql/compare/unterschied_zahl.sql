-- One row per changed figure of a Stichtag that both releases have, on the newest Zuschnitt: first those that became
-- known or unknown, then those that moved furthest (the variable `hoechstens` of them).
WITH gemessen AS (
    SELECT
        *,
        (alt IS NULL) <> (neu IS NULL) AS anders_bekannt,
        CASE WHEN neu <> alt THEN abs(neu - alt) / greatest(abs(neu), abs(alt)) ELSE 0 END AS weg
    FROM unterschied_frueher
    WHERE heutig AND art = 'changed'
),

ebene AS (
    SELECT
        raumebene,
        label_de
    FROM fortschreibung.raumebene
)

SELECT
    raumebene,
    coalesce(ebene.label_de, raumebene) AS raumebene_label,
    zuschnitt,
    gemessen.raum_id,
    einheit_name.name,
    indikator_id,
    coalesce(indikator.label_de, indikator_id) AS label_de,
    coalesce(indikator.nachkommastellen, 1) AS decimals,
    gemessen.stichtag,
    gemessen.alt AS before,
    gemessen.neu AS after,
    gemessen.status_alt AS status_before,
    gemessen.status_neu AS status_after,
    gemessen.cause
FROM gemessen
LEFT JOIN ebene USING (raumebene)
LEFT JOIN fortschreibung.indikator AS indikator USING (indikator_id)
LEFT JOIN einheit_name USING (zuschnitt, raumebene, raum_id)
ORDER BY
    gemessen.anders_bekannt DESC, gemessen.weg DESC, zuschnitt ASC, raumebene ASC, gemessen.raum_id ASC,
    gemessen.stichtag ASC, indikator_id ASC
LIMIT getvariable('hoechstens')
