-- One row per base unit, Zuschnitt and Raumebene: assigned by a file, itself a unit, by its id, or the whole city.
WITH zugeordnet AS (
    SELECT DISTINCT -- a table of counts that assigns its units names each of them once per Stichtag
        zuschnitt,
        basis,
        basis_id,
        raumebene,
        raum_id
    FROM roh_zuordnung

    UNION ALL

    SELECT
        zuschnitt.zuschnitt,
        zuschnitt.basis,
        geometrie.basis_id,
        raumebene.raumebene,
        geometrie.basis_id AS raum_id
    FROM katalog.zuschnitt
    INNER JOIN stage.geometrie
        ON
            zuschnitt.basis = geometrie.basis
            AND zuschnitt.zuschnitt = coalesce(geometrie.zuschnitt, zuschnitt.zuschnitt)
    INNER JOIN katalog.raumebene ON raumebene.zugehoerigkeit = 'base'
),

feinste AS (
    SELECT zugeordnet.*
    FROM zugeordnet
    INNER JOIN katalog.raumebene ON zugeordnet.raumebene = raumebene.raumebene
    WHERE raumebene.rang = 1
)

SELECT
    zuschnitt,
    basis,
    basis_id,
    raumebene,
    raum_id
FROM zugeordnet

UNION ALL

SELECT
    feinste.zuschnitt,
    feinste.basis,
    feinste.basis_id,
    raumebene.raumebene,
    coalesce(raumebene.stadt_raum_id, left(feinste.raum_id, raumebene.stellen)) AS raum_id
FROM feinste
CROSS JOIN katalog.raumebene
WHERE raumebene.zugehoerigkeit IN ('prefix', 'city')
