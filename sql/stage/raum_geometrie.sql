-- One row per unit of a Raumebene whose own polygon was delivered, in the city's planar coordinates.
SELECT
    zuschnitt,
    raumebene,
    basis_id AS raum_id,
    wkb,
    ungueltig AND NOT reparieren AS ungueltig,
    ungueltig AND reparieren AS geheilt
FROM polygon
WHERE raumebene IS NOT NULL
