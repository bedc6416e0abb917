-- One row per base unit with its polygon in the city's planar coordinates.
SELECT
    basis,
    basis_id,
    zuschnitt,
    wkb,
    ungueltig AND NOT reparieren AS ungueltig,
    ungueltig AND reparieren AS geheilt
FROM polygon
WHERE raumebene IS NULL
