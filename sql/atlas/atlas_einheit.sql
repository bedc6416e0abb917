-- One row per unit of a Raumebene on a Zuschnitt, numbered in the order in which every file of the atlas holds them.
-- The same unit on two Zuschnitte stands side by side, since what is alike and near packs best. The view atlas_raum
-- (flows/atlas/units.py) has the units of all Raumebenen.
SELECT
    (row_number() OVER (ORDER BY raumebene.rang, atlas_raum.raum_id, atlas_raum.zuschnitt))::INTEGER - 1 AS stelle,
    atlas_raum.zuschnitt,
    atlas_raum.raumebene,
    atlas_raum.raum_id,
    atlas_raum.name,
    atlas_raum.flaeche_km2,
    atlas_raum.groesser,
    atlas_raum.geometrie
FROM atlas_raum
INNER JOIN raumebene ON atlas_raum.raumebene = raumebene.raumebene
