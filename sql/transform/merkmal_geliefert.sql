-- One row per Merkmal that a source delivered for a Stichtag, of whichever base units.
WITH liste AS (
    SELECT DISTINCT
        quelle,
        stichtag,
        merkmale
    FROM stage.zaehlung_liste
)

SELECT
    quelle,
    stichtag,
    unnest(merkmale) AS merkmal
FROM liste

UNION

SELECT
    quelle,
    stichtag,
    merkmal
FROM stage.zaehlung_lose
