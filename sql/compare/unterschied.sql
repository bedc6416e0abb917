-- One row per figure that differs between two releases, with its one cause; a figure that went on one Zuschnitt and
-- came on another is one. The cause is the first that holds of: a Stichtag that only one release has, another Zuschnitt
-- for its Stichtag or another set of units, coverage, protection, definition, the unit's outline. What is left is the
-- variable `ohne_anlass`: the source's doing (revised), or the program's where both releases were made from the same
-- deliveries (computation).
WITH gereiht AS (
    SELECT
        *,
        art <> 'changed' AS einzeln,
        row_number() OVER (PARTITION BY art, raumebene, raum_id, stichtag, indikator_id ORDER BY zuschnitt) AS platz
    FROM unterschied_roh
),

gegangen AS (
    SELECT *
    FROM gereiht
    WHERE art = 'gone'
),

gekommen AS (
    SELECT *
    FROM gereiht
    WHERE art = 'come'
),

umgezogen AS (
    SELECT
        raumebene,
        raum_id,
        stichtag,
        indikator_id,
        platz,
        TRUE AS einzeln,
        gekommen.zuschnitt,
        gegangen.alt,
        gekommen.neu,
        gegangen.status_alt,
        gekommen.status_neu
    FROM gegangen
    INNER JOIN gekommen USING (raumebene, raum_id, stichtag, indikator_id, platz)
),

ersetzt AS (
    SELECT
        raumebene,
        stichtag,
        indikator_id
    FROM unterschied_roh
    GROUP BY raumebene, stichtag, indikator_id
    HAVING min(zuschnitt) FILTER (art = 'come') <> min(zuschnitt) FILTER (art = 'gone')
),

gemeinsam AS (
    SELECT zuschnitt
    FROM vorher.zuschnitt
    SEMI JOIN fortschreibung.zuschnitt AS heute USING (zuschnitt)
),

anderswo AS (
    SELECT
        zuschnitt,
        raumebene,
        raum_id,
        change
    FROM einheit_anders
    WHERE change <> 'name'
),

geblieben AS (
    SELECT gereiht.*
    FROM gereiht
    ANTI JOIN umgezogen USING (raumebene, raum_id, stichtag, indikator_id, platz, einzeln)
)

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    indikator_id,
    alt,
    neu,
    status_alt,
    status_neu,
    'changed' AS art,
    'boundary' AS cause
FROM umgezogen

UNION ALL

SELECT
    zuschnitt,
    raumebene,
    raum_id,
    stichtag,
    indikator_id,
    geblieben.alt,
    geblieben.neu,
    geblieben.status_alt,
    geblieben.status_neu,
    geblieben.art,
    CASE
        WHEN stichtag_anders.stichtag IS NOT NULL THEN 'stichtag'
        WHEN
            geblieben.art <> 'changed' AND (
                ersetzt.indikator_id IS NOT NULL
                OR (anderswo.change IS NOT NULL AND gemeinsam.zuschnitt IS NOT NULL)
            )
            THEN 'boundary'
        WHEN geblieben.art <> 'changed' THEN 'coverage'
        WHEN (geblieben.status_alt = 'geschuetzt') <> (geblieben.status_neu = 'geschuetzt') THEN 'protection'
        WHEN (geblieben.alt IS NULL) <> (geblieben.neu IS NULL) THEN 'coverage'
        WHEN definition_anders.indikator_id IS NOT NULL THEN 'definition'
        WHEN geblieben.teil_verdeckt AND NOT (geblieben.alt IS DISTINCT FROM geblieben.neu) THEN 'protection'
        WHEN anderswo.change IS NOT NULL THEN 'boundary'
        ELSE getvariable('ohne_anlass')
    END AS cause
FROM geblieben
LEFT JOIN stichtag_anders USING (stichtag)
LEFT JOIN anderswo USING (zuschnitt, raumebene, raum_id)
LEFT JOIN ersetzt USING (raumebene, stichtag, indikator_id)
LEFT JOIN gemeinsam USING (zuschnitt)
LEFT JOIN definition_anders USING (indikator_id)
