-- One row per unit of the finest Raumebene whose type in the city's first typology is another at the newest Stichtag
-- than at the one before, the farthest from a border first (the variable `hoechstens` of them).
WITH erste AS (
    SELECT
        typ.typologie_id,
        typ.typologie_version,
        arg_min(typ.raumebene, raumebene.rang) AS raumebene
    FROM fortschreibung.typ
    INNER JOIN fortschreibung.typologie
        ON
            typ.typologie_id = typologie.typologie_id
            AND typ.typologie_version = typologie.typologie_version
    INNER JOIN fortschreibung.raumebene ON typ.raumebene = raumebene.raumebene
    GROUP BY typ.typologie_id, typ.typologie_version, typologie.position
    ORDER BY max(typ.stichtag) DESC, typologie.position ASC
    LIMIT 1
),

stand AS (
    SELECT
        typ.*,
        dense_rank() OVER (ORDER BY typ.stichtag DESC) AS rang
    FROM fortschreibung.typ
    INNER JOIN erste
        ON
            typ.typologie_id = erste.typologie_id
            AND typ.typologie_version = erste.typologie_version
            AND typ.raumebene = erste.raumebene
)

SELECT
    jetzt.zuschnitt,
    jetzt.raumebene,
    jetzt.raum_id,
    einheit_name.name,
    davor.stichtag AS stichtag_before,
    jetzt.stichtag,
    typ_davor.label_de AS type_before,
    typ_jetzt.label_de AS type_after,
    davor.typ_lage = 'grenzfall' OR jetzt.typ_lage = 'grenzfall' AS borderline,
    davor.grenzabstand AS border_before,
    jetzt.grenzabstand AS border_after
FROM stand AS jetzt
INNER JOIN stand AS davor ON jetzt.zuschnitt = davor.zuschnitt AND jetzt.raum_id = davor.raum_id AND davor.rang = 2
INNER JOIN fortschreibung.typologie_typ AS typ_jetzt
    ON
        jetzt.typologie_id = typ_jetzt.typologie_id
        AND jetzt.typologie_version = typ_jetzt.typologie_version
        AND jetzt.typ_id = typ_jetzt.typ_id
INNER JOIN fortschreibung.typologie_typ AS typ_davor
    ON
        davor.typologie_id = typ_davor.typologie_id
        AND davor.typologie_version = typ_davor.typologie_version
        AND davor.typ_id = typ_davor.typ_id
LEFT JOIN einheit_name
    ON
        jetzt.zuschnitt = einheit_name.zuschnitt
        AND jetzt.raumebene = einheit_name.raumebene
        AND jetzt.raum_id = einheit_name.raum_id
WHERE jetzt.rang = 1 AND jetzt.typ_id <> davor.typ_id
ORDER BY least(davor.grenzabstand, jetzt.grenzabstand) DESC, jetzt.raum_id ASC
LIMIT getvariable('hoechstens')
