-- One row per unit that an index of a Raumebene at a Stichtag may say something of: what its two numbers stand for.
-- A view: nothing is copied.
SELECT
    index_stand.stand,
    index_einheit.einheit,
    index_stand.zuschnitt,
    index_stand.raumebene,
    index_einheit.raum_id,
    index_stand.stichtag,
    index_stand.index_id,
    index_stand.index_version,
    index_stand.massstab
FROM index_stand
INNER JOIN index_einheit
    ON index_stand.zuschnitt = index_einheit.zuschnitt AND index_stand.raumebene = index_einheit.raumebene
