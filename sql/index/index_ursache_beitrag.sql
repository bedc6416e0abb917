-- One row per component of an index of a unit: its parts in the change since the Stichtag before.
-- A view: it is read once.
SELECT
    index_stand.zuschnitt,
    index_stand.raumebene,
    index_einheit.raum_id,
    index_stand.stichtag,
    index_stand.index_id,
    index_stand.index_version,
    index_stand.massstab,
    index_komponente.indikator_id,
    index_wandel_teil.teil_eigen,
    index_wandel_teil.teil_stadt,
    index_wandel_teil.teil_zuschnitt
FROM index_wandel_teil
INNER JOIN index_stand ON index_wandel_teil.stand = index_stand.stand
INNER JOIN index_einheit
    ON
        index_stand.zuschnitt = index_einheit.zuschnitt
        AND index_stand.raumebene = index_einheit.raumebene
        AND index_wandel_teil.einheit = index_einheit.einheit
INNER JOIN katalog.index_komponente
    ON
        index_stand.index_id = index_komponente.index_id
        AND index_stand.index_version = index_komponente.index_version
        AND index_wandel_teil.stelle = index_komponente.position
