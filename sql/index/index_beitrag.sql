-- One row per component of an index of a unit: its figure, standardised, and what that adds to the score.
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
    index_teil.teilwert,
    index_teil.teilgewicht
FROM index_teil
INNER JOIN index_stand ON index_teil.stand = index_stand.stand
INNER JOIN index_einheit
    ON
        index_stand.zuschnitt = index_einheit.zuschnitt
        AND index_stand.raumebene = index_einheit.raumebene
        AND index_teil.einheit = index_einheit.einheit
INNER JOIN katalog.index_komponente
    ON
        index_stand.index_id = index_komponente.index_id
        AND index_stand.index_version = index_komponente.index_version
        AND index_teil.stelle = index_komponente.position
