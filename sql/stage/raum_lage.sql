-- One row per unit with its own polygon and a Raumebene: itself, the unit that its id begins with, or the city.
WITH eigene AS (
    SELECT DISTINCT
        raum_geometrie.zuschnitt,
        raum_geometrie.raumebene AS ebene,
        raum_geometrie.raum_id AS id,
        raumebene.rang
    FROM stage.raum_geometrie
    INNER JOIN katalog.raumebene ON raum_geometrie.raumebene = raumebene.raumebene
)

SELECT
    eigene.zuschnitt,
    eigene.ebene,
    eigene.id,
    raumebene.raumebene,
    CASE
        WHEN raumebene.rang = eigene.rang THEN eigene.id
        ELSE coalesce(raumebene.stadt_raum_id, left(eigene.id, raumebene.stellen))
    END AS raum_id
FROM eigene
INNER JOIN katalog.raumebene
    ON
        eigene.rang = raumebene.rang
        OR (eigene.rang < raumebene.rang AND raumebene.zugehoerigkeit IN ('prefix', 'city'))
