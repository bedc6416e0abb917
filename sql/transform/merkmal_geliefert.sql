-- One row per Merkmal that a source delivered for a Stichtag, of whichever base units.
WITH tag AS (
    SELECT DISTINCT
        quelle,
        stichtag
    FROM stage.zaehlung_liste
)

SELECT
    tag.quelle,
    tag.stichtag,
    unnest(quelle_reihe.merkmale) AS merkmal
FROM tag
INNER JOIN katalog.quelle_reihe ON tag.quelle = quelle_reihe.quelle

UNION

SELECT
    quelle,
    stichtag,
    merkmal
FROM stage.zaehlung_lose
