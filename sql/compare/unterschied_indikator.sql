-- One row per Indikator with a difference, in the order of the codebook.
WITH gemessen AS (
    SELECT
        *,
        abs(neu - alt) / greatest(abs(neu), abs(alt)) AS weg
    FROM unterschied
),

oben AS (
    SELECT arg_max(raumebene, rang) AS raumebene
    FROM fortschreibung.raumebene
),

entfallen AS (
    SELECT frueher.*
    FROM vorher.indikator AS frueher
    ANTI JOIN fortschreibung.indikator AS heute USING (indikator_id)
),

bezeichnet AS (
    SELECT
        indikator_id,
        label_de,
        label_en,
        einheit,
        position,
        0 AS folge
    FROM fortschreibung.indikator

    UNION ALL

    SELECT
        indikator_id,
        label_de,
        label_en,
        einheit,
        position,
        1 AS folge
    FROM entfallen
)

SELECT
    indikator_id,
    bezeichnet.label_de,
    bezeichnet.label_en,
    bezeichnet.einheit,
    count(*) AS different,
    count(*) FILTER (gemessen.cause = 'stichtag') AS stichtag,
    count(*) FILTER (gemessen.cause = 'revised') AS revised,
    count(*) FILTER (gemessen.cause = 'boundary') AS boundary,
    count(*) FILTER (gemessen.cause = 'definition') AS definition,
    count(*) FILTER (gemessen.cause = 'protection') AS protection,
    count(*) FILTER (gemessen.cause = 'coverage') AS coverage,
    count(*) FILTER (gemessen.cause = 'computation') AS computation,
    count(*) FILTER (gemessen.art = 'come') AS come,
    count(*) FILTER (gemessen.art = 'gone') AS gone,
    count(*) FILTER (gemessen.status_neu = 'geschuetzt' AND gemessen.status_alt <> 'geschuetzt') AS newly_protected,
    count(*) FILTER (gemessen.status_alt = 'geschuetzt' AND gemessen.status_neu <> 'geschuetzt') AS newly_released,
    count(*) FILTER (gemessen.alt <> gemessen.neu) AS moved,
    max(gemessen.weg) FILTER (gemessen.alt <> gemessen.neu) AS largest_movement,
    count(*) FILTER (
        gemessen.cause IN ('stichtag', 'coverage') AND gemessen.alt IS NOT NULL AND gemessen.neu IS NULL
    ) AS lost,
    coalesce(
        max(gemessen.weg) FILTER (gemessen.alt <> gemessen.neu AND gemessen.raumebene = oben.raumebene), 0
    ) AS movement_above
FROM gemessen
CROSS JOIN oben
INNER JOIN bezeichnet USING (indikator_id)
GROUP BY
    indikator_id,
    bezeichnet.label_de,
    bezeichnet.label_en,
    bezeichnet.einheit
ORDER BY any_value(bezeichnet.folge), any_value(bezeichnet.position)
