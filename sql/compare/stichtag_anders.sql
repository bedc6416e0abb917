-- One row per Stichtag that only one of two releases has: whether it came or went, and how many figures it has, each
-- counted once (on the newest Zuschnitt of its Raumebene).
WITH einmal AS (
    SELECT
        'come' AS change,
        stichtag,
        wert
    FROM zahl_heute
    QUALIFY zuschnitt = max(zuschnitt) OVER (PARTITION BY raumebene, stichtag)

    UNION ALL

    SELECT
        'gone' AS change,
        stichtag,
        wert
    FROM zahl_vorher
    QUALIFY zuschnitt = max(zuschnitt) OVER (PARTITION BY raumebene, stichtag)
)

SELECT
    stichtag,
    min(change) AS change,
    count(wert) AS figures
FROM einmal
GROUP BY stichtag
HAVING min(change) = max(change)
ORDER BY stichtag
