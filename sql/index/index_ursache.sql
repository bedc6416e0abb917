-- One row per index of a unit that has a score at a Stichtag and the one before: what the change is made of.
-- A view: it is read once.
SELECT
    index_stand.zuschnitt,
    index_stand.raumebene,
    index_einheit.raum_id,
    index_stand.stichtag,
    index_stand.index_id,
    index_stand.index_version,
    index_stand.massstab,
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
INNER JOIN index_stand ON index_wandel.stand = index_stand.stand
INNER JOIN index_einheit
    ON
        index_stand.zuschnitt = index_einheit.zuschnitt
        AND index_stand.raumebene = index_einheit.raumebene
        AND index_wandel.einheit = index_einheit.einheit
