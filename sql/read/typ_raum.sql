-- One row per unit of a Raumebene with a row in a typology at a Stichtag: its type, the second nearest, and its class
-- in the main index, if the release has one.
WITH bedarf AS (
    SELECT index_wert.*
    FROM index_wert
    INNER JOIN hauptindex
        ON
            index_wert.index_id = hauptindex.index_id
            AND index_wert.index_version = hauptindex.index_version
            AND index_wert.massstab = hauptindex.massstab
)

SELECT
    typ.zuschnitt,
    typ.raum_id,
    raum_name.name,
    typ.typologie_version,
    typ.typ_status,
    typ.typ_grund,
    typ.typ_id,
    typ.typ_abstand,
    typ.zweiter_typ,
    typ.zweiter_abstand,
    typ.grenzabstand,
    typ.typ_lage,
    typ.typ_sicherheit,
    typ.moegliche_typen,
    bedarf.index_id,
    bedarf.index_version,
    bedarf.klasse
FROM typ
LEFT JOIN raum_name ON typ.zuschnitt = raum_name.zuschnitt AND typ.raum_id = raum_name.raum_id
LEFT JOIN bedarf
    ON
        typ.zuschnitt = bedarf.zuschnitt
        AND typ.raumebene = bedarf.raumebene
        AND typ.raum_id = bedarf.raum_id
        AND typ.stichtag = bedarf.stichtag
WHERE
    typ.typologie_id = getvariable('typologie')
    AND typ.raumebene = getvariable('typ_ebene')
    AND typ.stichtag = getvariable('typ_stichtag')::DATE
ORDER BY typ.typologie_version, typ.raum_id
