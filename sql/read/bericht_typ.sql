-- One row per Sozialraum with a row in the release's first typology at the Stichtag: its type, or which are possible.
WITH erste AS (
    SELECT
        typologie.typologie_id,
        typologie.typologie_version,
        typologie.label_de
    FROM typologie
    SEMI JOIN typ
        ON
            typologie.typologie_id = typ.typologie_id
            AND typologie.typologie_version = typ.typologie_version
            AND typ.raumebene = 'sozialraum'
            AND typ.stichtag = getvariable('stichtag')::DATE
    ORDER BY typologie.position
    LIMIT 1
),

benannt AS (
    SELECT typologie_typ.*
    FROM typologie_typ
    INNER JOIN erste
        ON
            typologie_typ.typologie_id = erste.typologie_id
            AND typologie_typ.typologie_version = erste.typologie_version
)

SELECT
    typ.raum_id,
    erste.typologie_id,
    erste.label_de AS typology_label,
    any_value(benannt.label_de) FILTER (typ.typ_id = benannt.typ_id) AS type_label,
    any_value(benannt.label_de) FILTER (typ.zweiter_typ = benannt.typ_id) AS second_label,
    coalesce(any_value(typ.typ_lage) = 'grenzfall', FALSE) AS borderline,
    coalesce(
        list(benannt.label_de ORDER BY benannt.position)
        FILTER (list_contains(string_split(typ.moegliche_typen, ' '), benannt.typ_id)),
        []
    ) AS possible,
    any_value(typ.typ_status) AS typ_status
FROM typ
INNER JOIN erste ON typ.typologie_id = erste.typologie_id AND typ.typologie_version = erste.typologie_version
CROSS JOIN benannt
WHERE typ.raumebene = 'sozialraum' AND typ.stichtag = getvariable('stichtag')::DATE
GROUP BY typ.raum_id, erste.typologie_id, erste.label_de
