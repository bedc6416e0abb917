-- One row per component of an index of a unit: its figure, standardised, and what that adds to the score.
-- A view: it is read once.
SELECT
    index_lage.zuschnitt,
    index_lage.raumebene,
    index_lage.raum_id,
    index_lage.stichtag,
    index_lage.index_id,
    index_lage.index_version,
    index_lage.massstab,
    index_komponente.indikator_id,
    index_teil.teilwert,
    index_teil.teilgewicht
FROM index_teil
INNER JOIN index_lage ON index_teil.stand = index_lage.stand AND index_teil.einheit = index_lage.einheit
INNER JOIN katalog.index_komponente
    ON
        index_lage.index_id = index_komponente.index_id
        AND index_lage.index_version = index_komponente.index_version
        AND index_teil.stelle = index_komponente.position
