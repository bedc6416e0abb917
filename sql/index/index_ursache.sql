-- One row per index of a unit that has a score at a Stichtag and the one before: what the change is made of.
-- A view: it is read once.
SELECT
    index_lage.zuschnitt,
    index_lage.raumebene,
    index_lage.raum_id,
    index_lage.stichtag,
    index_lage.index_id,
    index_lage.index_version,
    index_lage.massstab,
    index_wandel.von_stichtag,
    index_wandel.von_zuschnitt,
    index_wandel.von_version,
    index_wandel.punkte_differenz,
    index_wandel.teil_raum,
    index_wandel.teil_zufall,
    index_wandel.teil_stadt,
    index_wandel.teil_zuschnitt,
    index_wandel.teil_definition,
    index_wandel.von_klasse,
    index_wandel.klasse,
    index_wandel.klasse_ursache
FROM index_wandel
INNER JOIN index_lage ON index_wandel.stand = index_lage.stand AND index_wandel.einheit = index_lage.einheit
