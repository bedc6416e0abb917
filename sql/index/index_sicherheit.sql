-- One row per class of an index that a unit may be in: how probable that is. A class without a row has no chance.
-- A view: it is read once.
SELECT
    index_stand.zuschnitt,
    index_stand.raumebene,
    index_einheit.raum_id,
    index_stand.stichtag,
    index_stand.index_id,
    index_stand.index_version,
    index_stand.massstab,
    index_chance.klasse,
    index_chance.wahrscheinlichkeit
FROM index_chance
INNER JOIN index_stand ON index_chance.stand = index_stand.stand
INNER JOIN index_einheit
    ON
        index_stand.zuschnitt = index_einheit.zuschnitt
        AND index_stand.raumebene = index_einheit.raumebene
        AND index_chance.einheit = index_einheit.einheit
