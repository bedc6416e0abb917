-- One row per base unit finer than the Sozialräume, with a point inside it and its newest count of a Merkmal (variables
-- von_zuschnitt, nach_zuschnitt, merkmal). A count that is 0 or unknown weighs nothing.
WITH fein AS (
    SELECT DISTINCT
        zuordnung.zuschnitt,
        zuordnung.basis,
        zuordnung.basis_id
    FROM stage.zuordnung
    INNER JOIN katalog.raumebene ON zuordnung.raumebene = raumebene.raumebene AND raumebene.rang = 1
    WHERE
        zuordnung.zuschnitt IN (getvariable('von_zuschnitt'), getvariable('nach_zuschnitt'))
        AND zuordnung.basis_id <> zuordnung.raum_id
),

gezaehlt AS (
    SELECT
        basis,
        basis_id,
        stichtag,
        wert
    FROM stage.zaehlung
    WHERE merkmal = getvariable('merkmal') AND wert IS NOT NULL
),

neueste AS (
    SELECT
        basis,
        basis_id,
        arg_max(wert, stichtag) AS gewicht
    FROM gezaehlt
    GROUP BY basis, basis_id
),

punkt AS (
    SELECT DISTINCT ON (fein.basis, fein.basis_id)
        neueste.gewicht,
        st_pointonsurface(st_geomfromwkb(geometrie.wkb)) AS ort
    FROM fein
    INNER JOIN neueste ON fein.basis = neueste.basis AND fein.basis_id = neueste.basis_id
    INNER JOIN stage.geometrie
        ON
            fein.basis = geometrie.basis
            AND fein.basis_id = geometrie.basis_id
            AND fein.zuschnitt = coalesce(geometrie.zuschnitt, fein.zuschnitt)
    WHERE neueste.gewicht > 0
    ORDER BY fein.basis, fein.basis_id, fein.zuschnitt
)

SELECT
    st_x(ort) AS x,
    st_y(ort) AS y,
    gewicht
FROM punkt
