-- One row per class of an index that a unit may be in: how probable that is. A class without a row has no chance.
-- A view: it is read once.
SELECT
    index_lage.zuschnitt,
    index_lage.raumebene,
    index_lage.raum_id,
    index_lage.stichtag,
    index_lage.index_id,
    index_lage.index_version,
    index_lage.massstab,
    index_chance.klasse,
    index_chance.wahrscheinlichkeit
FROM index_chance
INNER JOIN index_lage ON index_chance.stand = index_lage.stand AND index_chance.einheit = index_lage.einheit
